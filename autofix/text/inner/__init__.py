"""Stub."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.readers.model import Fragment, InnerText
from autofix.text.yaml import Node


def inner_texts(root: Node, text: str) -> Iterator[InnerText]:
    """Stub."""
    return iter(())


def fragments_in(root: Node, text: str) -> Iterator[Fragment]:
    """Stub."""
    return iter(())
