"""The texts in a file: the file itself, and texts of other languages inside it, read by their own grammar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from autofix.readers import reader_of_language
from autofix.readers.model import NOT_UNDERSTOOD, Fragment, InnerText, Target, TextReading, TextSpan
from autofix.readers.plain import read as read_plain
from autofix.text.document import Document, NotEditableError, SourceError
from autofix.text.file import TextFile, read_text, text_of
from autofix.text.inner_places import in_inner_text, outside
from autofix.text.languages import PLAIN, TEMPLATE, YAML
from autofix.text.prefilter import may_hold_key, names_key_in_string
from autofix.text.yaml import Node, lay_out

# The deepest nesting of texts in texts: nobody nests deeper, and each level is read once more.
_DEEPEST: Final = 4
_DOCUMENTS: Final = frozenset({"yaml", "yml", "json", "jsonc"})


class Part(NamedTuple):
    """A text that one grammar reads.

    Attributes:
        file: the text as a file of its own, with its documents if it is YAML or JSON.
        inner: where the text stands in the text around it; None for the file itself.
        fragments: annotations that are no documents and stand in no text inside.
        roots: where the keys of its documents stand, by the index of the document; empty if no text stands
            inside, and nobody needed to know.
        parts: the texts inside.
    """

    file: TextFile
    inner: InnerText | None = None
    fragments: tuple[Fragment, ...] = ()
    roots: Mapping[int, Node] = {}
    parts: tuple[Part, ...] = ()


def read_parts(file: TextFile) -> Part:
    """Read a file, and the texts inside it.

    Args:
        file: the file.

    Returns:
        The file with all texts inside, as far as one of them may hold a key of Linkerd's.
    """
    return _part(file, None, 0)


def walk(part: Part) -> Iterator[Part]:
    """Walk over a part and all parts inside it, each before those inside it."""
    stack = [part]
    while stack:
        part = stack.pop()
        yield part
        stack.extend(reversed(part.parts))


def _part(file: TextFile, inner: InnerText | None, depth: int) -> Part:
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
    fragments = (*reading.fragments, *_uncovered(file.text, reading))
    return Part(file, inner, tuple(in_inner_text(fragment, inner) for fragment in fragments), parts=parts)


def _reading(file: TextFile) -> TextReading:
    reader = reader_of_language(file.language)
    return reader.read(file.text) if reader else read_plain(file.text)


def _with_documents(file: TextFile, inner: InnerText | None, depth: int) -> Part:
    # Findings of an inner text need its layout, to be placed in the text around it.
    if inner is None and not any(_names_key_in_string(file, document) for document in file.documents):
        return Part(file, inner)
    try:
        roots = lay_out(file.text, file.documents)
    except NotEditableError:
        # The user gets this error where a fix of the file needs its layout.
        return Part(file, inner)
    # Imported here: most files have nothing in their strings.
    from autofix.text.inner import fragments as fragments_in
    from autofix.text.inner import inner_texts

    fragments = tuple(
        in_inner_text(fragment, inner)
        for root in roots.values()
        for fragment in fragments_in(root, file.text)
    )
    texts = tuple(text for root in roots.values() for text in inner_texts(root, file.text))
    return Part(file, inner, fragments, roots, tuple(_inside(file, texts, depth)))


def _names_key_in_string(file: TextFile, document: Document) -> bool:
    text = None if document.span is None else text_of(file, document)
    return names_key_in_string(document.value, text)


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
                yield _part(inside, text._replace(target=Target.UNKNOWN), depth + 1)
            else:
                yield _part(inside, text, depth + 1)


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
