"""Native-sidecar keys in text that is no YAML: Helm templates, Terraform, shell scripts, Markdown.

There is no parser for what surrounds them: a key is known by its own form, and a value only where it is
written out right behind its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from autofix.kubernetes.scalars import Scalar, resolve
from autofix.linkerd.naming import is_native_like
from autofix.typed import Final, NamedTuple

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
_COMMENT: Final = re.compile(r"[ \t]*(?:#|//|/\*|<!--|\{\{-?[ \t]*/\*)")


class Token(NamedTuple):
    """A native-sidecar key in a text, and its value where that is certain.

    Attributes:
        start, end: the key's span.
        key: the key, without escapes.
        value: what Kubernetes would read; absent when ``value_start`` is None.
        value_start, value_end: the value's span without quotes, None when the value is not certain.
        quoted: whether the value stands in quotes.
        is_yaml: whether a colon divides the two, so that quotes make a difference.
    """

    start: int
    end: int
    key: str
    value: Scalar = None
    value_start: int | None = None
    value_end: int | None = None
    quoted: bool = False
    is_yaml: bool = False

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
        key = f"{match['domain']}/{match['name']}".replace("\\", "")
        # Behind a slash it is part of a URL or path, unless it is in a JSON Pointer.
        is_path = match["slash"] == "/" and text.endswith("/", 0, match.start())
        if is_path or not is_native_like(key):
            continue
        found = _VALUE.match(text, match.end())
        if found is None or match["slash"] != "/" or not _is_certain(text, line, match.start(), found):
            yield Token(match.start(), match.end(), key)
            continue
        group = next(name for name in ("double", "single", "bare") if found[name] is not None)
        is_yaml, quoted = found["separator"] == ":", group != "bare"
        value = resolve(found[group]) if is_yaml and not quoted else found[group]
        yield Token(match.start(), match.end(), key, value, *found.span(group), quoted, is_yaml)


class _Line:
    """The line of the last key up to there, so that a long line with many keys is read once."""

    __slots__ = ("end", "is_comment", "quotes", "start", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.begin(0)

    def begin(self, start: int) -> None:
        """Begin a line; ``quotes`` counts those in it that are not escaped."""
        self.start = self.end = start
        self.quotes = 0
        self.is_comment = _COMMENT.match(self.text, start) is not None

    def go_on(self, end: int) -> None:
        """Read the text up to the next key."""
        found = self.text.rfind("\n", self.end, end)
        if found >= 0:
            self.begin(found + 1)
        self.quotes += self.text.count('"', self.end, end) - self.text.count('\\"', self.end, end)
        self.end = end


def _is_certain(text: str, line: _Line, start: int, found: re.Match[str]) -> bool:
    """Tell whether what follows a key is its value, and quotes may be put around it."""
    line.go_on(start)
    if line.is_comment:
        return False
    if found["bare"] is None or found["separator"] == "=":
        return True
    if not _ENDS.match(text, found.end()):
        return False
    # The key's own quote opens nothing.
    is_quoted = found[0][:1] == '"' and text.endswith('"', line.start, start)
    own = is_quoted and not text.endswith('\\"', line.start, start)
    return (line.quotes - own) % 2 == 0


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
