"""The proof that edits within one mapping of a plain document do what they should.

In a document that was read line by line, a mapping consists of the lines at its column and of deeper lines,
and nothing else in the document depends on these lines. So if every edit is inside the lines of one mapping,
it is enough to read these lines again.
"""

from __future__ import annotations

from collections.abc import Sequence

from autofix.kubernetes.pointer import Path
from autofix.text.document import NotEditableError
from autofix.text.edit.text_edit import TextEdit, apply_edits
from autofix.text.yaml import Node, read_mapping


def mapping_after(text: str, mapping: Node, edits: Sequence[TextEdit]) -> dict[str, object] | None:
    """Read a mapping of a plain document as it will be.

    Args:
        text: the whole file.
        mapping: a mapping of a document that was read line by line.
        edits: every edit of the document.

    Returns:
        The mapping; None when the mapping does not tell everything about the document, because an edit is
        outside of it or its lines also hold something else.
    """
    begin = text.rfind("\n", 0, mapping.start) + 1
    column = mapping.start - begin
    if mapping.style != "block" or text[begin : mapping.start].strip(" "):
        return None
    if any(edit.start < begin or edit.end > mapping.end for edit in edits):
        return None
    inside = [TextEdit(edit.start - begin, edit.end - begin, edit.new) for edit in edits]
    try:
        lines = apply_edits(text[begin : mapping.end], inside)
    except NotEditableError:
        return None
    # Without a line break at the end, the next line of the file would become a part of the last line.
    is_joined = mapping.end < len(text) and not lines.endswith("\n")
    return None if is_joined else read_mapping(lines, column)


def differs_only_at(path: Path, before: object, after: object) -> bool:
    """Tell whether two values share everything but what is at a path: the same objects, not only equal ones.

    Args:
        path: where they may differ.
        before: a value.
        after: the value after a patch.
    """
    for part in path:
        if not isinstance(before, dict) or not isinstance(after, dict) or before.keys() != after.keys():
            return False
        if any(child is not after[key] for key, child in before.items() if key != part):
            return False
        before, after = before.get(part), after.get(part)
    return True


def is_same(left: object, right: object) -> bool:
    """Tell whether two values are the same JSON, including the type of each number.

    Args:
        left: a value as the readers return it.
        right: another such value.
    """
    if left.__class__ is not right.__class__:
        return False
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            child is right[key] or is_same(child, right[key]) for key, child in left.items()
        )
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(is_same, left, right))
    return left == right


def is_deeper(value: object, depth: int) -> bool:
    """Tell whether a value is nested more deeply than a number of levels.

    Args:
        value: any JSON value.
        depth: the number of mappings and lists inside each other.
    """
    level = [value]
    for _ in range(depth + 1):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True
