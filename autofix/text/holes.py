"""Stub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autofix.kubernetes.pointer import Path
from autofix.readers.model import Branch, TextSpan
from autofix.text.yaml import Node


def expressions(root: Node, holes: Sequence[TextSpan]) -> frozenset[Path]:
    """Stub."""
    return frozenset()


def branch_of(
    root: Node, conditions: Sequence[TextSpan], alternatives: Sequence[TextSpan]
) -> Mapping[Path, Branch]:
    """Stub."""
    return {}
