"""Checks keys in plain text and in strings: each is fixed as the annotation of a pod, or only reported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autofix.engine.api import Result, by_hand
from autofix.engine.options import Options
from autofix.linkerd.precedence import Annotations
from autofix.text.checked_document import CheckedDocument
from autofix.text.document import Document
from autofix.text.edit.text_edit import TextEdit
from autofix.text.file import TextFile
from autofix.text.fragments import fix_fragment
from autofix.text.lines import lines_of
from autofix.text.plaintext.key_search import TextKey
from autofix.text.plaintext.manual_reasons import manual_reasons
from autofix.text.suppressions import suppressed_lines


def check_keys(
    file: TextFile, keys: Sequence[tuple[TextKey, Annotations]], options: Options
) -> Iterator[CheckedDocument]:
    """Check the keys in a text.

    Args:
        file: the file.
        keys: its keys, in order, each with the wait before exit that its pods may have from elsewhere.
        options: the options.

    Yields:
        An answer for each key that the text sets; a key that it removes is no finding.
    """
    reasons = manual_reasons(file.text, [key for key, _ in keys])
    lines = lines_of(file.text)
    codes_by_line = suppressed_lines(file.text, lines)
    set_keys = [(key, wait) for key, wait in keys if key.is_set is not False]
    for number, (key, wait) in enumerate(set_keys):
        line = lines.number(key.start)
        value = {key.key: key.value if key.value_start is not None else "true"}
        document = Document(file.source, file.above + line, number, value)
        result = fix_fragment(value, options, {(key.key,): codes_by_line.get(line, frozenset())}, wait)
        reason = reasons.get(key.start)
        if reason and not (reason.is_of_release and _keeps_key(key, result)):
            result = by_hand(result, value, reason.text)
        yield CheckedDocument(document, result, key.start, tuple(_edits(file.text, key, result, options)))


def _keeps_key(key: TextKey, result: Result) -> bool:
    return isinstance(result.object, dict) and key.key in result.object


def _edits(text: str, key: TextKey, result: Result, options: Options) -> Iterator[TextEdit]:
    after = result.object
    if not isinstance(after, dict) or len(after) != 1 or not result.operations:
        return
    [(new_key, new_value)] = after.items()
    if key.value_start is None or key.value_end is None:
        # The value is not certain, so the new key must be the same for the other value, too.
        other = fix_fragment({key.key: "false"}, options).object
        if other != {new_key: "false"}:
            return
    elif new_value != key.value:
        new = new_value if key.quoted or not key.is_yaml else f'"{new_value}"'
        yield TextEdit(key.value_start, key.value_end, new)
    if new_key != key.key:
        yield TextEdit(key.start, key.end, key.with_own_escapes(new_key, text))
