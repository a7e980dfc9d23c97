"""Annotations as lists of keys and values, and as one string of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autofix.linkerd.keys import is_linkerd_key
from autofix.readers.model import NOT_UNDERSTOOD, Delivery, Fragment, Setting
from autofix.readers.names import is_annotations, is_labels
from autofix.readers.prefixes import prefix_of, target_of_property
from autofix.text.inner.decode import decode
from autofix.text.inner.helm_paths import is_set_name
from autofix.text.inner.settings import pair, setting_of, string_of, with_value
from autofix.text.inner.targets import target_of_path
from autofix.text.inner.walk import Step, value_of
from autofix.text.yaml import Node, resolved

LIST: Final = "annotations are a mapping, and a list stands here; make it a mapping by hand"
# The keys of a name and its value in one item of a list. Nextflow has the annotation under its own name.
_NAMES: Final = ("name", "key", "annotation", "label", "Name", "Key")
_OWN_NAMES: Final = frozenset({"annotation", "label"})
_VALUES: Final = ("value", "Value")
# One of several pairs in a string, such as ``linkerd.io/inject:enabled,a:b``; or ``=`` between them.
_PAIR: Final = re.compile(
    r"(?:\A|[,\n])[ \t]{0,8}(?P<key>[^\s:=,{}\[\]\"']+)(?P<between>[:=])(?P<value>[^,\n]*)"
)


def list_fragments(step: Step, text: str) -> Iterator[Fragment]:
    """Read a list of names and values, of strings such as ``KEY=true``, or of mappings with a single key.

    Args:
        step: the list.
        text: the text that spans count in.

    Yields:
        At most one fragment for each of these forms.
    """
    items = [(item, resolved(item)) for item in step.node.items]
    is_named = is_annotations(step.name) or is_labels(step.name)
    yield from _named(step, [node for _, node in items if node.is_mapping], text, is_named=is_named)
    if not is_named:
        return
    strings = [setting for item, _ in items if item.target is None for setting in _in_word(item, text)]
    yield from _fragment(step, strings, "")
    single = [
        setting
        for _, node in items
        if node.is_mapping and len(node.entries) == 1
        for key, value in node.entries
        if key.key is not None and "/" in key.key and (setting := setting_of(key, value, text)) is not None
    ]
    yield from _fragment(step, single, LIST)


def string_fragments(step: Step, text: str) -> Iterator[Fragment]:
    """Read a string of pairs under a name of annotations or labels, such as Flink's.

    Source: nightlies.apache.org/flink, deployment/config, ``kubernetes.jobmanager.annotations``.
    """
    if not step.is_item and (is_annotations(step.name) or is_labels(step.name.rpartition(".")[2])):
        settings = _in_word(step.node, text)
        yield from _fragment(step, settings, "")


def _named(step: Step, items: list[Node], text: str, *, is_named: bool) -> Iterator[Fragment]:
    # By the prefix of the key, or by a name that says what the key is of; else empty.
    by_owner: dict[str, list[Setting]] = {}
    for item in items:
        name = next((name for name in _NAMES if is_linkerd_key(string_of(value_of(item, name)))), "")
        entry = next(filter(None, (item.entry(value) for value in _VALUES)), None)
        place = value_of(item, name) if name else None
        if place is None or (entry is None and not is_labels(step.name)) or is_set_name(step.name):
            continue
        decoded = decode(place, text)
        if decoded.is_exact:
            prefix = prefix_of(decoded.text)
            key = Setting(decoded.text[len(prefix) :], decoded.span(len(prefix), len(decoded.text)))
            owner = prefix or (name if name in _OWN_NAMES else "")
            by_owner.setdefault(owner, []).append(with_value(key, entry[1] if entry else None, text))
    yield from _fragment(step, by_owner.pop("", []), "" if is_named else NOT_UNDERSTOOD)
    for owner, settings in by_owner.items():
        yield Fragment(target_of_property(owner), tuple(settings))


def _in_word(node: Node, text: str) -> list[Setting]:
    """Read the pairs in one string."""
    if "linkerd" not in string_of(node):
        return []
    decoded = decode(node, text)
    if not decoded.is_exact:
        return []
    settings = []
    for match in _PAIR.finditer(decoded.text):
        value = match["value"]
        # YAML has a blank behind the colon; that is a mapping written as a string.
        if value[:1] in (" ", "\t", '"', "'") and match["between"] == ":":
            return []
        end = match.start("value") + len(value.rstrip())
        setting = pair(decoded, match.start("key"), match.start("between"), end, Delivery.TEXT)
        settings.append(setting)
    return settings


def _fragment(step: Step, settings: list[Setting], reason: str) -> Iterator[Fragment]:
    if any(is_linkerd_key(setting.key) for setting in settings):
        is_property = "." in step.name
        target = (
            target_of_property(step.name) if is_property else target_of_path(step.names(), step.around.kind)
        )
        yield Fragment(target, tuple(settings), reason=reason)
