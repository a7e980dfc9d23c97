"""A report on standard output: each format escaped in its own way, a diff in colours."""

from __future__ import annotations

from autofix.cli import colour
from autofix.cli.output import put, say
from autofix.report.printable import escaped, escaped_in_diff, without_controls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# The github format consists of workflow commands; what they say is escaped where they are made.
_ESCAPES: Mapping[str, Callable[[str], str]] = {"diff": escaped_in_diff, "github": without_controls}


def show_lines(lines: Iterable[str], form: str, *, color: str = "never") -> None:
    """Write a report, and say of a diff where it cannot be applied.

    Args:
        lines: its lines without their ends.
        form: the format that they are in.
        color: when to colour a diff; see ``colour.wanted``.
    """
    is_diff = form == "diff"
    paint = colour.coloured if is_diff and colour.wanted(color) else None
    is_escaped = put(lines, escape=_ESCAPES.get(form, escaped), paint=paint)
    if is_diff and is_escaped:
        say("control characters are shown escaped, so this diff cannot be applied; --fix and `fix` can")
