"""Checks a text and the texts inside it, and turns their fixes into edits of the outer text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from autofix.engine.api import Result
from autofix.linkerd.keys import is_linkerd_key, is_native_like, key_within
from autofix.readers.model import REMOVED_TOO, Fragment, InnerText, Target
from autofix.rules.finding import Finding
from autofix.text.checked_document import CheckedDocument, FindingPlace
from autofix.text.document import Document, NotEditableError
from autofix.text.document_check import check_documents, document_edits
from autofix.text.edit.text_edit import TextEdit, apply_edits
from autofix.text.finding_places import place_findings
from autofix.text.fragment_check import SettingText, check_fragment, texts_of
from autofix.text.inner_places import edit_outside, outside
from autofix.text.languages import PLAIN
from autofix.text.lines import Lines, lines_of
from autofix.text.parts import Part
from autofix.text.run import Run, codes_ignored
from autofix.text.suppressions import suppressed_lines
from autofix.text.waits import wait_in, wait_of_namespaces, wait_set_by


class CheckedPart(NamedTuple):
    """A text and the texts inside it, checked; positions count in this text.

    Attributes:
        documents: its documents and fragments, and those of the texts inside.
        text: the text with every fix made.
        edits: the edits that make it.
        after: what the settings of its fragments, and of those inside, say once the edits are made.
        problem: why the fixes cannot be made; None if they can.
    """

    documents: tuple[CheckedDocument, ...]
    text: str
    edits: tuple[TextEdit, ...] = ()
    after: tuple[SettingText, ...] = ()
    problem: NotEditableError | None = None


def check_part(part: Part, run: Run, results: Iterator[Result], ignored: frozenset[str]) -> CheckedPart:
    """Check a text and the texts inside it.

    Args:
        part: the text.
        run: what the other texts say.
        results: what the engine says of the Kubernetes objects, in the order of the texts.
        ignored: codes that the text around it switches off.

    Returns:
        The findings, and the edits of this text.
    """
    documents = _without_words(part, check_documents(part, run, results, ignored))
    ignored |= _codes_ignored(part, run)
    fragments = _check_fragments(part, run, ignored)
    inside = [(inner, check_part(inner, run, results, ignored)) for inner in part.parts]
    lines = lines_of(part.file.text)
    checked = (
        *(_placed(part, documents, lines) if part.inner else documents),
        *fragments.documents,
        *(document for inner, done in inside for document in _outside(inner, done, lines, part.file.above)),
    )
    try:
        edits = (*document_edits(part.file, documents), *fragments.edits, *_edits_outside(inside))
        text = apply_edits(part.file.text, edits)
    except NotEditableError as error:
        return CheckedPart(checked, part.file.text, problem=error)
    after = (*fragments.after, *(setting for _, done in inside for setting in done.after))
    return CheckedPart(checked, text, edits, after)


def _without_words(part: Part, documents: tuple[CheckedDocument, ...]) -> tuple[CheckedDocument, ...]:
    """Leave out findings about longer words whose keys are judged as fragments."""
    keys = {setting.key for fragment in part.fragments for setting in fragment.settings}
    if not keys:
        return documents

    def is_about_document(finding: Finding) -> bool:
        word = str(finding.path[-1]) if finding.path else ""
        return not is_linkerd_key(word) or key_within(word) == word.strip() or key_within(word) not in keys

    return tuple(document._replace(result=document.result.only(is_about_document)) for document in documents)


def _placed(part: Part, documents: Sequence[CheckedDocument], lines: Lines) -> Iterator[CheckedDocument]:
    """Say where the findings of an inner text's documents stand in it."""
    for document in documents:
        root = part.roots.get(document.document.index)
        start = lines.span(document.document.line)[0]
        yield place_findings(part.file.text, document, root, start)


def _codes_ignored(part: Part, run: Run) -> frozenset[str]:
    """Collect the codes that the documents around inner texts and fragments switch off."""
    codes = [codes_ignored(document, run) for document in part.file.documents]
    # Of several documents nobody knows which of them a text stands in.
    return frozenset().union(*codes) if len(codes) == 1 else frozenset()


def _outside(part: Part, checked: CheckedPart, lines: Lines, above: int) -> Iterator[CheckedDocument]:
    """Place the documents of an inner text in the text around it."""
    inner = part.inner
    if inner is None:
        return
    for document in checked.documents:
        places = {
            finding: FindingPlace(outside(inner, place.start), _movable(inner, place.edits))
            for finding, place in (document.places or {}).items()
        }
        first = min((place.start for place in places.values()), default=outside(inner, 0))
        moved = document.document._replace(line=above + lines.number(first))
        yield document._replace(document=moved, places=places)


def _movable(inner: InnerText, edits: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
    try:
        return tuple(edit_outside(inner, edit) for edit in edits)
    except NotEditableError:
        return ()


def _edits_outside(inside: Iterable[tuple[Part, CheckedPart]]) -> Iterator[TextEdit]:
    for part, checked in inside:
        if checked.problem is not None:
            raise checked.problem
        if part.inner is not None:
            yield from (edit_outside(part.inner, edit) for edit in checked.edits)


class _Fragments(NamedTuple):
    """The fragments of a text, checked; positions count in this text."""

    documents: tuple[CheckedDocument, ...] = ()
    edits: tuple[TextEdit, ...] = ()
    after: tuple[SettingText, ...] = ()


def _check_fragments(part: Part, run: Run, ignored: frozenset[str]) -> _Fragments:
    if not part.fragments:
        return _Fragments()
    file, lines = part.file, lines_of(part.file.text)
    codes_by_line = suppressed_lines(file.text, lines)
    options = run.options._replace(codes=run.options.codes - ignored)
    text_wait = wait_in(file.text) if file.language == PLAIN else {}
    # Two commands may annotate the same object.
    waits = {_owner(each): wait for each in part.fragments if each.name and (wait := wait_set_by(each))}
    removes = any(
        is_native_like(setting.key) and not setting.is_set
        for fragment in part.fragments
        for setting in fragment.settings
    )
    checked: list[CheckedDocument] = []
    edits: list[TextEdit] = []
    after: list[SettingText] = []
    for number, fragment in enumerate(part.fragments):
        settings = [setting for setting in fragment.settings if setting.is_set]
        if not settings:
            after.extend(texts_of(fragment))
            continue
        codes = {
            setting.key: codes_by_line.get(lines.number(setting.key_span[0]), frozenset())
            for setting in settings
        }
        reason = fragment.reason or (part.inner.reason if part.inner else "")
        reason = reason or (REMOVED_TOO if removes else "")
        names = [fragment.namespace] if fragment.namespace else []
        wait = text_wait or waits.get(_owner(fragment)) or wait_of_namespaces(names, run.waits)
        result, edits_by_key, texts = check_fragment(fragment._replace(reason=reason), options, codes, wait)
        start = settings[0].key_span[0]
        value = result.object
        document = Document(file.source, file.above + lines.number(start), number, value)
        starts = {setting.key: setting.key_span[0] for setting in settings}
        places = {
            finding: FindingPlace(
                starts.get(str(finding.path[-1] if finding.path else ""), start),
                edits_by_key.get(finding.key or "", ()) if finding.edits else (),
            )
            for finding in result.findings
        }
        checked.append(CheckedDocument(document, result, places))
        edits.extend(edit for key_edits in edits_by_key.values() for edit in key_edits)
        after.extend(texts)
    return _Fragments(tuple(checked), tuple(edits), tuple(after))


def _owner(fragment: Fragment) -> tuple[Target, str, str, str]:
    return fragment.target, fragment.namespace, fragment.kind, fragment.name
