"""The proof that an edit within one mapping of a plain document does what it should.

A document that was read line by line consists of its lines: what a mapping holds is said by the lines at its
column and deeper ones, and nothing else in the document can be meant by them. So when every change is inside
the lines of one mapping, it is enough to read those again.
"""

from __future__ import annotations

from collections.abc import Sequence

from autofix.kubernetes.pointer import Path
from autofix.text.edit.text_edit import NotEditableError, Splice, spliced
from autofix.text.yaml.fast.reader import read_mapping
from autofix.text.yaml.node import Node


def mapping_after(text: str, mapping: Node, splices: Sequence[Splice]) -> dict[str, object] | None:
    """Read a mapping of a plain document as it will be.

    Args:
        text: the whole file.
        mapping: a mapping of a document that was read line by line.
        splices: every edit of the document.

    Returns:
        The mapping; None when that is not enough to know the document, for an edit is outside of it or its
        lines are not its own.
    """
    begin = text.rfind("\n", 0, mapping.start) + 1
    column = mapping.start - begin
    if mapping.style != "block" or text[begin : mapping.start].strip(" "):
        return None
    if any(one.start < begin or one.end > mapping.end for one in splices):
        return None
    inside = [Splice(one.start - begin, one.end - begin, one.new) for one in splices]
    try:
        lines = spliced(text[begin : mapping.end], inside)
    except NotEditableError:
        return None
    # What follows would go on in the last line.
    is_joined = mapping.end < len(text) and not lines.endswith("\n")
    return None if is_joined else read_mapping(lines, column)


def differs_only_at(path: Path, before: object, after: object) -> bool:
    """Tell whether the rest of two values is not only alike but the same.

    Args:
        path: where they may differ.
        before: a value.
        after: what ``replaced`` made of it.
    """
    for part in path:
        if not isinstance(before, dict) or not isinstance(after, dict) or before.keys() != after.keys():
            return False
        if any(child is not after[key] for key, child in before.items() if key != part):
            return False
        before, after = before.get(part), after.get(part)
    return True


def is_same(one: object, other: object) -> bool:
    """Tell whether two values are the same JSON, to the type of each number.

    Args:
        one: a value as the readers return it.
        other: another.
    """
    if one.__class__ is not other.__class__:
        return False
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            child is other[key] or is_same(child, other[key]) for key, child in one.items()
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other
