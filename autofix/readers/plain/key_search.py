"""Native-sidecar keys in text that is no YAML: Helm templates, Terraform, shell scripts, Markdown.

There is no parser for the text around them: autofix recognises a key by its own form, and a value only where
it is written out right behind its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from autofix.kubernetes.scalars import Scalar, resolve
from autofix.linkerd.keys import is_native_like, key_within

# A match begins only at the first part of a domain. Otherwise the search would start again at every part.
# Helm's --set needs escapes before the dots of a key, and Terraform escapes these escapes. A JSON Pointer
# escapes the slash.
_KEY: Final = re.compile(
    r"(?P<domain>(?<![\w.\\-])(?:[a-z0-9-]+\.)*linkerd\.io|(?<![\w\\-])(?<!\\\.)(?:[a-z0-9-]+\\{1,2}\.)*linkerd\\{1,2}\.io)"
    r"(?P<slash>/|~1)(?P<name>[A-Za-z0-9_.-]*\w)",
    re.ASCII,
)
_VALUE: Final = re.compile(
    r"""["']?\]?(?P<gap>[ \t]*(?P<separator>:|=)[ \t]*)"""
    r"""(?:"(?P<double>[^"\\\n{$]*)"|'(?P<single>[^'\n{$]*)'|(?P<bare>[A-Za-z0-9]+)(?=[\s,})\]"'`#;]|\Z))"""
)
# A word after a colon is the value only if punctuation, a comment, or nothing follows it on its line.
_ENDS: Final = re.compile(r"[ \t]*(?:[,})\];]|\r?\n|\Z)|[ \t]+#")
# What separates the words of a domain, with or without escapes.
_DOT: Final = re.compile(r"\\{0,2}\.")
# Helm and a merge patch delete a key that is set to null. kubectl sets the word as its value.
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
# Punctuation that joins a key and the text beside it into one word.
_GLUE_BEFORE: Final = frozenset("/.~+}$%@^&#!:?)]-\\")
_GLUE_BEHIND: Final = frozenset("/~+{$%@^&#([-")
# The operations of JSON Patch (RFC 6902) that give a key a value.
SETTING: Final = frozenset({"add", "replace"})
_COMMENT: Final = re.compile(r"[ \t]*(?:#|//|/\*|<!--|\{\{-?[ \t]*/\*)")


class TextKey(NamedTuple):
    """A native-sidecar key in a text, and its value where that is certain.

    Attributes:
        start, end: the key's span.
        key: the key, without escapes.
        value: the value that Kubernetes would read; it means nothing if ``value_start`` is None.
        value_start, value_end: the value's span without quotes; None if the value is not certain.
        quoted: whether the value stands in quotes.
        is_yaml: whether a colon separates key and value as in YAML, so that quotes make a difference.
        is_part: whether the key is part of a longer word.
        is_set: whether the text sets the key; False if it removes the key, None if that is not known.
        is_comment: whether a comment begins its line.
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
    is_comment: bool = False


def find_keys(text: str) -> Iterator[TextKey]:
    """Find the native-sidecar keys in a text.

    Args:
        text: any text.

    Yields:
        The keys, in order.
    """
    line = _Line(text)
    for match in _KEY.finditer(text):
        word = f"{match['domain']}/{match['name']}".replace("\\", "")
        # A key after a slash is part of a URL or path, unless it is in a JSON Pointer.
        is_path = match["slash"] == "/" and text.endswith("/", 0, match.start())
        if is_path or not is_native_like(word):
            continue
        key = key_within(word)
        start = _start(match, key)
        is_part = not word.endswith(key) or start > match.start() or not _is_word(text, start, match.end())
        is_set = _is_set(text, start, match.end())
        line.read_to(match.start())
        text_key = TextKey(
            start, match.end(), key, is_part=is_part, is_set=is_set, is_comment=line.is_comment
        )
        written = _VALUE.match(text, match.end())
        if written is None or match["slash"] != "/" or not _is_certain(text, line, match.start(), written):
            yield text_key
            continue
        group = next(name for name in ("double", "single", "bare") if written[name] is not None)
        is_yaml, quoted = _is_yaml(written), group != "bare"
        value = resolve(written[group]) if is_yaml and not quoted else written[group]
        begin, end = written.span(group)
        yield text_key._replace(value=value, value_start=begin, value_end=end, quoted=quoted, is_yaml=is_yaml)


def _start(match: re.Match[str], key: str) -> int:
    """Find where a key begins in its match, whose domain may have a prefix."""
    more = match["domain"].count(".") - key.partition("/")[0].count(".")
    start = match.start()
    for _, dot in zip(range(more), _DOT.finditer(match["domain"]), strict=False):
        start = match.start() + dot.end()
    return start


def _is_word(text: str, start: int, end: int) -> bool:
    """Tell whether a key is a word of its own, on both sides."""
    before, after = text[start - 1 : start], text[end : end + 2]
    # The key may be a step of a JSON Pointer, or of a path of Helm, which escapes the dots in the key.
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
    """Tell whether the text sets a key, by what stands right behind it, or by the JSON patch around it."""
    escaped = text[start:end]
    if any(removal.match(text, end) for removal in (_MINUS, _NULL, _NONE)):
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


def _is_yaml(written: re.Match[str]) -> bool:
    """Tell whether YAML's separator is used: a colon with a blank behind it, or behind a key in quotes."""
    if written["separator"] != ":":
        return False
    return not written["gap"].endswith(":") or written[0][:1] in ("'", '"')


class _Line:
    """The line of the last key up to that key, so that a long line with many keys is read once."""

    __slots__ = ("end", "has_brace", "has_words", "is_comment", "quotes", "start", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.begin(0)

    def begin(self, start: int) -> None:
        """Begin a line; ``quotes`` counts its double quotes that are not escaped."""
        self.start = self.end = start
        self.quotes = 0
        self.has_brace = self.has_words = False
        self.is_comment = _COMMENT.match(self.text, start) is not None

    def read_to(self, end: int) -> None:
        """Read the text up to the next key."""
        line_feed = self.text.rfind("\n", self.end, end)
        if line_feed >= 0:
            self.begin(line_feed + 1)
        piece = self.text[self.end : end]
        self.quotes += piece.count('"') - self.text.count('\\"', self.end, end)
        self.has_brace = self.has_brace or "{" in piece
        self.has_words = self.has_words or bool(piece.strip(" \t-"))
        self.end = end

    @property
    def is_list(self) -> bool:
        """Whether a key without quotes seems to stand in a list within one line, as in properties."""
        is_continued = self.text.endswith(("\\\n", "\\\r\n"), 0, self.start)
        return is_continued or (self.has_words and not self.has_brace)


def _is_certain(text: str, line: _Line, start: int, written: re.Match[str]) -> bool:
    """Tell whether the text behind a key is its value, and may be put in quotes."""
    if line.is_comment:
        return False
    if written["bare"] is None or written["separator"] == "=":
        return True
    if not _ENDS.match(text, written.end()):
        return False
    own = written[0][:1]
    if written["gap"].endswith((" ", "\t")) and own not in ("'", '"') and line.is_list:
        return False
    # The quote around the key itself does not count.
    is_quoted = own == '"' and text.endswith('"', line.start, start)
    is_own = is_quoted and not text.endswith('\\"', line.start, start)
    return (line.quotes - is_own) % 2 == 0


def neighbours(text: str, keys: Sequence[TextKey]) -> frozenset[int]:
    """Find the keys that seem to stand in the same mapping or the same command as another key.

    The right fix of such a key depends on the other key, and on the text around both, which is not parsed.

    Args:
        text: the whole text.
        keys: its keys, in order.

    Returns:
        The starts of those keys.
    """
    close: set[int] = set()
    for first, second in pairwise(keys):
        between = text[first.end : second.start]
        if "\n" not in between.replace("\\\n", "") or _are_siblings(text, first, second):
            close |= {first.start, second.start}
    return frozenset(close)


def _are_siblings(text: str, first: TextKey, second: TextKey) -> bool:
    """Tell whether two keys begin lines of the same depth with nothing less deep between them."""
    depth = _depth(text, first)
    if depth is None or depth != _depth(text, second):
        return False
    lines = text[first.end : second.start].split("\n")[1:-1]
    return not any(_divides(line, depth) for line in lines)


def _depth(text: str, key: TextKey) -> int | None:
    """Count the spaces before a key that begins its line; None if the key does not begin it."""
    before = text[text.rfind("\n", 0, key.start) + 1 : key.start].rstrip("\"'[")
    return len(before) if not before.strip() else None


def _divides(line: str, depth: int) -> bool:
    inner = line.strip()
    if not inner or inner.startswith("#"):
        return False
    if inner.startswith("{{"):
        # A template renders only one of its branches.
        return "else" in inner
    return len(line) - len(line.lstrip()) < depth or inner.startswith(("---", "}"))
