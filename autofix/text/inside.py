"""Reads what stands inside a text: fragments, and texts of other languages with all that is inside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from autofix.readers import reader_of_language
from autofix.readers.model import NOT_UNDERSTOOD, Fragment, InnerText, Target, TextReading, TextSpan
from autofix.readers.plain import read as read_plain
from autofix.text.document import NotEditableError, SourceError
from autofix.text.file import TextFile, read_text
from autofix.text.inner import fragments, inner_texts
from autofix.text.inner_places import in_inner_text, outside
from autofix.text.languages import PLAIN, TEMPLATE, YAML
from autofix.text.part import Part
from autofix.text.prefilter import may_hold_key
from autofix.text.yaml import lay_out

# The deepest nesting of texts in texts: nobody nests deeper, and each level is read once more.
_DEEPEST: Final = 4
_DOCUMENTS: Final = frozenset({"yaml", "yml", "json", "jsonc"})


def read_inside(file: TextFile, inner: InnerText | None, depth: int) -> Part:
    """Read the fragments of a text, and the texts inside it.

    Args:
        file: the text, as a file of its own.
        inner: where it stands in the text around it; None for a file.
        depth: how many texts there are around it.
    """
    if not may_hold_key(file.text) and (inner is None or inner.target is not Target.LINKERD_VALUES):
        return Part(file, inner)
    if file.has_documents:
        return _with_documents(file, inner, depth)
    reading = _reading(file)
    parts = tuple(_inside(file, reading.texts, depth))
    if file.language == TEMPLATE:
        # What is no YAML even without the actions of the template is searched as plain text.
        texts = tuple(part.inner for part in parts if part.inner is not None)
        reading = reading._replace(texts=texts, is_prose=True)
    own = (*reading.fragments, *_uncovered(file.text, reading))
    return Part(file, inner, tuple(in_inner_text(fragment, inner) for fragment in own), parts=parts)


def _reading(file: TextFile) -> TextReading:
    reader = reader_of_language(file.language)
    return reader.read(file.text) if reader else read_plain(file.text)


def _with_documents(file: TextFile, inner: InnerText | None, depth: int) -> Part:
    try:
        roots = lay_out(file.text, file.documents)
    except NotEditableError:
        # The user gets this error where a fix of the file needs its layout.
        return Part(file, inner)
    in_strings = tuple(
        in_inner_text(fragment, inner) for root in roots.values() for fragment in fragments(root, file.text)
    )
    texts = tuple(text for root in roots.values() for text in inner_texts(root, file.text))
    return Part(file, inner, in_strings, roots, tuple(_inside(file, texts, depth)))


def _inside(file: TextFile, texts: tuple[InnerText, ...], depth: int) -> Iterator[Part]:
    """Read the texts inside a text, as far as they may hold a key."""
    if depth >= _DEEPEST:
        return
    for text in texts:
        # Values of Linkerd's own need not name Linkerd.
        if not may_hold_key(text.text) and text.target is not Target.LINKERD_VALUES:
            continue
        inside = _inner_file(file, text)
        if inside is not None:
            if inside.language == PLAIN and text.target is Target.WORKLOAD:
                # What is no YAML does not say whether a key stands in the workload's pod template.
                yield read_inside(inside, text._replace(target=Target.UNKNOWN), depth + 1)
            else:
                yield read_inside(inside, text, depth + 1)


def _inner_file(file: TextFile, text: InnerText) -> TextFile | None:
    """Make a file of a text inside another; None if it should be YAML, and is not.

    A template's text without its actions is no text to search, so only other such texts are plain.
    """
    plain = TextFile(file.source, text.text, "utf-8", (), PLAIN)
    if text.language not in _DOCUMENTS:
        return plain._replace(language=text.language)
    try:
        documents = tuple(read_text(text.text, file.source))
    except SourceError:
        return None if file.language == TEMPLATE else plain
    return plain._replace(documents=documents, language=YAML)


def _uncovered(text: str, reading: TextReading) -> Iterator[Fragment]:
    """Find the keys that are in no fragment and in no text inside; no grammar has understood them."""
    waiting = sorted(_covered(reading), key=_start_of, reverse=True)
    # A template's texts may stand inside one another, but are masked there.
    around: list[tuple[int, int, InnerText | None]] = []
    for fragment in sorted(read_plain(text).fragments, key=_key_span):
        start, end = _key_span(fragment)
        while waiting and waiting[-1][0] <= start:
            around.append(waiting.pop())
        around = [covered for covered in around if covered[1] > start]
        if any(start < stop and not _is_masked(text, start, end, inner) for _, stop, inner in around):
            continue
        if reading.is_prose:
            yield fragment
        elif not fragment.is_comment:
            yield fragment._replace(reason=fragment.reason or NOT_UNDERSTOOD)


def _covered(reading: TextReading) -> Iterator[tuple[int, int, InnerText | None]]:
    for fragment in reading.fragments:
        for setting in fragment.settings:
            yield *setting.key_span, None
    for text in reading.texts:
        yield text.runs[0][1], outside(text, len(text.text) - 1) + 1, text


def _start_of(covered: tuple[int, int, InnerText | None]) -> tuple[int, int]:
    return covered[0], -covered[1]


def _key_span(fragment: Fragment) -> TextSpan:
    return fragment.settings[0].key_span


def _is_masked(text: str, start: int, end: int, inner: InnerText | None) -> bool:
    """Tell whether a part of a text is written over in the text inside, as the actions of a template are."""
    if inner is None or len(inner.runs) > 1:
        return False
    shift = inner.runs[0][1]
    return inner.text[start - shift : end - shift] != text[start:end]
