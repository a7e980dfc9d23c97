"""A shell text and its syntax tree: positions in bytes and characters, and where words of interest stand."""

from __future__ import annotations

import re
import time
from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import Final, NamedTuple

from tree_sitter import Language, Node, Parser

from autofix.readers.model import TextSpan

_INTEREST: Final = re.compile(rb"linkerd|idecar|IDECAR")
_WIDE: Final = re.compile(rb"[\xc0-\xff][\x80-\xbf]*")
# Actions of templates and of GitHub's workflows. The grammar sees a variable of the same length there.
_ACTION: Final = re.compile(rb"\$?\{\{[^{}\n]*\}\}")
_CHUNK: Final = 2**16
_MEGA: Final = 2**20
# CPU time that parsing may take, and as much more for each megabyte: thirty times what a script takes.
_SECONDS: Final = 2.0


class ShellSource(NamedTuple):
    """A text and its syntax tree.

    Attributes:
        text: the text.
        root: the root of the tree; its positions are bytes of UTF-8.
        interests: where words of interest start, in bytes.
        wide_ends: where characters of several bytes end, in bytes.
        excess: for each of them how many bytes more than characters there are up to its end.
    """

    text: str
    root: Node
    interests: tuple[int, ...]
    wide_ends: tuple[int, ...]
    excess: tuple[int, ...]

    def position(self, byte: int) -> int:
        """Return the position in characters of a position in bytes."""
        if not self.wide_ends:
            return byte
        number = bisect_right(self.wide_ends, byte)
        return byte - self.excess[number - 1] if number else byte

    def span(self, node: Node) -> TextSpan:
        """Return where a node stands, in characters."""
        return self.position(node.start_byte), self.position(node.end_byte)

    def is_of_interest(self, node: Node) -> bool:
        """Tell whether a node holds a word of interest."""
        number = bisect_left(self.interests, node.start_byte)
        return number < len(self.interests) and self.interests[number] < node.end_byte


def parse(text: str) -> ShellSource | None:
    """Parse a shell text with tree-sitter-bash.

    Args:
        text: the text.

    Returns:
        The text with its tree; None if the grammar takes far too long. It does so for texts that no person
        writes: its time grows with the square of nested errors, and of long lines in here-documents.
    """
    import tree_sitter_bash

    data = text.encode("utf-8", "surrogatepass")
    masked = _ACTION.sub(_variable, data) if b"{{" in data else data
    # The grammar searches the rest of the text at each of these, and bash drops them.
    masked = masked.replace(b"\0", b" ")
    end = time.thread_time() + _SECONDS + _SECONDS * len(data) / _MEGA

    def chunk(offset: int, _: object) -> bytes:
        return masked[offset : offset + _CHUNK]

    def is_too_late(*_: object) -> bool:
        return time.thread_time() > end

    parser = Parser(Language(tree_sitter_bash.language()))
    try:
        tree = parser.parse(chunk, progress_callback=is_too_late)
    except ValueError:
        return None
    wide = [] if text.isascii() else list(_WIDE.finditer(data))
    return ShellSource(
        text,
        tree.root_node,
        tuple(match.start() for match in _INTEREST.finditer(data)),
        tuple(match.end() for match in wide),
        tuple(accumulate(len(match[0]) - 1 for match in wide)),
    )


def _variable(action: re.Match[bytes]) -> bytes:
    return b"${" + b"x" * (len(action[0]) - 3) + b"}"
