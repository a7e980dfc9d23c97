"""Sessions of a terminal: lines with a prompt are commands, the other lines are what they printed."""

from __future__ import annotations

import re
from typing import Final

from autofix.readers.model import InnerText, TextSpan

# `$ ls`, `user@host:~$ ls`, `% ls`. No line of a script starts so. The last is U+276F, the
# prompt of several themes.
_PROMPT: Final = re.compile(r"[ \t]{0,40}(?:[\w.@:~/\[\]-]{0,80}[$%\u276f])[ \t]+(?=\S)")
# The first line that is neither empty nor a comment.
_FIRST: Final = re.compile(r"^[ \t]*+[^\s#].*", re.MULTILINE)
_CONTINUED: Final = re.compile(r"[ \t]{0,40}>[ \t]?")
_DOCUMENT: Final = re.compile(r"<<-?\s{0,8}[\\'\"]?(\w{1,80})")


def session_text(text: str) -> InnerText | None:
    """Return the commands of a session.

    Args:
        text: the text.

    Returns:
        The commands as a shell text; None if the text is no session.
    """
    first = _FIRST.search(text)
    # A prompt later in a script is text, such as an example in a here-document.
    if first is None or _PROMPT.match(text, first.start()) is None:
        return None
    pieces: list[str] = []
    runs: list[TextSpan] = []
    position = length = 0
    is_continued, delimiter = False, ""
    for line in text.splitlines(keepends=True):
        start = _start_of_command(line, is_continued=is_continued or bool(delimiter))
        if start is not None:
            kept = line[start:]
            runs.append((length, position + start))
            pieces.append(kept)
            length += len(kept)
            if delimiter:
                delimiter = "" if kept.strip() == delimiter else delimiter
            else:
                opened = _DOCUMENT.search(kept)
                delimiter = opened[1] if opened and not kept.lstrip().startswith("#") else ""
            is_continued = not delimiter and kept.rstrip("\r\n").endswith("\\")
        position += len(line)
    return InnerText("shell", "".join(pieces), tuple(runs)) if runs else None


def _start_of_command(line: str, *, is_continued: bool) -> int | None:
    """Return where a command starts in a line; None if the line is what a command printed."""
    if is_continued:
        match = _CONTINUED.match(line)
        return match.end() if match else 0
    match = _PROMPT.match(line)
    return match.end() if match else None
