"""Find the actions of a template: ``{{ … }}``, ``{% … %}``, ``<% … %>``, ``%{ … }``, ``${ … }`` and the like.

Each language is known only by its own delimiters, so a text may use several of them. The search is linear: an
action that does not end is no action, and when such actions have cost as much as the whole text, strings
inside actions are no longer looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple

from autofix.readers.model import TextSpan


class Family(Enum):
    """The delimiters of an action."""

    BRACES = "{{ }}: Go and Helm, Handlebars, Mustache, and the expressions of Jinja"
    JINJA = "{% %}, and {# #}"
    DIRECTIVE = "%{ }: Terraform"
    ERB = "<% %>: ERB, EPP, EJS"
    FREEMARKER = "<#if>"
    YTT = "#@ to the end of the line: a comment of YAML"
    VARIABLE = "${ }"


class Action(NamedTuple):
    """One action in a text.

    Attributes:
        start, end: its span with its delimiters.
        family: its delimiters.
        body: the text between the delimiters.
    """

    start: int
    end: int
    family: Family
    body: str


class Actions(NamedTuple):
    """The actions of a text.

    Attributes:
        actions: in their order; no two of them overlap.
        unclosed: spans of delimiters whose action does not end.
    """

    actions: tuple[Action, ...]
    unclosed: tuple[TextSpan, ...]


_OPENER: Final = re.compile(
    # What only looks like an action: Terraform's and ERB's ways to write the delimiters themselves.
    r"(?P<literal>\$\$\{(?!\{)|%%\{|<%%)"
    r"|(?P<comment>\{\{-?[ \t\r\n]*/\*|\{\{!--|\{#|<#--)"
    r"|(?P<BRACES>\$?\{\{)|(?P<JINJA>\{%)|(?P<ERB><%)"
    r"|(?P<DIRECTIVE>%\{(?=~?[ \t\r\n]{0,80}(?:if|else|endif|for|endfor)\b))"
    r"|(?P<FREEMARKER></?#(?=[a-z]))|(?P<VARIABLE>\$\{)"
    r"|(?P<YTT>(?<![^ \t\n])\#@)"
)
# How each comment ends, by its opening.
_COMMENTS: Final[Mapping[str, str]] = MappingProxyType({"/*": "*/", "!--": "--}}", "{#": "#}", "<#--": "-->"})
_COMMENT_FAMILIES: Final = MappingProxyType({"{#": Family.JINJA, "<#--": Family.FREEMARKER})
_CLOSERS: Final[Mapping[Family, str]] = MappingProxyType(
    {
        Family.BRACES: "}}",
        Family.JINJA: "%}",
        Family.DIRECTIVE: "}",
        Family.VARIABLE: "}",
        Family.ERB: "%>",
        Family.FREEMARKER: ">",
        Family.YTT: "\n",
    }
)
# What matters inside an action: strings, braces, its own end, and the start of another action.
_TOKEN: Final = re.compile(r"""["'`]|\{\{|%\}|[{}]""")
# The same without strings and nesting: what comes first decides.
_FIRST: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {"}}": re.compile(r"\{\{|\}\}"), "%}": re.compile(r"\{%|%\}"), "}": re.compile("[{}]")}
)
# The rest of a string, without its first quote; the group is empty if the string does not end in its line.
_STRINGS: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        '"': re.compile(r'[^"\\\n]*+(?:\\.[^"\\\n]*+)*+("?)'),
        "'": re.compile(r"[^'\\\n]*+(?:\\.[^'\\\n]*+)*+('?)"),
    }
)


def find_actions(text: str) -> Actions:
    """Find the actions of a text.

    Args:
        text: the text.

    Returns:
        The actions, and the delimiters that open none.
    """
    scan = _Scan(text)
    actions: list[Action] = []
    unclosed: list[TextSpan] = []
    position = 0
    while match := _OPENER.search(text, position):
        position = match.end()
        if match.lastgroup == "literal":
            continue
        action = scan.comment(match) if match.lastgroup == "comment" else scan.action(match)
        if action is not None:
            actions.append(action)
            position = action.end
        elif match[0] != "{#":
            unclosed.append(match.span())
    return Actions(tuple(actions), tuple(unclosed))


def has_marks(text: str) -> bool:
    """Tell whether a text has the delimiters of a template, or variables such as ``${NAME}``.

    Args:
        text: the text.
    """
    return _OPENER.search(text) is not None


class _Scan:
    """A search through one text, and what it has learned on its way."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Closing delimiters that do not come again.
        self.missing: set[str] = set()
        # How many characters were read for nothing.
        self.wasted = 0

    def comment(self, match: re.Match[str]) -> Action | None:
        """Read a comment; it may hold any delimiters but its own end."""
        opener = match[0]
        kind = next(ending for ending in _COMMENTS if opener.endswith(ending))
        end = self._find(_COMMENTS[kind], match.end())
        if end is not None and kind == "/*":
            end = self._find("}}", end)
        family = _COMMENT_FAMILIES.get(kind, Family.BRACES)
        return None if end is None else Action(match.start(), end, family, "/*")

    def action(self, match: re.Match[str]) -> Action | None:
        """Read an action that is no comment."""
        family = Family[match.lastgroup or ""]
        closer = _CLOSERS[family]
        end: int | None
        if family is Family.YTT:
            found = self.text.find(closer, match.end())
            end = len(self.text) if found < 0 else found
            return Action(match.start(), end, family, self.text[match.end() : end])
        if family in (Family.ERB, Family.FREEMARKER):
            end = self._find(closer, match.end())
        else:
            end = self._end(closer, match.end())
        if end is None:
            return None
        start = match.start() if family is Family.FREEMARKER else match.end()
        return Action(match.start(), end, family, self.text[start : end - len(closer)])

    def _find(self, closer: str, start: int) -> int | None:
        if closer in self.missing:
            return None
        place = self.text.find(closer, start)
        if place < 0:
            self.missing.add(closer)
            return None
        return place + len(closer)

    def _end(self, closer: str, start: int) -> int | None:
        """Find the end of an action that may hold strings and braces."""
        if closer in self.missing:
            return None
        if self.wasted <= len(self.text):
            end, stop = self._scanned(closer, start)
            if end is not None:
                return end
            self.wasted += stop - start
        # A quote in it may be no quote, and a brace no brace.
        match = _FIRST[closer].search(self.text, start)
        if match is None:
            self.missing.add(closer)
        return match.end() if match is not None and match[0] == closer else None

    def _scanned(self, closer: str, start: int) -> tuple[int | None, int]:
        """Read on to the end of an action; return it, and how far this has read."""
        text, depth, position = self.text, 0, start
        while match := _TOKEN.search(text, position):
            word, place, position = match[0], match.start(), match.end()
            if word in "\"'`":
                position = self._behind_string(word, position)
            elif depth == 0 and text.startswith(closer, place):
                return place + len(closer), place
            elif word == "{{":
                # Another action begins: this one has no end.
                return None, place
            elif word == "{":
                depth += 1
            elif word == "}" and depth:
                depth -= 1
        return None, len(text)

    def _behind_string(self, quote: str, position: int) -> int:
        if quote == "`":
            return self._find("`", position) or position
        if self.wasted > len(self.text):
            return position
        match = _STRINGS[quote].match(self.text, position)
        if match is not None and match[1]:
            return match.end()
        # No string: an apostrophe.
        self.wasted += match.end() - position if match else 0
        return position
