"""Checks the documents of a text: Kubernetes objects together, and YAML of other tools one by one.

Most files hold plain objects of built-in kinds. What only other files need is imported where they come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from autofix.engine.api import Result, by_hand, fix_all
from autofix.engine.examine import Suppressed
from autofix.engine.namespaces import opted_out
from autofix.kubernetes.pointer import Path, parts_of
from autofix.linkerd.precedence import NO_ANNOTATIONS
from autofix.text.checked_document import CheckedDocument
from autofix.text.document import Document
from autofix.text.document_kinds import is_fragment
from autofix.text.edit.apply import proven_edits
from autofix.text.edit.text_edit import TextEdit
from autofix.text.file import TextFile
from autofix.text.part import Part
from autofix.text.run import Run, codes_ignored
from autofix.text.suppressions import suppressions

if TYPE_CHECKING:
    from autofix.text.fragment_document import CheckDocument
    from autofix.text.special_paths import SpecialPaths

_SWITCHED_OFF: Final = "the object around it switches rules off"
# A text without any of these holds no value that a program fills in; a backslash may be an escape of one.
_MARKS: Final = ("$", "{{", "<%", "%{", "\\")
# A part of every native-sidecar key.
_SIDECAR: Final = "idecar"


def results_of(parts: Sequence[Part], run: Run) -> Iterator[Result]:
    """Examine all Kubernetes objects of some texts together.

    Args:
        parts: the texts, with the texts inside them.
        run: what these texts say together.

    Returns:
        A result for each document that is an object, in order.
    """
    values: list[object] = []
    codes: list[Suppressed] = []
    paths: list[SpecialPaths | None] = []
    for part in parts:
        by_index, may_be_special = suppressions(part.file), _may_be_special(part)
        for document in part.file.documents:
            if not _is_alone(part, document):
                values.append(document.value)
                codes.append(by_index.get(document.index, {}))
                paths.append(_special_paths(part, document) if may_be_special else None)
    namespaces: tuple[Mapping[str, object], ...] = ()
    outside = None
    if run.waits:
        from autofix.text.surroundings import surroundings

        namespaces, outside = surroundings(parts, values, run.waits)
    suppressed = [*codes, *({} for _ in namespaces)]
    if not any(special and special.expressions for special in paths):
        results = fix_all([*values, *namespaces], run.options, namespace=outside, suppressed=suppressed)
        yield from results[: len(values)]
        return
    from autofix.text.expressions import with_intent, without_intent

    by_intent = [
        fix_all(
            [
                *(
                    with_intent(value, special.expressions, special.printed, intent=intent)
                    if special
                    else value
                    for value, special in zip(values, paths, strict=True)
                ),
                *namespaces,
            ],
            run.options,
            namespace=outside,
            suppressed=suppressed,
        )[: len(values)]
        for intent in (True, False)
    ]
    for value, special, *answers in zip(values, paths, *by_intent, strict=True):
        is_unknown = special is not None and bool(special.expressions)
        yield without_intent(value, answers, special.expressions) if special and is_unknown else answers[0]


def _is_alone(part: Part, document: Document) -> bool:
    """Tell whether a document is judged by itself: no object of the cluster, or a patch of one."""
    is_patch = part.inner is not None and part.inner.is_patch
    return is_patch or is_fragment(document.value)


def _may_be_special(part: Part) -> bool:
    """Tell cheaply whether a program may fill in values of a text, or decide whether its keys take effect."""
    text = part.file.text
    # A search for one character takes a tenth of the time of a search for two.
    return part.inner is not None or any(mark[0] in text and mark in text for mark in _MARKS)


def _special_paths(part: Part, document: Document) -> SpecialPaths:
    from autofix.text.special_paths import special_paths

    return special_paths(part, document)


def check_documents(
    part: Part, run: Run, results: Iterator[Result], ignored: frozenset[str]
) -> tuple[CheckedDocument, ...]:
    """Check the documents of a text.

    Args:
        part: the text.
        run: what the other texts say.
        results: what the engine says of the Kubernetes objects; those of this text are taken from it.
        ignored: codes that the text around it switches off.
    """
    file, suppressed = part.file, suppressions(part.file)
    check_alone: CheckDocument | None = None
    may_be_special, duplicates = _may_be_special(part), _duplicates(part.file)

    def check_document(document: Document) -> Result:
        nonlocal check_alone
        special = _special_paths(part, document) if may_be_special else None
        if _is_alone(part, document):
            check_alone = check_alone or _make_check_alone(part, run, suppressed, ignored)
            result = check_alone(document, special)
        else:
            result = next(results)
            if ignored:
                kept = result.only(lambda finding: finding.code not in ignored)
                result = by_hand(kept, document.value, _SWITCHED_OFF)
        if special is not None:
            from autofix.text.special_paths import without_special

            result = without_special(result, special)
        # A key in several branches stands several times, and counts once.
        branches = special.branches if special else {}
        if twice := [path for path in duplicates.get(document.index, ()) if path not in branches]:
            from autofix.text.duplicates import with_duplicates

            codes = run.options.codes - ignored - _codes_ignored(document, run)
            return with_duplicates(result, document.value, twice, codes, suppressed.get(document.index, {}))
        reason = _reason(part, run, document, result, special) if result.operations else ""
        return by_hand(result, document.value, reason) if reason else result

    return tuple(CheckedDocument(document, check_document(document)) for document in file.documents)


def _make_check_alone(
    part: Part, run: Run, suppressed: Mapping[int, Suppressed], ignored: frozenset[str]
) -> CheckDocument:
    from autofix.text.fragment_document import make_check_document

    return make_check_document(part, run, suppressed, ignored)


def _duplicates(file: TextFile) -> Mapping[int, tuple[Path, ...]]:
    """Find the native-sidecar keys that stand twice in one mapping, by the index of the document."""
    if file.text.count(_SIDECAR) <= 1:
        return {}
    from autofix.text.duplicates import duplicates_in

    return duplicates_in(file)


def _codes_ignored(document: Document, run: Run) -> frozenset[str]:
    """Return the codes that a document switches off for itself."""
    if is_fragment(document.value) or not isinstance(document.value, dict):
        return codes_ignored(document, run)
    return opted_out(document.value, NO_ANNOTATIONS)


def _reason(part: Part, run: Run, document: Document, result: Result, special: SpecialPaths | None) -> str:
    """Say why the keys of a document that would change may not; empty if they may."""
    if part.inner is not None and part.inner.reason:
        return part.inner.reason
    if run.removed and any(
        operation["op"] == "remove" and parts_of(operation["path"])[-1] in run.removed
        for operation in result.operations
    ):
        from autofix.readers.model import REMOVED_TOO

        return REMOVED_TOO
    if special is None:
        return ""
    from autofix.text.special_paths import reason_of_branches

    return reason_of_branches(document, result, special)


def document_edits(file: TextFile, documents: Sequence[CheckedDocument]) -> Sequence[TextEdit]:
    """Turn the patches of documents into edits, proven by reading the result.

    Args:
        file: the file.
        documents: its documents, with their patches.

    Raises:
        NotEditableError: when a patch cannot be made in the text.
    """
    changed = [document for document in documents if document.result.operations]
    patches = {document.document.index: document.result.operations for document in changed}
    expected = {document.document.index: document.result.object for document in changed}
    return proven_edits(file, patches, expected) if changed else ()
