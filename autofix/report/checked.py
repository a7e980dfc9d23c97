"""What every output format is given."""

from __future__ import annotations

from dataclasses import dataclass

from autofix.api import Item, Result
from autofix.errors import AutofixError
from autofix.source.document import Document

Failure = AutofixError


@dataclass(frozen=True, slots=True)
class Checked:
    """A document that was read, and what was found in it."""

    document: Document
    result: Result


def title(kind: str, namespace: str, name: str) -> str:
    """Name an object as ``Kind namespace/name``, as far as it has names."""
    where = "/".join(part for part in (namespace, name) if part)
    return " ".join(part for part in (kind, where) if part) or "object"


def title_of(item: Item) -> str:
    """Name an object that was checked."""
    return title(item.kind, item.namespace, item.name)
