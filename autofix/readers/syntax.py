"""Which part each type of node plays in the syntax tree of a programming language."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from importlib import import_module
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

# tree-sitter frees some trees by recursion. At about 100 000 levels that ends the process.
_DEEPEST: Final = 5000
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"()[]{}"))
_STEPS: Final = MappingProxyType(dict.fromkeys(b"([{", 1) | dict.fromkeys(b")]}", -1))
# The parser asks whether to go on after so many steps.
_STEPS_PER_CHECK: Final = 100
# Programs take 1 step for each byte, and the shortest of words 5. With errors in them there are fewer words.
_STEPS_PER_BYTE: Final = 8
_STEPS_PER_BYTE_WITH_ERRORS: Final = 2
# The work for one step grows with the errors before it.
_MOST_CHECKS_WITH_ERRORS: Final = 12_000
_READS_PER_BYTE: Final = 20
_CHUNK: Final = 4096
_SPARE: Final = 1000


class NodeRole(Enum):
    """What a node is to somebody who looks for annotations."""

    STRING = auto()
    COMMENT = auto()
    PAIR = auto()
    TUPLE = auto()
    ARRAY = auto()
    TOKENS = auto()
    TABLE = auto()
    NAMED = auto()
    DECLARED = auto()
    SUBSCRIPT = auto()
    DELETED = auto()
    CALL = auto()
    TYPED = auto()
    BLOCK = auto()
    IF = auto()
    CASE = auto()
    LOGIC = auto()
    ERROR = auto()


class Grammar(NamedTuple):
    """A grammar of tree-sitter.

    Attributes:
        module: the module of its wheel.
        functions: functions of the module that return the language; the first without errors is taken.
        parts: the part that each type of node plays; other nodes have none.
    """

    module: str
    parts: Mapping[str, NodeRole]
    functions: tuple[str, ...] = ("language",)

    def parse(self, data: bytes) -> Tree | None:
        """Parse a text.

        Args:
            data: the text in UTF-8.

        Returns:
            The tree of the first language that reads all of it, else of the first language that reads a part.
            None if the text is nested too deeply, or takes more work than programs do.
        """
        from tree_sitter import Language

        if _depth(data) > _DEEPEST:
            return None
        module = import_module(self.module)
        best = None
        for name in self.functions:
            tree = _parse(Language(getattr(module, name)()), data)
            if tree is not None and not tree.root_node.has_error:
                return tree
            best = best or tree
        return best


def _depth(data: bytes) -> int:
    """Count how deep brackets are nested, also those in strings: a bound of the real depth."""
    if sum(map(data.count, (b"(", b"[", b"{"))) <= _DEEPEST:
        return 0
    return max(accumulate(map(_STEPS.__getitem__, data.translate(None, _NO_BRACKETS)), _not_below_zero))


def _not_below_zero(depth: int, step: int) -> int:
    return max(depth + step, 0)


def _parse(language: Language, data: bytes) -> Tree | None:
    """Parse a text with a limit of work, for no grammar is linear in what it does not understand."""
    from tree_sitter import Parser

    reads = checks = 0
    most_reads = _READS_PER_BYTE * len(data) // _CHUNK + _SPARE

    def chunk(start: int, _point: object) -> bytes:
        nonlocal reads
        reads += 1
        return data[start : start + _CHUNK] if reads <= most_reads else b""

    def is_too_much(offset: int, has_error: object) -> bool:
        nonlocal checks
        checks += 1
        # Many steps that lead no further are a sign of many readings of one place.
        most = _STEPS_PER_BYTE * offset // _STEPS_PER_CHECK
        if has_error:
            most = min(_STEPS_PER_BYTE_WITH_ERRORS * len(data) // _STEPS_PER_CHECK, _MOST_CHECKS_WITH_ERRORS)
        return checks > most + _SPARE or reads > most_reads

    try:
        tree = Parser(language).parse(chunk, progress_callback=is_too_much)
    except ValueError:
        return None
    return None if reads > most_reads else tree


def parts(**names: str) -> dict[str, NodeRole]:
    """Make the table of a language.

    Args:
        names: for each part, in lower case, the types of nodes that play it, with spaces between.

    Returns:
        The part of each type of node.
    """
    table = {"ERROR": NodeRole.ERROR}
    for part, types in names.items():
        table |= dict.fromkeys(types.split(), NodeRole[part.upper().rstrip("_")])
    return table
