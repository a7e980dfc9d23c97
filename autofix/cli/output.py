"""All that the command line writes on standard output and standard error; nothing else writes there.

The text is escaped here, so that no new message can forget it. Each line stays one line wherever somebody
reads it, and no name, key or value in the line can end it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from autofix.cli import colour
from autofix.errors import AutofixError
from autofix.report.printable import escaped, escaped_in_diff, without_controls

_LINES_AT_ONCE = 1000
# Names in a message.
_MOST_NAMES = 3
# The github format consists of workflow commands; the format escapes the text in them itself.
_ESCAPES: Mapping[str, Callable[[str], str]] = {"diff": escaped_in_diff, "github": without_controls}


def say(text: str) -> None:
    """Say something on standard error, on a line of its own.

    Args:
        text: the message; the program's name is put before it.
    """
    print(f"autofix: {escaped(text)}", file=sys.stderr)


def say_errors(errors: Iterable[AutofixError]) -> None:
    """Say on standard error what went wrong.

    Args:
        errors: the errors, a line for each.
    """
    for error in errors:
        say(f"error: {error}")


def ask(question: str) -> None:
    """Write a question on standard error; the answer of the user ends the line.

    Args:
        question: the question, without the program's name.
    """
    print(f"autofix: {escaped(question)} ", end="", file=sys.stderr, flush=True)


def put_on_stderr(lines: Iterable[str]) -> None:
    """Write lines on standard error, for commands that write a document on standard output.

    Args:
        lines: the lines without their ends.
    """
    for line in lines:
        print(escaped(line), file=sys.stderr)


def put(
    lines: Iterable[str],
    *,
    escape: Callable[[str], str] = escaped,
    paint: Callable[[str], str] | None = None,
) -> bool:
    """Write lines on standard output, many at once: it may have no buffer.

    Args:
        lines: the lines without their ends.
        escape: makes a line harmless; some formats have a function of their own.
        paint: colours a harmless line.

    Returns:
        Whether anything had to be escaped.
    """
    rest = iter(lines)
    changed = False
    while batch := list(islice(rest, _LINES_AT_ONCE)):
        harmless = list(map(escape, batch))
        changed = changed or harmless != batch
        print("\n".join(map(paint, harmless) if paint else harmless))
    return changed


def put_report(lines: Iterable[str], form: str, *, color: str = "never") -> None:
    """Write a report on standard output, and say when a diff in it cannot be applied.

    Args:
        lines: its lines without their ends.
        form: its format.
        color: when to colour a diff; see ``colour.is_on``.
    """
    is_diff = form == "diff"
    paint = colour.coloured if is_diff and colour.is_on(color) else None
    is_escaped = put(lines, escape=_ESCAPES.get(form, escaped), paint=paint)
    if is_diff and is_escaped:
        say("control characters are shown escaped, so this diff cannot be applied; --fix and `fix` can")


def put_pieces(lines: Iterable[Sequence[tuple[str, str]]], *, color: str = "never") -> None:
    """Write lines on standard output that consist of pieces with styles.

    Args:
        lines: the lines; each piece is a text and its style, see ``colour.coloured_piece``.
        color: when to colour them; see ``colour.is_on``.
    """
    if not colour.is_on(color):
        put("".join(text for text, _ in line).rstrip() for line in lines)
        return
    # The pieces are harmless before the colours come between them.
    put(
        ("".join(colour.coloured_piece(escaped(text), style) for text, style in line) for line in lines),
        escape=str,
    )


def put_text(text: str) -> None:
    """Write a document for another program on standard output, as it is.

    Args:
        text: the document.
    """
    sys.stdout.write(text)


def put_bytes(data: bytes) -> None:
    """Write a part of a document for another program on standard output, as it is.

    Args:
        data: the part.
    """
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def names(values: Sequence[str]) -> str:
    """Write the first few of many names, such as ``a, b, c and 2 more``.

    Args:
        values: the names.
    """
    rest = len(values) - _MOST_NAMES
    return ", ".join(values[:_MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")


def count(number: int, noun: str) -> str:
    """Write a number of things, such as ``2 files``.

    Args:
        number: how many.
        noun: the word for one thing.
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def unread(errors: Sequence[AutofixError]) -> str:
    """Write the end of a summary: how many paths it does not count.

    Args:
        errors: the errors of the paths that could not be read.

    Returns:
        The words; none if everything was read.
    """
    return f"; {count(len(errors), 'path')} not read" if errors else ""
