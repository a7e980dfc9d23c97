"""Strings of YAML that are texts of another language: values, patches, manifests, commands, files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from autofix.linkerd.helm import is_linkerd_chart
from autofix.readers.model import NOT_UNDERSTOOD, InnerText, Target, TextSpan
from autofix.readers.names import is_annotations, target_of_name
from autofix.text.inner.decode import decode
from autofix.text.inner.holes import mask_holes
from autofix.text.inner.languages import GO_TEMPLATE, JINJA, JSON, YAML, is_interesting, language_of
from autofix.text.inner.targets import target_of_kind
from autofix.text.inner.walk import Step, walk
from autofix.text.yaml import Node

_VALUES: Final = frozenset({"values", "valuesContent", "valuesYaml", "overrides"})
_OBJECTS: Final = frozenset({YAML, JSON, GO_TEMPLATE, JINJA})
# Their readers find the actions themselves.
_TEMPLATES: Final = frozenset({GO_TEMPLATE, JINJA})
# Merge patches of kustomize and Flux, one or a list of them.
_PATCHES: Final = frozenset({"patch", "patches", "patchesStrategicMerge"})


def inner_texts(root: Node, text: str) -> Iterator[InnerText]:
    """Find the strings of a document that are texts of another language.

    Args:
        root: the document.
        text: the text that it stands in.

    Yields:
        The texts in their order.
    """
    for step in walk(root):
        node = step.node
        if isinstance(node.value, str) and is_interesting(node.value):
            yield from _inner_text(step, text)


def _inner_text(step: Step, text: str) -> Iterator[InnerText]:
    decoded = decode(step.node, text)
    language = language_of(step, decoded.text)
    if not language:
        return
    inner, holes = _without_holes(decoded.text, language)
    yield InnerText(
        language,
        inner,
        decoded.runs,
        escapes=decoded.escapes,
        holes=holes,
        target=_target(step) if language in _OBJECTS else Target.UNKNOWN,
        namespace=step.around.home if language in _OBJECTS else "",
        reason="" if decoded.is_exact else NOT_UNDERSTOOD,
        is_patch=step.name in _PATCHES,
    )


def _without_holes(text: str, language: str) -> tuple[str, tuple[TextSpan, ...]]:
    return (text, ()) if language in _TEMPLATES else mask_holes(text, variables=language in _OBJECTS)


def _target(step: Step) -> Target:
    if step.name in _VALUES:
        return Target.LINKERD_VALUES if is_linkerd_chart(step.around.chart) else Target.POD
    if is_annotations(step.name):
        return target_of_name(step.name) or Target.UNKNOWN
    return target_of_kind(step.around.kind)
