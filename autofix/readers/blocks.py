"""Code blocks in documents: their language, and their text without what the document puts around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from autofix.readers.guess import guess_language
from autofix.readers.model import InnerText, TextSpan

DIFF: Final = "it is part of a diff; change it by hand"

# ``yaml``, ``{.yaml .annotate}``, ``{bash}``, ``yaml:values.yaml``, ``language-yaml``, ``{code-block} yaml``.
_LANGUAGE: Final = re.compile(
    r"[\s{.]*(?:\{?(?:code-block|code-cell|code|sourcecode)\}?\s+[.]?)?(?:language-|lang-)?([A-Za-z][\w+#-]{0,40})"
)
_UNKNOWN: Final = frozenset({"", "text", "txt", "plain", "plaintext", "none", "output", "raw", "code"})
_SESSIONS: Final = frozenset({"console", "shell-session", "shellsession", "sh-session", "terminal", "term"})
_SHELLS: Final = frozenset({"sh", "bash", "shell", "zsh", "fish", "ksh"})
_DIFFS: Final = frozenset({"diff", "patch", "udiff"})
# What stands before the commands of a session.
_PROMPT: Final = re.compile(r"[ \t]{0,40}(?:[\w@.:~/-]{0,80}[$#%]|PS>)[ \t]+(?=\S)")
_DOLLAR: Final = re.compile(r"[ \t]{0,40}\$[ \t]+(?=\S)")
_HERE_DOCUMENT: Final = re.compile(r"<<-?[ \t]{0,8}[\"'\\]?(\w{1,80})")


def language_of(info: str) -> str:
    """Return the language that the text behind a fence names; empty if it names none.

    Args:
        info: the info string.
    """
    match = _LANGUAGE.match(info)
    return "" if match is None else match[1].lower()


def code_block(text: str, pieces: Sequence[TextSpan], language: str) -> InnerText | None:
    """Make the inner text of a code block.

    Args:
        text: the document.
        pieces: what belongs to the block, in order, as spans; each line with its line break.
        language: the language that the document names, in lower case; empty if it names none.

    Returns:
        The text; None if its language is not known, or if it is empty.
    """
    lines = [(start, end) for start, end in pieces if start < end]
    content = "".join(text[start:end] for start, end in lines)
    if language in _UNKNOWN:
        language = guess_language(content)
    if not language or not content.strip():
        return None
    if language in _SESSIONS or (language in _SHELLS and _DOLLAR.match(content.lstrip())):
        lines = list(_commands(text, lines, _PROMPT if language in _SESSIONS else _DOLLAR))
        content = "".join(text[start:end] for start, end in lines)
        language = "sh"
    return InnerText(language, content, tuple(_runs(lines)), reason=DIFF if language in _DIFFS else "")


def _runs(pieces: Iterable[TextSpan]) -> Iterator[TextSpan]:
    position, end_before = 0, -1
    for start, end in pieces:
        if start != end_before:
            yield position, start
        position += end - start
        end_before = end


def _commands(text: str, lines: Sequence[TextSpan], prompt: re.Pattern[str]) -> Iterator[TextSpan]:
    """Return the commands of a session, without prompts and output; all of it if it has no prompts."""
    if not any(prompt.match(text, start, end) for start, end in lines):
        yield from lines
        return
    goes_on, word = False, ""
    for start, end in lines:
        line = text[start:end]
        match = None if word else prompt.match(line)
        if word:
            goes_on = True
            word = "" if line.strip() == word else word
        elif match is not None:
            goes_on = True
        if not goes_on:
            continue
        yield (start, end) if match is None else (start + match.end(), end)
        here = None if word else _HERE_DOCUMENT.search(line) if match else None
        word = here[1] if here else word
        goes_on = bool(word) or line.rstrip("\r\n").endswith("\\")


def line_spans(text: str) -> list[TextSpan]:
    """Return the spans of all lines, each with its line break."""
    spans, start = [], 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        spans.append((start, end))
        start = end
    return spans


def front_matter(text: str, lines: Sequence[TextSpan]) -> tuple[InnerText | None, int]:
    """Read the front matter of a document: YAML between ``---``, or TOML between ``+++``.

    Args:
        text: the document.
        lines: the spans of its lines.

    Returns:
        The front matter, or None; and the number of its lines.
    """
    fence = text[slice(*lines[0])].strip("\ufeff \t\r\n") if lines else ""
    language = {"---": "yaml", "+++": "toml"}.get(fence)
    if language is None:
        return None, 0
    for number, (start, end) in enumerate(lines[1:], start=1):
        if text[start:end].rstrip() == fence:
            return code_block(text, lines[1:number], language), number + 1
    return None, 0
