"""Patterns as in ``.gitignore`` that are matched in linear time.

pathspec knows what a pattern means, and writes it as a regular expression in which every star may backtrack:
with a dozen stars a single name takes for ever, in git too. But no star has to backtrack. The first position
at which the text after a star fits is as good as any later position, because another star or the end of the
name follows that text. The same holds for ``**`` and the folders after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final, Literal

from pathspec import GitIgnoreSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

# As pathspec writes them.
_STAR: Final = "[^/]*"
_ANY_ABOVE: Final = "^(?:.+/)?"
_ANY_BETWEEN: Final = "(?:/.+)?"
_ENDS: Final = "(?![^/])"
# Longer than any path (Linux, limits.h: PATH_MAX), every character escaped.
_LONGEST: Final = 8192


class _Pattern(GitIgnoreSpecPattern):
    """A pattern whose stars do not backtrack."""

    __slots__ = ()

    @staticmethod
    def _translate_segment_glob(pattern: str, range_error: Literal["literal", "raise"]) -> str:
        return _segment(GitIgnoreSpecPattern._translate_segment_glob(pattern, range_error))  # noqa: SLF001

    @classmethod
    def pattern_to_regex(cls, pattern: Any) -> tuple[Any, bool | None]:
        """Write a pattern as a regular expression, and say whether it ignores what it matches."""
        regex, ignores = super().pattern_to_regex(pattern)
        return None if regex is None else _whole(regex), ignores


def spec_of(lines: Iterable[str]) -> GitIgnoreSpec:
    """Read patterns.

    Args:
        lines: the patterns, each without its line break.

    Returns:
        The patterns as one object that matches paths.

    Raises:
        ValueError, re.error: when a line cannot be understood; see ``is_pattern``.
    """
    # pathspec's other engines do not know atomic groups.
    return GitIgnoreSpec.from_lines(lines, _Pattern, backend="simple")


def is_pattern(line: str) -> bool:
    """Tell whether a line is a pattern that can be understood; git ignores other lines of a .gitignore.

    Args:
        line: the line without its line break.
    """
    if len(line) > _LONGEST:
        return False
    try:
        spec_of([line])
    except (ValueError, re.error):
        return False
    return True


def _segment(regex: str) -> str:
    """Rewrite the part of a pattern between two slashes."""
    first, *others = regex.split(_STAR)
    if not others:
        return first
    *between, last = others
    fitting = "".join(f"(?>[^/]*?{text})" for text in filter(None, between))
    return first + fitting + (f"(?>[^/]*?{last}{_ENDS})" if last else "[^/]*+")


def _whole(regex: str) -> str:
    """Rewrite a whole pattern; after the last ``**`` the last matching folders count, as in pathspec."""
    first, *others = regex.split(_ANY_BETWEEN)
    if not others:
        return first
    *between, last = others
    if first.startswith(_ANY_ABOVE):
        first = f"^(?>(?:[^/]++/)*?{first.removeprefix(_ANY_ABOVE)}{_ENDS})"
    fitting = "".join(f"(?>(?:/[^/]++)*?{folders}{_ENDS})" for folders in between)
    return first + fitting + _ANY_BETWEEN + last
