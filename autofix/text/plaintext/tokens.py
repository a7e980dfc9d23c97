"""Native-sidecar keys in text that is no YAML: Helm templates, Terraform, shell scripts, Markdown.

There is no parser for what surrounds them: a key is known by its own form, and a value only where it is
written out right behind its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from autofix.kubernetes.scalars import Scalar, resolve
from autofix.linkerd.keys import is_native_like, key_within

# It begins only where no part of it can stand before: else all the rest would be tried from every part on.
# Helm's --set wants the dots of a key escaped, Terraform the escapes too, and a JSON Pointer its slash.
_KEY: Final = re.compile(
    r"(?P<domain>(?<![\w.\\-])(?:[a-z0-9-]+\.)*linkerd\.io|(?<![\w\\-])(?<!\\\.)(?:[a-z0-9-]+\\{1,2}\.)*linkerd\\{1,2}\.io)"
    r"(?P<slash>/|~1)(?P<name>[A-Za-z0-9_.-]*\w)",
    re.ASCII,
)
_VALUE: Final = re.compile(
    r"""["']?\]?(?P<gap>[ \t]*(?P<separator>:|=)[ \t]*)"""
    r"""(?:"(?P<double>[^"\\\n{$]*)"|'(?P<single>[^'\n{$]*)'|(?P<bare>[A-Za-z0-9]+)(?=[\s,})\]"'`#;]|\Z))"""
)
# Behind a colon a word is the value only where punctuation, a comment, or nothing follows on its line.
_ENDS: Final = re.compile(r"[ \t]*(?:[,})\];]|\r?\n|\Z)|[ \t]+#")
# What separates the words of a domain, as far as it is written with escapes.
_DOT: Final = re.compile(r"\\{0,2}\.")
# Helm deletes a value that is set to null; a merge patch deletes the key. kubectl sets the word.
_NULL: Final = re.compile(
    r"""["']?\]?(?:[ \t]{0,20}:[ \t]{0,20}|[ \t]{1,20}=[ \t]{1,20})(?:~|[Nn]ull|NULL)(?=[\s,})\]"'`#;]|\Z)"""
)
_NONE: Final = re.compile(r"""["']\]?[ \t]{0,20}[:=][ \t]{0,20}(?:None|nil|undefined)(?=[\s,})\]"'`#;]|\Z)""")
_HELM_NULL: Final = re.compile(r"""["']?=["']?null(?=[\s,})\]"'`#;]|\Z)""")
# ``kubectl annotate pod web KEY-`` removes the annotation.
_MINUS: Final = re.compile(r"""-(?=[\s"'`,;&|)\]}\\]|\Z)""")
# How far a URL, or an operation of a JSON patch, may reach around a key, in characters.
_NEAR: Final = 300
_OPERATION: Final = re.compile(r"""\bop["'\\]*[ \t]*[:=][ \t]*["'\\]*([a-z]+)""")
_ITEM: Final = re.compile(r"[{}]|(?:\A|\n)[ \t]*-[ \t]")
# Punctuation that makes one word of a key and what stands beside it.
_GLUE_BEFORE: Final = frozenset("/.~+}$%@^&#!:?)]-\\")
_GLUE_BEHIND: Final = frozenset("/~+{$%@^&#([-")
# The operations of a JSON patch (RFC 6902) that give a key a value.
SETTING: Final = frozenset({"add", "replace"})
_COMMENT: Final = re.compile(r"[ \t]*(?:#|//|/\*|<!--|\{\{-?[ \t]*/\*)")


class Token(NamedTuple):
    """A native-sidecar key in a text, and its value where that is certain.

    Attributes:
        start, end: the key's span.
        key: the key, without escapes.
        value: what Kubernetes would read; absent when ``value_start`` is None.
        value_start, value_end: the value's span without quotes, None when the value is not certain.
        quoted: whether the value stands in quotes.
        is_yaml: whether a colon divides the two as in YAML, so that quotes make a difference.
        is_part: whether it is part of a longer word.
        is_set: whether it is set here; None when that is not known. What removes a key says False.
    """

    start: int
    end: int
    key: str
    value: Scalar = None
    value_start: int | None = None
    value_end: int | None = None
    quoted: bool = False
    is_yaml: bool = False
    is_part: bool = False
    is_set: bool | None = True

    def written(self, key: str, text: str) -> str:
        """Write another key with the escapes of this one."""
        found = text[self.start : self.end]
        dot = next((escaped for escaped in ("\\\\.", "\\.") if escaped in found), ".")
        dotted = key.replace(".", dot)
        return dotted.replace("/", "~1") if "~1" in found else dotted


def tokens(text: str) -> Iterator[Token]:
    """Find the native-sidecar keys in a text.

    Args:
        text: any text.

    Yields:
        One token a key, in order.
    """
    line = _Line(text)
    for match in _KEY.finditer(text):
        word = f"{match['domain']}/{match['name']}".replace("\\", "")
        # Behind a slash it is part of a URL or path, unless it is in a JSON Pointer.
        is_path = match["slash"] == "/" and text.endswith("/", 0, match.start())
        if is_path or not is_native_like(word):
            continue
        key = key_within(word)
        start = _start(match, key)
        is_part = not word.endswith(key) or start > match.start() or not _is_word(text, start, match.end())
        token = Token(start, match.end(), key, is_part=is_part, is_set=_is_set(text, start, match.end()))
        found = _VALUE.match(text, match.end())
        if found is None or match["slash"] != "/" or not _is_certain(text, line, match.start(), found):
            yield token
            continue
        group = next(name for name in ("double", "single", "bare") if found[name] is not None)
        is_yaml, quoted = _divides_as_yaml(found), group != "bare"
        value = resolve(found[group]) if is_yaml and not quoted else found[group]
        begin, end = found.span(group)
        yield token._replace(value=value, value_start=begin, value_end=end, quoted=quoted, is_yaml=is_yaml)


def _start(match: re.Match[str], key: str) -> int:
    """Find where a key begins in the domain that was found, which may have a prefix."""
    more = match["domain"].count(".") - key.partition("/")[0].count(".")
    start = match.start()
    for _, dot in zip(range(more), _DOT.finditer(match["domain"]), strict=False):
        start = match.start() + dot.end()
    return start


def _is_word(text: str, start: int, end: int) -> bool:
    """Tell whether a key ends where it seems to, on both sides."""
    before, after = text[start - 1 : start], text[end : end + 2]
    # In a JSON Pointer it is a step, and so it is behind a dot of Helm's where its own are escaped.
    is_step = before == "/" or (before == "." and "\\" in text[start:end])
    if "://" in text[max(0, start - _NEAR) : start].rpartition(" ")[2]:
        return False
    if before.isalnum() or (before and before in _GLUE_BEFORE and not is_step):
        return False
    if after[:1] == "\\":
        return after[1:] in ("'", '"', "\n", "\r", "n", "")
    return (
        not (after[:1].isalnum() or (after and after[0] in _GLUE_BEHIND))
        or _MINUS.match(text, end) is not None
    )


def _is_set(text: str, start: int, end: int) -> bool | None:
    """Tell whether a key is set, by what stands right behind it, or by the JSON patch around it."""
    escaped = text[start:end]
    if any(gone.match(text, end) for gone in (_MINUS, _NULL, _NONE)):
        return False
    if "\\" in escaped and _HELM_NULL.match(text, end):
        return False
    if "~1" not in escaped:
        return True
    before, behind = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    begin = max((item.end() for item in _ITEM.finditer(before)), default=0)
    following = _ITEM.search(behind)
    operation = _OPERATION.search(before[begin:]) or _OPERATION.search(
        behind[: following.start() if following else None]
    )
    if operation is None or operation[1] in SETTING:
        return True
    return False if operation[1] == "remove" else None


def _divides_as_yaml(found: re.Match[str]) -> bool:
    """Tell whether what divides key and value is YAML's: a colon with a blank, or behind a key in quotes."""
    if found["separator"] != ":":
        return False
    return not found["gap"].endswith(":") or found[0][:1] in ("'", '"')


class _Line:
    """The line of the last key up to there, so that a long line with many keys is read once."""

    __slots__ = ("end", "has_brace", "has_words", "is_comment", "quotes", "start", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.begin(0)

    def begin(self, start: int) -> None:
        """Begin a line; ``quotes`` counts those in it that are not escaped."""
        self.start = self.end = start
        self.quotes = 0
        self.has_brace = self.has_words = False
        self.is_comment = _COMMENT.match(self.text, start) is not None

    def go_on(self, end: int) -> None:
        """Read the text up to the next key."""
        found = self.text.rfind("\n", self.end, end)
        if found >= 0:
            self.begin(found + 1)
        piece = self.text[self.end : end]
        self.quotes += piece.count('"') - self.text.count('\\"', self.end, end)
        self.has_brace = self.has_brace or "{" in piece
        self.has_words = self.has_words or bool(piece.strip(" \t-"))
        self.end = end

    @property
    def is_list(self) -> bool:
        """Whether a key without quotes seems to stand in a list that one line holds, as in properties."""
        is_continued = self.text.endswith(("\\\n", "\\\r\n"), 0, self.start)
        return is_continued or (self.has_words and not self.has_brace)


def _is_certain(text: str, line: _Line, start: int, found: re.Match[str]) -> bool:
    """Tell whether what follows a key is its value, and quotes may be put around it."""
    line.go_on(start)
    if line.is_comment:
        return False
    if found["bare"] is None or found["separator"] == "=":
        return True
    if not _ENDS.match(text, found.end()):
        return False
    own = found[0][:1]
    if found["gap"].endswith((" ", "\t")) and own not in ("'", '"') and line.is_list:
        return False
    # The key's own quote opens nothing.
    is_quoted = own == '"' and text.endswith('"', line.start, start)
    is_own = is_quoted and not text.endswith('\\"', line.start, start)
    return (line.quotes - is_own) % 2 == 0


def neighbours(text: str, found: Sequence[Token]) -> frozenset[int]:
    """Find the keys that seem to stand in one mapping, or one command, with another of them.

    What becomes of such keys depends on each other, and on what surrounds them, which is not parsed here.

    Args:
        text: the whole text.
        found: its keys, in order.

    Returns:
        The starts of those keys.
    """
    close: set[int] = set()
    for first, second in pairwise(found):
        between = text[first.end : second.start]
        if "\n" not in between.replace("\\\n", "") or _are_siblings(text, first, second):
            close |= {first.start, second.start}
    return frozenset(close)


def _are_siblings(text: str, first: Token, second: Token) -> bool:
    """Tell whether two keys begin lines of the same depth with nothing less deep between them."""
    depth = _depth(text, first)
    if depth is None or depth != _depth(text, second):
        return False
    lines = text[first.end : second.start].split("\n")[1:-1]
    return not any(_divides(line, depth) for line in lines)


def _depth(text: str, token: Token) -> int | None:
    """Count the spaces before a key that begins its line; None for one that does not."""
    before = text[text.rfind("\n", 0, token.start) + 1 : token.start].rstrip("\"'[")
    return len(before) if not before.strip() else None


def _divides(line: str, depth: int) -> bool:
    inner = line.strip()
    if not inner or inner.startswith("#"):
        return False
    if inner.startswith("{{"):
        # Of the branches of a template only one is rendered.
        return "else" in inner
    return len(line) - len(line.lstrip()) < depth or inner.startswith(("---", "}"))
