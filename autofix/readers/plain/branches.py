"""Where a text chooses between alternatives: the branches of templates and of shell scripts.

autofix recognises each language only by the marks of its branches, in any file.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from autofix.readers.spans import merged_spans

_MARK: Final = re.compile(
    # Go templates, and Handlebars in the same braces.
    r"\{\{[-~]?[ \t]*(?P<go>(?:if|with|range|define|block|else|end)\b|\#(?=\w)|\^(?=\w)|/(?=\w))"
    # Jinja; Terraform's template directives; ERB; ytt.
    r"|\{%[-+]?[ \t]*(?P<jinja>if|elif|else|endif|for|endfor)\b"
    r"|%\{~?[ \t]*(?P<directive>if|else|endif|for|endfor)\b"
    r"|<%-?[ \t]*(?P<erb>if|unless|case|else|elsif|when|end)\b"
    r"|\#@[ \t]*(?P<ytt>if|for|def|else|elif|end)\b"
    # Shell, make, and other languages that write "else" at the start of a line.
    r"|(?:^[ \t]*(?:[})\]][ \t]*)?|[;&|({][ \t]*|\b(?:then|do)[ \t]+)"
    r"(?P<shell>(?:if|case|ifeq|ifneq|ifdef|ifndef|fi|esac|endif)(?=[\s;)(]|\Z)|(?:elif|elsif|elseif|else)\b)"
    # A branch of a language that is not known here.
    r"|[<#@][<#@/ ]?(?P<unknown>else\w*|elif)\b",
    re.MULTILINE,
)
_FORKS: Final = frozenset({"if", "unless", "ifeq", "ifneq", "ifdef", "ifndef", "with", "#", "^", "case"})
_OPENING: Final = _FORKS | {"range", "for", "define", "block", "def"}
_CLOSING: Final = frozenset({"end", "endif", "endfor", "fi", "esac", "/"})
# A block that begins with one of these words has alternatives, or is one of them.
_ALTERNATIVES: Final = frozenset({"case", "^"})


class _Block(NamedTuple):
    """A block whose end has not come yet."""

    start: int
    word: str
    has_else: bool


class Branches(NamedTuple):
    """The branches of a text.

    Attributes:
        alternatives: spans of which only a part takes effect: with an "else", or of a "case".
        conditions: spans that may take effect or not, including those with an "else".
    """

    alternatives: tuple[tuple[int, int], ...]
    conditions: tuple[tuple[int, int], ...]


def branches(text: str) -> Branches:
    """Find the branches in a text.

    Args:
        text: any text.

    Returns:
        The spans. If an "else" belongs to no known block, the whole text counts as alternatives.
    """
    alternatives: list[tuple[int, int]] = []
    conditions: list[tuple[int, int]] = []
    open_blocks: dict[str, list[_Block]] = {}
    for match in _MARK.finditer(text):
        language = match.lastgroup or ""
        word, blocks = match[language], open_blocks.setdefault(language, [])
        if word in _OPENING:
            blocks.append(_Block(match.start(), word, word in _ALTERNATIVES))
        elif word in _CLOSING:
            if blocks:
                _close(blocks.pop(), match.end(), alternatives, conditions)
        elif blocks:
            blocks[-1] = blocks[-1]._replace(has_else=True)
        else:
            alternatives.append((0, len(text)))
    for language, blocks in open_blocks.items():
        for block in blocks:
            # A sentence may look like a shell's "if"; with an "else" it is surely no sentence.
            if language != "shell" or (block.has_else and block.word != "case"):
                _close(block, len(text), alternatives, conditions)
    if "{{^" in text:
        # Mustache has its "else" in a block of its own.
        alternatives += conditions
    return Branches(merged_spans(alternatives), merged_spans(conditions))


def _close(
    block: _Block, end: int, alternatives: list[tuple[int, int]], conditions: list[tuple[int, int]]
) -> None:
    span = (block.start, end)
    if block.has_else:
        alternatives.append(span)
    if block.has_else or block.word in _FORKS:
        conditions.append(span)
