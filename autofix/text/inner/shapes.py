"""Keys of Linkerd's that are no key of a mapping: in paths, anchors, lists, strings, and behind prefixes."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.readers.model import Fragment
from autofix.text.inner.anchors import anchor_fragments
from autofix.text.inner.arguments import argument_fragments
from autofix.text.inner.linkerd_chart import chart_fragments
from autofix.text.inner.locations import location_fragments
from autofix.text.inner.pairs import list_fragments, string_fragments
from autofix.text.inner.parameters import entry_fragments, item_fragments, word_fragments
from autofix.text.inner.patches import operations_in, patch_fragments
from autofix.text.inner.prefixes import prefix_fragments
from autofix.text.inner.walk import Step, walk
from autofix.text.yaml import Node


def fragments(root: Node, text: str) -> Iterator[Fragment]:
    """Find annotations in a document that stand in another shape than a mapping of annotations.

    Args:
        root: the document.
        text: the text that it stands in.

    Yields:
        The fragments. Each key that is a whole key of a mapping is left out, but for those in a list of
        mappings where annotations stand.
    """
    for step in walk(root):
        if step.node.is_mapping:
            yield from _of_mapping(step, text)
        elif step.node.items:
            yield from _of_list(step, text)
        elif isinstance(step.node.value, str) and "linkerd" in step.node.value:
            yield from word_fragments(step, text)
            yield from string_fragments(step, text)


def _of_mapping(step: Step, text: str) -> Iterator[Fragment]:
    if any(key.key is not None and "linkerd" in key.key for key, _ in step.node.entries):
        yield from anchor_fragments(step, text)
        yield from entry_fragments(step, text)
        yield from prefix_fragments(step, text)
    yield from chart_fragments(step, text)
    if step.node.entry("location") is not None:
        yield from location_fragments(step, text)
    if not step.is_item:
        operations = operations_in(step)
        if operations:
            yield from patch_fragments(step, operations, text)
        else:
            yield from item_fragments(step, text)


def _of_list(step: Step, text: str) -> Iterator[Fragment]:
    if operations := operations_in(step):
        yield from patch_fragments(step, operations, text)
        return
    yield from item_fragments(step, text)
    yield from chart_fragments(step, text)
    yield from list_fragments(step, text)
    yield from argument_fragments(step, text)
