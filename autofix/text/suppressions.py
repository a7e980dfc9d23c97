"""Comments that silence rules on their line: ``# autofix: ignore[AFX101]``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from autofix.errors import AutofixError
from autofix.kubernetes.pointer import Path
from autofix.rules.registry import RULES, codes
from autofix.text.edit.text_edit import NotEditableError
from autofix.text.file import TextFile
from autofix.text.lines import Lines, lines_of
from autofix.text.yaml.document_layout import layout
from autofix.text.yaml.node import Node

Suppressed = Mapping[Path, frozenset[str]]

# Without brackets nothing may follow: who writes "ignore AFX101" does not mean every rule.
_COMMENT: Final = re.compile(r"#[^\S\n]*autofix:[^\S\n]*ignore(?:\[([^\]\n]*)\]|(?=[ \t\r]*$))", re.MULTILINE)


def silenced_lines(text: str, lines: Lines) -> Mapping[int, frozenset[str]]:
    """Return the codes that a comment silences, by the number of its line.

    A code that no rule has silences nothing, like a misspelt one in the annotation that opts out.

    Args:
        text: any text.
        lines: its lines.
    """
    found: dict[int, frozenset[str]] = {}
    for match in _COMMENT.finditer(text):
        number = lines.number(match.start())
        # Of two comments on a line the first counts.
        if number not in found:
            found[number] = _codes_in(match)
    return found


def _codes_in(match: re.Match[str]) -> frozenset[str]:
    if match[1] is None:
        return frozenset(RULES)
    found: frozenset[str] = frozenset()
    for part in match[1].split(","):
        try:
            found |= codes(part)
        except AutofixError:
            continue
    return found


def suppressed(file: TextFile) -> dict[int, Suppressed]:
    """Find the keys of a file whose line silences rules.

    Args:
        file: the file.

    Returns:
        The codes by the key's path, by the index of the document; empty for most files.
    """
    if file.is_plain or _COMMENT.search(file.text) is None:
        return {}
    try:
        roots = layout(file)
    except NotEditableError:
        # JSON, which has no comments.
        return {}
    lines = lines_of(file.text)
    by_line = silenced_lines(file.text, lines)
    return {
        index: {path: found for path, key in _keys(root) if (found := by_line.get(lines.number(key.start)))}
        for index, root in roots.items()
    }


def _keys(root: Node) -> Iterator[tuple[Path, Node]]:
    """Walk over every key as it is written; what an alias repeats is suppressed where it is defined only."""
    stack: list[tuple[Path, Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        for number, item in enumerate(node.items):
            stack.append(((*path, number), item))
        for key, value in node.entries:
            if key.key is not None:
                yield (*path, key.key), key
                stack.append(((*path, key.key), value))
