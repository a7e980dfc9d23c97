"""Values of Linkerd's own chart that tools set by their paths."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.helm import WAIT_BEFORE_EXIT, is_linkerd_chart, is_native_word
from autofix.readers.model import Fragment, Setting, Target
from autofix.text.inner.decode import decode
from autofix.text.inner.helm_paths import is_set_name
from autofix.text.inner.parameters import delivery_of_item, delivery_of_name
from autofix.text.inner.settings import string_of, with_value
from autofix.text.inner.walk import Step, value_of
from autofix.text.yaml import Node, resolved


def chart_fragments(step: Step, text: str) -> Iterator[Fragment]:
    """Read a list or a mapping of paths that sets values of Linkerd's chart.

    Args:
        step: the list or the mapping.
        text: the text that spans count in.
    """
    if not is_linkerd_chart(step.around.chart) or not is_set_name(step.name):
        return
    settings = tuple(_of_entries(step, text) if step.node.is_mapping else _of_items(step, text))
    if any(is_native_word(setting.key) or setting.key == WAIT_BEFORE_EXIT for setting in settings):
        yield Fragment(Target.LINKERD_VALUES, settings, namespace=step.around.namespace)


def _of_items(step: Step, text: str) -> Iterator[Setting]:
    for item in map(resolved, step.node.items):
        place = value_of(item, "name")
        entry = item.entry("value") if item.is_mapping else None
        if place is None or entry is None or "\\" in string_of(place):
            continue
        setting = _at(place, text)
        if setting is not None:
            setting = setting._replace(delivery=delivery_of_item(step.name, item))
            yield with_value(setting, entry[1], text)


def _of_entries(step: Step, text: str) -> Iterator[Setting]:
    for key, value in step.node.entries:
        if key.key is not None and "\\" not in key.key and (setting := _at(key, text)) is not None:
            yield with_value(setting._replace(delivery=delivery_of_name(step.name)), value, text)


def _at(place: Node, text: str) -> Setting | None:
    decoded = decode(place, text)
    if not decoded.is_exact or not decoded.text:
        return None
    return Setting(decoded.text, decoded.span(0, len(decoded.text)))
