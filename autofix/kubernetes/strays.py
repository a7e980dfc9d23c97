"""Annotations in objects of built-in kinds that stand beside the metadata they belong to.

API servers keep none of them, so only files have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from autofix.kubernetes.kinds import KINDS, Kind
from autofix.kubernetes.pointer import Path, get

_ANNOTATIONS: Final = "annotations"
_POD_ANNOTATIONS: Final = "podAnnotations"
_METADATA: Final = "metadata"


class Frame(NamedTuple):
    """A mapping on the way from an object to its pods.

    Attributes:
        names: fields that it must not have.
        step: the field that leads on; empty for the last frame.
        path: where it stands in the object.
    """

    names: frozenset[str]
    step: str
    path: Path


def _frames(kind: Kind) -> tuple[Frame, ...]:
    steps: Path = kind.template or ()
    metadata = {(_METADATA,), (*steps, _METADATA), *kind.between}
    return tuple(
        Frame(
            frozenset({_ANNOTATIONS, _POD_ANNOTATIONS})
            | ({_METADATA} if (*steps[:depth], _METADATA) not in metadata else set()),
            str(steps[depth]) if depth < len(steps) else "",
            steps[:depth],
        )
        for depth in range(len(steps) + 1)
    )


_FRAMES: Final = {kind.kind: _frames(kind) for kind in KINDS}


def stray_paths(obj: Mapping[str, object], kind: str) -> list[Path]:
    """Find annotations such as ``spec.podAnnotations`` or ``spec.metadata.annotations``.

    Args:
        obj: an object of a built-in kind.
        kind: its kind.

    Returns:
        Their paths; none for nearly all objects.
    """
    paths: list[Path] = []
    node: object = obj
    for names, step, path in _FRAMES[kind]:
        if not isinstance(node, dict):
            break
        if not names.isdisjoint(node):
            paths += _in_frame(node, names, path)
        node = node.get(step)
    return paths


def _in_frame(node: Mapping[str, object], names: frozenset[str], path: Path) -> Iterator[Path]:
    for name in (_ANNOTATIONS, _POD_ANNOTATIONS, _METADATA):
        inner = (name, _ANNOTATIONS) if name == _METADATA else (name,)
        if name in names and isinstance(get(node, inner), dict):
            yield (*path, *inner)
