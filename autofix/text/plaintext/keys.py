"""Keys in plain text and in strings: each is fixed as the annotation of a pod, or only reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from autofix.engine.api import Result, by_hand
from autofix.engine.options import Options
from autofix.linkerd.precedence import Annotations
from autofix.text.document import Document
from autofix.text.edit.text_edit import Splice
from autofix.text.file import TextFile
from autofix.text.fragments import fix_loose
from autofix.text.lines import lines_of
from autofix.text.plaintext.doubts import doubts
from autofix.text.plaintext.tokens import Token
from autofix.text.suppressions import silenced_lines


class TextKey(NamedTuple):
    """A key in a text, and what was found in it.

    Attributes:
        document: one that holds nothing but the key.
        result: what was found.
        offset: where the key stands in the text, in characters.
        splices: the fixes, as replacements.
    """

    document: Document
    result: Result
    offset: int
    splices: tuple[Splice, ...]


def text_keys(
    file: TextFile, found: Sequence[tuple[Token, Annotations]], chosen: Options
) -> Iterator[TextKey]:
    """Check keys one by one.

    Args:
        file: the file.
        found: its keys, in order, each with the wait before exit that its pods may have from elsewhere.
        chosen: the options.

    Yields:
        One answer a key that is set; what removes a key is no finding.
    """
    reasons = doubts(file.text, [token for token, _ in found])
    lines = lines_of(file.text)
    silent = silenced_lines(file.text, lines)
    kept = [(token, wait) for token, wait in found if token.is_set is not False]
    for number, (token, wait) in enumerate(kept):
        line = lines.number(token.start)
        value = {token.key: token.value if token.value_start is not None else "true"}
        document = Document(file.source, file.above + line, number, value)
        result = fix_loose(value, chosen, {(token.key,): silent.get(line, frozenset())}, wait)
        doubt = reasons.get(token.start)
        if doubt and not (doubt.is_of_release and _keeps_key(token, result)):
            result = by_hand(result, value, doubt.reason)
        yield TextKey(document, result, token.start, tuple(_splices(file.text, token, result, chosen)))


def _keeps_key(token: Token, result: Result) -> bool:
    return isinstance(result.object, dict) and token.key in result.object


def _splices(text: str, token: Token, result: Result, chosen: Options) -> Iterator[Splice]:
    after = result.object
    if not isinstance(after, dict) or len(after) != 1 or not result.operations:
        return
    [(key, value)] = after.items()
    if token.value_start is None or token.value_end is None:
        # Whatever the value will be, the key must become the same.
        other = fix_loose({token.key: "false"}, chosen).object
        if other != {key: "false"}:
            return
    elif value != token.value:
        new = value if token.quoted or not token.is_yaml else f'"{value}"'
        yield Splice(token.value_start, token.value_end, new)
    if key != token.key:
        yield Splice(token.start, token.end, token.written(key, text))
