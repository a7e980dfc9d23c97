"""Parts of a text that a program fills in: expressions of templates and of CI systems, and variables."""

from __future__ import annotations

import re
from typing import Final

from autofix.readers.model import TextSpan

_EXPRESSION: Final = re.compile(r"\$?\{\{")
_VARIABLE: Final = re.compile(r"\$\{[A-Za-z_]\w*(?:[:/?+-][^{}\n]{0,200})?\}")
# An action that has a beginning and an end, so that the lines between them may be left out.
_CONTROL: Final = re.compile(r"\{\{-?[ \t\n]{0,40}(?:if|else|end|range|with|define|block)\b|\{%")
_NOT_BREAK: Final = re.compile(r"[^\n]")


def has_control(text: str) -> bool:
    """Tell whether a text is a template that leaves out or repeats parts of itself."""
    return _CONTROL.search(text) is not None


def mask_holes(text: str, *, variables: bool) -> tuple[str, tuple[TextSpan, ...]]:
    """Put letters in place of what a program fills in.

    Args:
        text: the text.
        variables: whether ``${VAR}`` is such a part; a shell reads its own variables itself.

    Returns:
        A text of the same length and with the same lines, and where the letters stand.
    """
    if "{{" not in text and not (variables and "${" in text):
        return text, ()
    spans = sorted(_expressions(text))
    if variables:
        spans = _without_overlap(spans, [match.span() for match in _VARIABLE.finditer(text)])
    pieces, position = [], 0
    for start, end in spans:
        pieces += [text[position:start], _NOT_BREAK.sub("x", text[start:end])]
        position = end
    return "".join([*pieces, text[position:]]), tuple(spans)


def _expressions(text: str) -> list[TextSpan]:
    spans: list[TextSpan] = []
    position = 0
    while match := _EXPRESSION.search(text, position):
        end = text.find("}}", match.end())
        if end < 0:
            break
        position = end + 2
        spans.append((match.start(), position))
    return spans


def _without_overlap(spans: list[TextSpan], more: list[TextSpan]) -> list[TextSpan]:
    kept: list[TextSpan] = []
    for span in sorted([*spans, *more]):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
