"""What ``helm_release`` sets one by one: its blocks ``set``, and lists of names and values like them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from tree_sitter import Node

from autofix.kubernetes.scalars import type_by_helm
from autofix.linkerd.helm import is_linkerd_chart
from autofix.linkerd.keys import is_linkerd_key, key_within
from autofix.readers.hcl.keys import HCL_HELM_PATH, keys_in, names_key, span_of
from autofix.readers.hcl.places import HclPlace, HclUse, fragment_at
from autofix.readers.hcl.syntax import HclItem, HclString, HclText, inner, literal_of, string_literal
from autofix.readers.hcl.values import setting_of, value_of
from autofix.readers.helm_path import HelmPart, helm_parts
from autofix.readers.model import (
    LONGER_WORD,
    NOT_UNDERSTOOD,
    Branch,
    Delivery,
    Fragment,
    Setting,
    Target,
    TextSpan,
)
from autofix.readers.names import is_annotations

# Blocks, or lists of objects, that set one value of Helm's each; "parameter" is Argo CD's.
SET_NAMES: Final = frozenset(
    {"set", "set_sensitive", "set_string", "set_list", "set_wo", "parameter", "parameters"}
)
# What the name of a pair is called.
NAMES: Final = ("name", "key", "path")
_UNESCAPED: Final = 'Helm begins a new level at each dot; write "\\\\." for each dot of the key by hand'
_WAY_OUT: Final = 'add type = "string"'
_FORCE_STRING: Final = "add force_string = true"
_STRING_TYPES: Final = frozenset({"string", "literal"})


class HelmEntry(NamedTuple):
    """A name and a value that Helm gets.

    Attributes:
        items: its arguments by their names.
        node: the body of the block, or the object; None where no argument can be added to this one alone.
        branch: whether it takes effect.
    """

    items: Mapping[str, HclItem]
    node: Node | None
    branch: Branch


class _Group(NamedTuple):
    """What the settings of one fragment share."""

    parents: tuple[str, ...]
    branch: Branch
    reason: str
    is_chart_value: bool


def read_entries(syntax: HclText, entries: Iterable[HelmEntry], place: HclPlace) -> Iterator[Fragment]:
    """Read names and values for Helm.

    Args:
        syntax: the text.
        entries: the names and values, such as all blocks ``set`` of one release.
        place: where they stand.

    Yields:
        A fragment for each mapping that they set keys of.

    Source: hashicorp/helm, the documentation of helm_release: ``type`` is ``auto``, ``string`` or
    ``literal``, and ``name`` is written as for ``helm --set``.
    """
    groups: dict[_Group, list[Setting]] = {}
    for entry in entries:
        item = next((entry.items[name] for name in NAMES if name in entry.items), None)
        name = None if item is None else string_literal(syntax, item.value)
        if name is not None:
            for group, setting in _settings(syntax, entry, name, place):
                groups.setdefault(group, []).append(setting)
        elif item is not None:
            yield from keys_in(syntax, item.value, Target.UNKNOWN, LONGER_WORD)
    for group, settings in groups.items():
        inside = place._replace(path=(*place.path, *group.parents), branch=group.branch)
        fragment = fragment_at(inside, tuple(settings), group.reason)
        if group.is_chart_value:
            fragment = fragment._replace(
                target=Target.LINKERD_VALUES, namespace=place.owner.namespace, kind=""
            )
        yield fragment


def _settings(
    syntax: HclText, entry: HelmEntry, name: HclString, place: HclPlace
) -> Iterator[tuple[_Group, Setting]]:
    """Read one name and its value."""
    is_path = bool(place.path) and place.path[-1] in SET_NAMES
    if not is_path and is_linkerd_key(name.value) and key_within(name.value) == name.value:
        yield _Group((), entry.branch, "", False), _plain_setting(syntax, entry, name)
        return
    parts = helm_parts(name.value)
    *parents, last = parts
    outer = tuple(part.text for part in parents)
    if names_key(last.text):
        is_whole = not is_linkerd_key(last.text) or key_within(last.text) == last.text
        reason = "" if is_whole else LONGER_WORD
        yield _with_value(syntax, entry, name, last, _Group(outer, entry.branch, reason, False))
    elif "/" in last.text and len(parents) > 1 and parents[-1].text == "linkerd":
        yield _unescaped(entry, name, parts)
    elif place.owner.is_linkerd or is_linkerd_chart(parts[0].text):
        skipped = 0 if place.owner.is_linkerd else 1
        whole = HelmPart(".".join(part.text for part in parts[skipped:]), parts[skipped].start, last.end)
        yield _with_value(syntax, entry, name, whole, _Group((), entry.branch, "", True))
    elif outer and is_annotations(outer[-1]) and syntax.within(*name.span):
        yield _with_value(syntax, entry, name, last, _Group(outer, entry.branch, "", False))


def _plain_setting(syntax: HclText, entry: HelmEntry, name: HclString) -> Setting:
    return setting_of(name.value, name.span, value_of(syntax, entry.items["value"].value, HclUse.TERRAFORM))


def _unescaped(entry: HelmEntry, name: HclString, parts: Sequence[HelmPart]) -> tuple[_Group, Setting]:
    """Read a key whose dots have no backslashes; Helm makes a level of each of its parts."""
    whole = ".".join(part.text for part in parts)
    key = key_within(whole)
    start = len(name.value) - len(key)
    outer = tuple(part.text for part in parts if part.end < start)
    span = span_of(name, start, len(name.value))
    return _Group(outer, entry.branch, _UNESCAPED, False), Setting(key, span, delivery=Delivery.EXPRESSION)


def _with_value(
    syntax: HclText, entry: HelmEntry, name: HclString, part: HelmPart, group: _Group
) -> tuple[_Group, Setting]:
    """Make the setting of a part of a name."""
    key_span = span_of(name, part.start, part.end)
    escapes = () if group.is_chart_value else HCL_HELM_PATH
    item = entry.items.get("value")
    if item is None or inner(item.value).type == "tuple":
        setting = Setting(part.text, key_span, delivery=Delivery.EXPRESSION, escapes=escapes)
        return group._replace(reason=group.reason or NOT_UNDERSTOOD), setting
    value = value_of(syntax, item.value, HclUse.TERRAFORM)
    setting = setting_of(part.text, key_span, value)._replace(escapes=escapes)
    if setting.delivery is Delivery.EXPRESSION or not setting.is_set or _is_string(syntax, entry.items):
        return group, setting
    text = str(setting.value)
    if any(character in text for character in "\\,{"):
        return group._replace(reason=group.reason or NOT_UNDERSTOOD), setting
    typed = type_by_helm(text)
    setting = setting._replace(value=typed, delivery=Delivery.TYPED, is_set=typed is not None)
    # Linkerd's own chart wants the boolean that Helm makes; for an annotation it is the wrong type.
    if group.is_chart_value or typed is None:
        return group, setting
    way_out = _FORCE_STRING if "force_string" in entry.items else _WAY_OUT
    to_string = _to_string(syntax, entry, item)
    return group, setting._replace(to_string=to_string, way_out=way_out)


def _is_string(syntax: HclText, items: Mapping[str, HclItem]) -> bool:
    """Tell whether Helm gets the value as a string."""
    forced = items.get("force_string") or items.get("forceString")
    if forced is not None and syntax.of(forced.value) == "true":
        return True
    return literal_of(syntax, items, "type") in _STRING_TYPES


def _to_string(syntax: HclText, entry: HelmEntry, value: HclItem) -> tuple[TextSpan, str] | None:
    """Return the edit that gives an entry the type ``string``, in the style of the text around it."""
    node = entry.node
    if node is None or "force_string" in entry.items or "forceString" in entry.items:
        return None
    written = entry.items.get("type")
    if written is not None:
        literal = string_literal(syntax, written.value)
        return None if literal is None else (literal.span, "string")
    text, end = syntax.text, value.node.end_byte
    start = text.rfind("\n", 0, value.node.start_byte) + 1
    indentation = text[start : value.node.start_byte]
    equals = text.find("=", value.key.end_byte)
    type_argument = f'{"type".ljust(equals - value.node.start_byte)}= "string"'
    if not indentation.strip():
        line_end = text.find("\n", end)
        rest = text[end : line_end if line_end >= 0 else len(text)].strip()
        comma = "," if node.type == "object" else ""
        if rest in {"", ","}:
            newline = "\r\n" if text[max(start - 2, 0) : start] == "\r\n" else "\n"
            has_comma = rest == "," and bool(comma)
            return (end, end), f"{',' if has_comma else ''}{newline}{indentation}{type_argument}"
    if node.type == "object":
        return (end, end), ', type = "string"'
    return None
