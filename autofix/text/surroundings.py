"""The Namespaces around objects, as texts of other languages set a wait before exit on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from autofix.engine.namespaces import is_namespace
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.locations import kind_of, name_of
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations
from autofix.text.part import Part
from autofix.text.waits import ANY_NAMESPACE, namespaces_of


class Surroundings(NamedTuple):
    """What stands around the objects of a run.

    Attributes:
        namespaces: Namespaces as objects, with the wait that a text of another language sets on them.
        outside: the annotations around an object that names no Namespace; None if nothing is known.
    """

    namespaces: tuple[Mapping[str, object], ...] = ()
    outside: Annotations | None = None


def surroundings(
    parts: Sequence[Part], values: Iterable[object], waits: Mapping[str, Annotations]
) -> Surroundings:
    """Find the Namespaces around objects, as far as they are no objects of the run themselves.

    Args:
        parts: all texts of the run.
        values: the documents in them that are objects.
        waits: the waits of the Namespaces, by their name.
    """
    if not waits:
        return Surroundings()
    items = [item for value in values for _, item in objects_in(value)]
    own = {name_of(item)[1] for item in items if is_namespace(item)}
    anywhere = waits.get(ANY_NAMESPACE, NO_ANNOTATIONS)
    # Every Namespace that an object names gets an answer of its own, so that ``outside`` is for the rest.
    names = sorted({name_of(item)[0] for item in items} - own - {""})
    namespaces = tuple(_namespace(name, waits.get(name, anywhere)) for name in names)
    outside = next((waits[name] for name in _by_kustomize(parts) if name in waits), anywhere)
    return Surroundings(namespaces, outside or None)


def _namespace(name: str, annotations: Annotations) -> Mapping[str, object]:
    metadata = {"name": name, "annotations": dict(annotations)}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _by_kustomize(parts: Iterable[Part]) -> Iterable[str]:
    """Name the Namespaces into which kustomize or Flux puts objects that name none."""
    for part in parts:
        for document in part.file.documents:
            if isinstance(document.value, dict) and kind_of(document.value) == "Kustomization":
                yield from namespaces_of({**document.value, "metadata": None})
