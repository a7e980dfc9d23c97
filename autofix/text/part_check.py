"""Checks a text and the texts inside it, from the outside in, and turns their fixes into edits of the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from autofix.engine.api import Result, by_hand, fix_all
from autofix.engine.examine import Suppressed
from autofix.engine.namespaces import IGNORE_ANNOTATION, codes_switched_off
from autofix.engine.options import Options
from autofix.kubernetes.pointer import Path, get
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.precedence import Annotations
from autofix.linkerd.release import real_keys
from autofix.readers.model import BRANCH, REMOVED_TOO, Branch, InnerText
from autofix.readers.plain.directives import directive_reason
from autofix.text.checked_document import CheckedDocument, FindingPlace
from autofix.text.document import Document, NotEditableError
from autofix.text.edit.apply import proven_edits
from autofix.text.edit.text_edit import TextEdit, apply_edits
from autofix.text.expressions import expression_paths, typed_path, with_intent, without_intent
from autofix.text.file import PLAIN, TextFile, text_of
from autofix.text.finding_places import place_findings
from autofix.text.fragment_check import SettingText, check_fragment, texts_of
from autofix.text.fragments import fix_fragment, is_fragment
from autofix.text.holes import branch_of, expressions
from autofix.text.lines import Lines, lines_of
from autofix.text.parts import Part, edit_outside, outside
from autofix.text.suppressions import suppressed_lines, suppressions
from autofix.text.waits import namespace_wait, namespaces_of, wait_in, wait_of_namespaces

# The start of ytt's expressions, which are comments to YAML.
_YTT: Final = "#@"
_SWITCHED_OFF: Final = "the object around it switches rules off"
_OWN: Final[Path] = ("metadata", "annotations", IGNORE_ANNOTATION)


class Run(NamedTuple):
    """What the check of a text needs from the other texts.

    Attributes:
        options: the options.
        waits: the waits of the Namespaces, by their name.
        ignored: codes that the Namespaces switch off, by their name.
        results: what the engine says of the Kubernetes objects, in the order of the texts.
    """

    options: Options
    waits: Mapping[str, Annotations]
    ignored: Mapping[str, frozenset[str]]
    results: Iterator[Result]


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


class _Fragments(NamedTuple):
    """The fragments of a text, checked; positions count in this text."""

    documents: tuple[CheckedDocument, ...] = ()
    edits: tuple[TextEdit, ...] = ()
    after: tuple[SettingText, ...] = ()


class _Paths(NamedTuple):
    """What is special about the keys of a document.

    Attributes:
        expressions: paths of values that only a program knows.
        branches: branches of keys that do not always take effect.
    """

    expressions: frozenset[Path]
    branches: Mapping[Path, Branch]


def results_of(parts: Iterable[Part], options: Options) -> Iterator[Result]:
    """Examine all Kubernetes objects of some texts together.

    Args:
        parts: the texts, with the texts inside them.
        options: the options.

    Returns:
        A result for each document that is an object, in order.
    """
    values: list[object] = []
    codes: list[Suppressed] = []
    paths: list[frozenset[Path]] = []
    for part in parts:
        by_index = suppressions(part.file)
        for document in part.file.documents:
            if not is_fragment(document.value):
                values.append(document.value)
                codes.append(by_index.get(document.index, {}))
                paths.append(_paths(part, document).expressions)
    by_intent = [
        fix_all(
            [
                with_intent(value, unknown, intent=intent)
                for value, unknown in zip(values, paths, strict=True)
            ],
            options,
            suppressed=codes,
        )
        for intent in ((True, False) if any(paths) else (True,))
    ]
    for value, unknown, *results in zip(values, paths, *by_intent, strict=True):
        yield without_intent(value, results, unknown) if unknown else results[0]


def _paths(part: Part, document: Document) -> _Paths:
    written = expression_paths(document.value)
    root = part.roots.get(document.index)
    if part.inner is None or root is None:
        return _Paths(written, {})
    inner = part.inner
    return _Paths(
        written | expressions(root, inner.holes), branch_of(root, inner.conditions, inner.alternatives)
    )


def check_part(part: Part, run: Run, ignored: frozenset[str]) -> CheckedPart:
    """Check a text and the texts inside it.

    Args:
        part: the text.
        run: what is known from the other texts; the results of the objects are taken from it in order.
        ignored: codes that the text around it switches off.

    Returns:
        The findings, and the edits of this text.
    """
    documents = _check_documents(part, run, ignored)
    ignored |= _codes_ignored(part, run)
    fragments = _check_fragments(part, run, ignored)
    inside = [(inner, check_part(inner, run, ignored)) for inner in part.parts]
    lines = lines_of(part.file.text)
    checked = (
        *(_placed(part, documents, lines) if part.inner else documents),
        *fragments.documents,
        *(document for inner, done in inside for document in _outside(inner, done, lines)),
    )
    try:
        edits = (*document_edits(part.file, documents), *fragments.edits, *_edits_outside(inside))
        text = apply_edits(part.file.text, edits)
    except NotEditableError as error:
        return CheckedPart(checked, part.file.text, problem=error)
    after = (*fragments.after, *(setting for _, done in inside for setting in done.after))
    return CheckedPart(checked, text, edits, after)


def _placed(part: Part, documents: Sequence[CheckedDocument], lines: Lines) -> Iterator[CheckedDocument]:
    """Say where the findings of an inner text's documents stand in it."""
    for document in documents:
        root = part.roots.get(document.document.index)
        start = lines.span(document.document.line)[0]
        yield place_findings(part.file.text, document, root, start)


def _check_documents(part: Part, run: Run, ignored: frozenset[str]) -> tuple[CheckedDocument, ...]:
    file = part.file
    # The text of a JSON document is the whole file: each search in it is made once.
    wait_of, reason_of, suppressed = cache(wait_in), cache(directive_reason), suppressions(file)

    def check_document(document: Document) -> Result:
        paths = _paths(part, document)
        if is_fragment(document.value):
            result = check_fragment_document(document, paths)
        else:
            result = next(run.results)
            if ignored:
                kept = result.only(lambda finding: finding.code not in ignored)
                result = by_hand(kept, document.value, _SWITCHED_OFF)
        result = _without_switches(result, paths)
        reason = _reason(part, document, result, paths, reason_of)
        return by_hand(result, document.value, reason) if reason else result

    def check_fragment_document(document: Document, paths: _Paths) -> Result:
        text, unknown = text_of(file, document), paths.expressions
        codes = ignored | _codes_of(document, run)
        results = [
            fix_fragment(
                with_intent(document.value, unknown, intent=intent),
                run.options._replace(codes=run.options.codes - codes),
                suppressed.get(document.index, {}),
                wait_of(text) or namespace_wait(document.value, run.waits),
                null_removes=_YTT not in text,
            )
            for intent in ((True, False) if unknown else (True,))
        ]
        return without_intent(document.value, results, unknown) if unknown else results[0]

    return tuple(CheckedDocument(document, check_document(document)) for document in file.documents)


def _codes_ignored(part: Part, run: Run) -> frozenset[str]:
    """Collect the codes that the documents around inner texts and fragments switch off."""
    codes = [_codes_of(document, run) for document in part.file.documents]
    # Of several documents nobody knows which of them a text stands in.
    return frozenset().union(*codes) if len(codes) == 1 else frozenset()


def _codes_of(document: Document, run: Run) -> frozenset[str]:
    """Collect the codes that a document, or the Namespace that it names, switches off."""
    own = get(document.value, _OWN)
    codes = codes_switched_off(own) if isinstance(own, str) else frozenset()
    return codes.union(*(run.ignored.get(name, frozenset()) for name in namespaces_of(document.value)))


def _without_switches(result: Result, paths: _Paths) -> Result:
    """Leave out findings about a key in one of several branches that some release reads: it is right there."""
    real = real_keys()
    switches = {
        path for path, branch in paths.branches.items() if branch is Branch.ALTERNATIVE and path[-1] in real
    }
    return result.only(lambda finding: finding.path not in switches) if switches else result


def _reason(
    part: Part,
    document: Document,
    result: Result,
    paths: _Paths,
    reason_of: Callable[[str], str | None],
) -> str | None:
    """Say why nothing in a document may be edited; None if it may."""
    if not result.operations:
        return None
    if part.inner is not None and part.inner.reason:
        return part.inner.reason
    if is_fragment(document.value) and (reason := reason_of(text_of(part.file, document))):
        return reason
    touched = {typed_path(operation["path"], document.value) for operation in result.operations}
    for path, branch in paths.branches.items():
        if path in touched and (
            branch is Branch.ALTERNATIVE or (branch is Branch.CONDITIONAL and path[-1] in real_keys())
        ):
            return BRANCH
    return None


def _check_fragments(part: Part, run: Run, ignored: frozenset[str]) -> _Fragments:
    if not part.fragments:
        return _Fragments()
    file, lines = part.file, lines_of(part.file.text)
    codes_by_line = suppressed_lines(file.text, lines)
    options = run.options._replace(codes=run.options.codes - ignored)
    text_wait = wait_in(file.text) if file.language == PLAIN else {}
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
        wait = text_wait or wait_of_namespaces(names, run.waits)
        result, edits_by_key, texts = check_fragment(fragment._replace(reason=reason), options, codes, wait)
        start = settings[0].key_span[0]
        value = result.object
        document = Document(file.source, lines.number(start), number, value)
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


def _outside(part: Part, checked: CheckedPart, lines: Lines) -> Iterator[CheckedDocument]:
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
        moved = document.document._replace(line=lines.number(first))
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
