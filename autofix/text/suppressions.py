"""Comments that switch off rules on their line: ``# autofix: ignore[AFX101]``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from autofix.engine.examine import Suppressed
from autofix.errors import AutofixError
from autofix.kubernetes.pointer import Path
from autofix.rules.registry import RULES, codes
from autofix.text.document import NotEditableError
from autofix.text.file import TextFile
from autofix.text.lines import Lines, lines_of
from autofix.text.yaml import Node, lay_out

# "ignore" without brackets must end its line: a user who writes "ignore AFX101" does not mean every rule.
# In every such comment; a search for it takes no time.
_NAME: Final = "autofix:"
_COMMENT: Final = re.compile(
    r"(?:#|//)[^\S\n]*autofix:[^\S\n]*ignore(?:\[([^\]\n]*)\]|(?=[ \t\r]*$))", re.MULTILINE
)


def suppressed_lines(text: str, lines: Lines) -> Mapping[int, frozenset[str]]:
    """Return the codes that comments switch off, by the number of the line.

    A code that no rule has switches off nothing. The same holds for the annotation that switches off rules.

    Args:
        text: any text.
        lines: its lines.

    Returns:
        The codes by the number of the line, counted from 1; lines without such a comment are not in it.
    """
    by_line: dict[int, frozenset[str]] = {}
    for match in _COMMENT.finditer(text) if _NAME in text else ():
        number = lines.number(match.start())
        # The first of two comments on a line counts.
        if number not in by_line:
            by_line[number] = _codes_in(match)
    return by_line


def _codes_in(match: re.Match[str]) -> frozenset[str]:
    if match[1] is None:
        return frozenset(RULES)
    suppressed: frozenset[str] = frozenset()
    for part in match[1].split(","):
        try:
            suppressed |= codes(part)
        except AutofixError:
            continue
    return suppressed


def suppressions(file: TextFile) -> dict[int, Suppressed]:
    """Find the keys of a file on whose line a comment switches off rules.

    Args:
        file: the file.

    Returns:
        The codes by the key's path, by the index of the document; empty for most files.
    """
    if not file.has_documents or _NAME not in file.text or _COMMENT.search(file.text) is None:
        return {}
    try:
        roots = lay_out(file.text, file.documents)
    except NotEditableError:
        # The text is JSON, which has no comments.
        return {}
    lines = lines_of(file.text)
    by_line = suppressed_lines(file.text, lines)
    return {
        index: {
            path: line_codes
            for path, key in _keys(root)
            if (line_codes := by_line.get(lines.number(key.start)))
        }
        for index, root in roots.items()
    }


def _keys(root: Node) -> Iterator[tuple[Path, Node]]:
    """Walk over every key as it is written; a key in an anchor is suppressed only at the anchor."""
    stack: list[tuple[Path, Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        for number, item in enumerate(node.items):
            stack.append(((*path, number), item))
        for key, value in node.entries:
            if key.key is not None:
                yield (*path, key.key), key
                stack.append(((*path, key.key), value))
