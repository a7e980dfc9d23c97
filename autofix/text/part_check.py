"""Checks a text and the texts inside it, and turns their fixes into edits of the outer text.

Most files hold neither fragments nor texts inside. What these need is imported where they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from autofix.engine.api import Result
from autofix.linkerd.keys import is_linkerd_key, key_within
from autofix.rules.finding import Finding
from autofix.text.checked_document import CheckedDocument, FindingPlace
from autofix.text.document import NotEditableError
from autofix.text.document_check import check_documents, document_edits
from autofix.text.edit.text_edit import TextEdit, apply_edits
from autofix.text.lines import Lines, lines_of
from autofix.text.part import Part
from autofix.text.run import Run, codes_ignored

if TYPE_CHECKING:
    from autofix.readers.model import InnerText
    from autofix.text.fragment_check import SettingText


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
    documents = check_documents(part, run, results, ignored)
    if part.inner is None and not part.fragments and not part.parts:
        return _edited(part, documents, lambda: document_edits(part.file, documents))
    from autofix.text.fragments_check import check_fragments

    documents = _without_words(part, documents)
    ignored |= _codes_ignored(part, run)
    fragments = check_fragments(part, run, ignored)
    inside = [(inner, check_part(inner, run, results, ignored)) for inner in part.parts]
    lines = lines_of(part.file.text)
    checked = (
        *(_placed(part, documents, lines) if part.inner else documents),
        *fragments.documents,
        *(document for inner, done in inside for document in _outside(inner, done, lines, part.file.above)),
    )

    def edits() -> Sequence[TextEdit]:
        return (*document_edits(part.file, documents), *fragments.edits, *_edits_outside(inside))

    after = (*fragments.after, *(setting for _, done in inside for setting in done.after))
    return _edited(part, checked, edits)._replace(after=after)


def _edited(
    part: Part, checked: tuple[CheckedDocument, ...], edits_of: Callable[[], Sequence[TextEdit]]
) -> CheckedPart:
    """Make the edits of a text, or say why they cannot be made."""
    try:
        edits = tuple(edits_of())
        return CheckedPart(checked, apply_edits(part.file.text, edits), edits)
    except NotEditableError as error:
        return CheckedPart(checked, part.file.text, problem=error)


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
    from autofix.text.finding_places import place_findings

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
    from autofix.text.inner_places import outside

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
    from autofix.text.inner_places import edit_outside

    try:
        return tuple(edit_outside(inner, edit) for edit in edits)
    except NotEditableError:
        return ()


def _edits_outside(inside: Iterable[tuple[Part, CheckedPart]]) -> Iterator[TextEdit]:
    from autofix.text.inner_places import edit_outside

    for part, checked in inside:
        if checked.problem is not None:
            raise checked.problem
        if part.inner is not None:
            yield from (edit_outside(part.inner, edit) for edit in checked.edits)
