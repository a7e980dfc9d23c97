"""What ``--set`` and its kin set, as parts of a shell's word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from autofix.readers.helm_path import helm_assignments
from autofix.readers.shell.words import WordPart


class PathSetting(NamedTuple):
    """A value that an option sets.

    Attributes:
        names: the names on the path, without escapes; a list's number stands behind its name.
        last: the last name as it stands.
        path: the whole path as it stands.
        value: the value; None if it has none.
    """

    names: tuple[str, ...]
    last: WordPart
    path: WordPart
    value: WordPart | None

    @property
    def key(self) -> str:
        """The last name without escapes."""
        return self.names[-1]

    @property
    def parent(self) -> tuple[str, ...]:
        """The names before the last."""
        return self.names[:-1]


def path_settings(part: WordPart, *, is_literal: bool) -> Iterator[PathSetting]:
    """Read ``a.b=c,d[0].e=f``.

    Args:
        part: the text.
        is_literal: whether all behind the first equals sign is one value, as with ``--set-literal``.
    """
    word = part.word
    for parts, value in helm_assignments(word.text, part.start, part.end, is_literal=is_literal):
        names, last = tuple(each.text for each in parts), parts[-1]
        yield PathSetting(
            names,
            WordPart(word, last.start, last.end),
            WordPart(word, parts[0].start, last.end),
            None if value is None else WordPart(word, *value),
        )
