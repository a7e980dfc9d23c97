"""The lines of a Makefile: recipes, conditionals, and all others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from autofix.readers.make.expansions import shell_text
from autofix.readers.model import InnerText, TextReading, TextSpan

_INTEREST: Final = re.compile("linkerd|idecar|IDECAR")
_CONDITIONAL: Final = re.compile(r" {0,200}(ifeq|ifneq|ifdef|ifndef|else|endif)(?![\w-])")
_DEFINE: Final = re.compile(r" {0,200}(?:override |export ){0,2}define\s")
_ENDEF: Final = re.compile(r" {0,200}endef(?!\w)")
_INLINE: Final = re.compile(r"[^\s#=;][^#=;\n]{0,400}::?(?!=)[^#=;\n]{0,400};")


class Conditional(NamedTuple):
    """A conditional: the numbers of its first text and of the text behind it; whether it has an "else"."""

    first: int
    end: int
    has_else: bool


def read_makefile(text: str) -> TextReading:
    """Read the recipes of a Makefile.

    Args:
        text: the whole text.
    """
    texts: list[InnerText] = []
    unread: list[TextSpan] = []
    open_blocks: list[Conditional] = []
    blocks: list[Conditional] = []
    is_defined = False
    for start, end in _logical_lines(text):
        mark = _CONDITIONAL.match(text, start, end)
        if mark is not None:
            blocks.extend(_fork(mark[1], open_blocks, len(texts)))
        elif _DEFINE.match(text, start, end):
            is_defined = True
        elif _ENDEF.match(text, start, end):
            is_defined = False
        elif _INTEREST.search(text, start, end) and not text.startswith("#", start):
            begin = _recipe_start(text, start, end, is_defined=is_defined)
            if begin is None:
                unread.append((start, end))
            else:
                texts.append(shell_text(text, begin, end))
    blocks.extend(block._replace(end=len(texts)) for block in open_blocks)
    return TextReading(texts=tuple(_marked(texts, blocks)), unread=tuple(unread))


def _recipe_start(text: str, start: int, end: int, *, is_defined: bool) -> int | None:
    """Return where the command of a line starts; None if the line is none of a recipe."""
    if text.startswith("\t", start) or is_defined:
        return start
    inline = _INLINE.match(text, start, end)
    return inline.end() if inline else None


def _fork(word: str, open_blocks: list[Conditional], count: int) -> Iterator[Conditional]:
    """Open a conditional, or note its alternative, or close it.

    Args:
        word: the word of the conditional.
        open_blocks: conditionals that are open.
        count: how many texts there are so far.

    Returns:
        The conditional that is closed.
    """
    if word.startswith("if"):
        open_blocks.append(Conditional(count, count, has_else=False))
    elif open_blocks and word == "else":
        open_blocks[-1] = open_blocks[-1]._replace(has_else=True)
    elif open_blocks:
        yield open_blocks.pop()._replace(end=count)


def _marked(texts: Sequence[InnerText], blocks: Sequence[Conditional]) -> Iterator[InnerText]:
    """Tell each text of the conditionals around it; an alternative counts more than a condition."""
    changes = [[0, 0] for _ in range(len(texts) + 1)]
    for block in blocks:
        changes[block.first][block.has_else] += 1
        changes[block.end][block.has_else] -= 1
    conditions = alternatives = 0
    for text, change in zip(texts, changes, strict=False):
        conditions += change[False]
        alternatives += change[True]
        whole = ((0, len(text.text)),)
        if alternatives:
            yield text._replace(alternatives=whole)
        else:
            yield text._replace(conditions=whole) if conditions else text


def _logical_lines(text: str) -> Iterator[TextSpan]:
    """Yield the lines of a text; a backslash joins a line with the next."""
    start = position = line_start = 0
    while position < len(text):
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        position = end + 1
        line = text[line_start:end].removesuffix("\r")
        backslashes = len(line) - len(line.rstrip("\\"))
        line_start = position
        if backslashes % 2 == 0 or position >= len(text):
            yield start, end
            start = position
