"""Paths of Helm values in lists and mappings of tools: Argo CD, helmfile, skaffold, UDS, Zarf, Rancher.

Sources: argo-cd.readthedocs.io, user-guide/helm; helmfile.readthedocs.io; skaffold.dev, skaffold.yaml;
uds.defenseunicorns.com, bundle overrides; ranchermanager.docs.rancher.com, questions.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from autofix.readers.model import Delivery, Fragment, Setting
from autofix.text.inner.decode import Decoded, decode
from autofix.text.inner.helm_paths import (
    ESCAPED_DOT,
    HelmPath,
    assignments,
    is_set_name,
    read_path,
    setting_at,
)
from autofix.text.inner.settings import string_of, with_value
from autofix.text.inner.targets import target_of_path
from autofix.text.inner.typed import option_before, to_string, way_out
from autofix.text.inner.walk import Step, value_of
from autofix.text.yaml import Node, resolved

# The keys of a path and of its value in one item of a list.
_PATHS: Final = ("name", "path", "variable", "key")
_VALUES: Final = ("value", "default")
# The values come from files, or are JSON.
_FILES: Final = re.compile(r"file", re.IGNORECASE)
_STRINGS: Final = re.compile(r"string|literal", re.IGNORECASE)
# Lists and mappings whose entries a tool hands to ``helm --set``, or reads as that does.
_TYPED: Final = frozenset(
    {
        *("parameters", "set", "setTemplate", "setValues", "setValueTemplates", "set_values", "set_list"),
        *(
            "setValuesTemplates",
            "values",
            "variables",
            "args",
            "command",
            "--set",
            "setv",
            "sets",
            "set_value",
        ),
    }
)
# UDS and Zarf have paths in these.
_UDS: Final = frozenset({"values", "variables"})


class _Parameter(NamedTuple):
    path: HelmPath
    setting: Setting


def item_fragments(step: Step, text: str) -> Iterator[Fragment]:
    """Read the items of a list, or a mapping that stands alone: each names a path, and gives its value.

    Args:
        step: the list or the mapping.
        text: the text that spans count in.

    Yields:
        A fragment for each mapping of annotations that the paths lead to.
    """
    nodes = [step.node] if step.node.is_mapping and not step.is_item else map(resolved, step.node.items)
    parameters = (_of_item(step, node, text) for node in nodes if node.is_mapping)
    yield from _fragments(step, filter(None, parameters))


def entry_fragments(step: Step, text: str) -> Iterator[Fragment]:
    """Read a mapping whose keys are paths."""
    yield from _fragments(step, _of_entries(step, text))


def word_fragments(step: Step, text: str) -> Iterator[Fragment]:
    """Read a string such as ``podAnnotations.linkerd\\.io/inject=enabled``, with or without ``--set=``."""
    if "=" not in string_of(step.node) or _is_text(step.node):
        return
    yield from _fragments(step, _of_word(step, text))


def _is_text(node: Node) -> bool:
    return any(character in string_of(node).strip() for character in "\n \t")


def _fragments(step: Step, parameters: Iterable[_Parameter]) -> Iterator[Fragment]:
    by_parent: dict[tuple[str, ...], list[_Parameter]] = {}
    for parameter in parameters:
        by_parent.setdefault((*parameter.path.parents, parameter.path.reason), []).append(parameter)
    for group in by_parent.values():
        path = group[0].path
        settings = tuple(parameter.setting for parameter in group)
        target = target_of_path(path.parents)
        yield Fragment(target, settings, namespace=step.around.namespace, reason=path.reason)


def _of_item(step: Step, item: Node, text: str) -> _Parameter | None:
    place = next((node for name in _PATHS if "linkerd" in string_of(node := value_of(item, name))), None)
    if place is None or _FILES.search(step.name):
        return None
    if ESCAPED_DOT not in string_of(place) and not (is_set_name(step.name) or step.name in _UDS):
        return None
    decoded = decode(place, text)
    path = read_path(decoded.text) if decoded.is_exact else None
    if path is None or path.start == path.end:
        return None
    entry = next(filter(None, (item.entry(name) for name in _VALUES)), None)
    delivery = delivery_of_item(step.name, item)
    if entry is None and delivery is Delivery.EXPRESSION:
        return None
    setting = setting_at(path, decoded, place.style)._replace(delivery=delivery)
    setting = _delivered(with_value(setting, entry[1] if entry else None, text), step.name)
    if setting.delivery is Delivery.TYPED and setting.is_set:
        setting = setting._replace(to_string=to_string(step.name, item, text))
    return _Parameter(path, setting)


def _delivered(setting: Setting, name: str) -> Setting:
    """Add what Helm does: it takes the word null for a removal, unless it takes all words for strings."""
    if setting.delivery is not Delivery.TYPED or not setting.is_set:
        return setting
    if setting.value == "null":
        return setting._replace(value=None, value_span=None, is_set=False)
    return setting._replace(way_out=way_out(name))


def delivery_of_item(name: str, item: Node) -> Delivery:
    """Tell how the value in an item of a list is delivered.

    Args:
        name: the name of the list.
        item: the item.
    """
    force, kind = value_of(item, "forceString"), string_of(value_of(item, "type"))
    if (force is not None and force.value in (True, "true")) or (kind == "string" and name == "set"):
        return Delivery.TEXT
    if name == "questions" or value_of(item, "variable") is not None:
        return Delivery.TYPED if kind == "boolean" else Delivery.TEXT
    return delivery_of_name(name)


def delivery_of_name(name: str) -> Delivery:
    """Tell how values are delivered by the name of their list or mapping, or by the option of Helm."""
    if _STRINGS.search(name):
        return Delivery.TEXT
    return Delivery.TYPED if name in _TYPED else Delivery.EXPRESSION


def _of_entries(step: Step, text: str) -> Iterator[_Parameter]:
    if _FILES.search(step.name):
        return
    for key, value in step.node.entries:
        word = key.key or ""
        if "linkerd" not in word or not (ESCAPED_DOT in word or is_set_name(step.name)):
            continue
        decoded = decode(key, text)
        path = read_path(decoded.text) if decoded.is_exact else None
        if path is not None:
            setting = setting_at(path, decoded, key.style)._replace(delivery=delivery_of_name(step.name))
            yield _Parameter(path, _delivered(with_value(setting, value, text), step.name))


def _of_word(step: Step, text: str) -> Iterator[_Parameter]:
    decoded = decode(step.node, text)
    if not decoded.is_exact:
        return
    option, start = "", 0
    if decoded.text.startswith("--"):
        option, start = decoded.text.partition("=")[0], decoded.text.find("=") + 1
    before = option_before(step)
    option = option or string_of(before)
    name = option if option.startswith("--set") else _name_of_words(step)
    if _FILES.search(name) or "json" in name or not (ESCAPED_DOT in decoded.text or is_set_name(name)):
        return
    delivery = delivery_of_name(name)
    words = list(assignments(decoded.text, start))
    for path, begin, end in words:
        setting = setting_at(path, decoded, step.node.style)._replace(delivery=delivery)
        setting = _delivered(_with_word(setting, decoded, begin, end), name)
        if name == "--set" and decoded.text.count("=", start) == 1:
            span = decoded.span(0, len(name)) if start else _span_of(before)
            setting = setting._replace(to_string=(span, "--set-string"))
        yield _Parameter(path, setting)


def _name_of_words(step: Step) -> str:
    """Return the name of a list; Ansible says beside the word how Helm takes it (``value_type``)."""
    kind = step.above.node if step.above is not None else None
    if kind is not None and kind.is_mapping:
        is_string = string_of(value_of(kind, "value_type")) == "string"
        return "string" if is_string else step.above.name if step.above is not None else ""
    return step.name


def _span_of(node: Node | None) -> tuple[int, int]:
    quoted = node is not None and node.style in ("'", '"')
    return (node.start + quoted, node.end - quoted) if node is not None else (0, 0)


def _with_word(setting: Setting, word: Decoded, start: int, end: int) -> Setting:
    if start == end:
        position = word.span(start - 1, start)[1]
        return setting._replace(value="", value_span=(position, position))
    value = word.text[start:end]
    return setting._replace(value=value, value_span=word.span(start, end))
