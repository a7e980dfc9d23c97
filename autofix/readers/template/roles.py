"""What each action of a template does: it opens, divides or closes a block, writes text, or is silent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple

from autofix.readers.template.actions import Action, Family


class Effect(Enum):
    """What an action does."""

    OPENS = "it opens a block"
    DIVIDES = "it begins another branch of a block"
    CLOSES = "it closes a block"
    WRITES = "it writes text"
    SILENT = "it writes nothing"


class ActionRole(NamedTuple):
    """The role of an action.

    Attributes:
        effect: what it does.
        word: the word that opens a block, in the words of Go's templates where they have one.
        condition: the condition of a block, or the name of a definition.
    """

    effect: Effect
    word: str = ""
    condition: str = ""


_WRITES: Final = ActionRole(Effect.WRITES)
_SILENT: Final = ActionRole(Effect.SILENT)
_DIVIDES: Final = ActionRole(Effect.DIVIDES)
_CLOSES: Final = ActionRole(Effect.CLOSES)

_GO: Final = re.compile(
    r"(?P<open>if|with|range)(?=[\s(]|\Z)|(?P<named>define|block)(?=\s*[\"`])"
    r"|(?P<divide>else)(?=[\s-]|\Z)|\^\s*\Z|(?P<close>end\s*\Z|/\w)"
    r"|(?P<silent>/\*|!|=|\$\w*\s*(?:,\s*\$\w+\s*)?:?=(?!=)|(?:break|continue)\s*\Z)"
    r"|#[*>]?\s*(?P<handlebars>if|unless|each|with|inline)(?=[\s(]|\Z)|(?P<section>[#^])[*>]?"
)
_HANDLEBARS: Final = MappingProxyType({"each": "range", "inline": "define"})
_JINJA: Final = re.compile(
    r"(?P<open>if|for|block|call|filter|with|raw|trans|autoescape|macro)\b"
    r"|(?P<set>set)\b(?!.*=)|(?P<divide>elif|else)\b|(?P<close>end\w+)|(?P<include>include)\b",
    re.DOTALL,
)
_DIRECTIVE: Final = re.compile(r"(?P<open>if|for)\b|(?P<divide>else)\b|(?P<close>endif|endfor)\b")
_ERB_OPEN: Final = re.compile(r"(?P<word>if|unless|case|while|until|for|begin)\b")
_ERB_DIVIDE: Final = re.compile(r"(?:\}\s*)?(?:else|elsif|elseif|when|in|rescue|ensure|default)\b|case\b.*:$")
_ERB_BLOCK: Final = re.compile(r"(?:\bdo|\{)\s*+(?:\|[^|]*\|\s*+)?\Z|:\Z")
# The end of a block's first line is at most this long.
_ERB_TAIL: Final = 200
_FREEMARKER: Final = re.compile(
    r"<#(?P<open>if|list|switch|macro)\b|<#(?P<divide>else|elseif|case|default)\b"
    r"|(?P<close></#(?:if|list|switch|macro)\b)"
)
_FREEMARKER_WORDS: Final = MappingProxyType({"list": "range", "switch": "case", "macro": "define"})
_YTT: Final = re.compile(r"(?P<open>if|for|def)(?=[\s(])|(?P<divide>else|elif)\b|(?P<close>end)\b")
_WORDS: Final = MappingProxyType({"for": "range", "macro": "define", "def": "define"})
_NAME: Final = re.compile(r"[\"`]?([^\s\"`(]*)")


def role_of(action: Action) -> ActionRole:
    """Tell what an action does.

    Args:
        action: the action.

    Returns:
        Its role; ``WRITES`` for every action that is not known.
    """
    body = action.body.strip("-~+ \t\r\n")
    if action.family is Family.VARIABLE:
        return _WRITES
    return _READERS[action.family](body)


def _by_pattern(pattern: re.Pattern[str], words: Mapping[str, str], body: str) -> ActionRole | None:
    """Read an action whose language says everything with its first word."""
    match = pattern.match(body)
    if match is None:
        return None
    kind, word = match.lastgroup, match[match.lastgroup or 0]
    if kind == "divide":
        return _DIVIDES
    if kind == "close":
        return _CLOSES
    return _opening(words.get(word, word), body[match.end() :])


def _opening(word: str, rest: str) -> ActionRole:
    rest = rest.strip("->% \t\r\n")
    if word == "define":
        match = _NAME.match(rest)
        rest = match[1] if match else ""
    return ActionRole(Effect.OPENS, word, " ".join(rest.split()))


def _braces(body: str) -> ActionRole:
    match = _GO.match(body)
    if match is None:
        return _WRITES
    kind, rest = match.lastgroup, body[match.end() :]
    word = match[kind] if kind else ""
    if kind in ("open", "named"):
        return _opening(word, rest)
    if kind == "handlebars":
        return _opening(_HANDLEBARS.get(word, word), rest)
    if kind == "section":
        return _opening(word, rest)
    return {"close": _CLOSES, "silent": _SILENT}.get(kind or "", _DIVIDES)


def _jinja(body: str) -> ActionRole:
    if body.startswith("include"):
        return _WRITES
    return _by_pattern(_JINJA, _WORDS, body) or _SILENT


def _directive(body: str) -> ActionRole:
    return _by_pattern(_DIRECTIVE, _WORDS, body) or _SILENT


def _erb(body: str) -> ActionRole:
    if body.startswith("="):
        return _WRITES
    if body.startswith("#"):
        return _SILENT
    if body in ("end", "}", "});", "})") or body.startswith(("end ", "end.")):
        return _CLOSES
    if _ERB_DIVIDE.match(body):
        return _DIVIDES
    match = _ERB_OPEN.match(body)
    if match is not None and not body.endswith((" end", ";end")):
        word = match["word"]
        return _opening("range" if word in ("while", "until", "for") else word, body[match.end() :])
    return ActionRole(Effect.OPENS, "range") if _ERB_BLOCK.search(body[-_ERB_TAIL:]) else _SILENT


def _freemarker(body: str) -> ActionRole:
    return _by_pattern(_FREEMARKER, _FREEMARKER_WORDS, body) or _SILENT


def _ytt(body: str) -> ActionRole:
    return _by_pattern(_YTT, _WORDS, body) or _WRITES


_READERS: Final[Mapping[Family, Callable[[str], ActionRole]]] = MappingProxyType(
    {
        Family.BRACES: _braces,
        Family.JINJA: _jinja,
        Family.DIRECTIVE: _directive,
        Family.ERB: _erb,
        Family.FREEMARKER: _freemarker,
        Family.YTT: _ytt,
    }
)
