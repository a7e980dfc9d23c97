"""Files in, findings and edited texts out: every command that looks at files uses this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from autofix.engine.api import Result, by_hand, fix_all
from autofix.engine.examine import Suppressed
from autofix.engine.namespaces import is_namespace
from autofix.engine.options import Options
from autofix.kubernetes.lists import objects_in
from autofix.linkerd.precedence import Annotations
from autofix.rules.finding import Finding
from autofix.rules.registry import RULES
from autofix.text.checked_document import CheckedDocument
from autofix.text.document import Document, NotEditableError, SourceError
from autofix.text.edit.apply import proven_edits
from autofix.text.edit.text_edit import TextEdit, apply_edits
from autofix.text.file import TextFile, reread, text_of
from autofix.text.fragments import fix_fragment, is_fragment
from autofix.text.plaintext.directives import directive_reason
from autofix.text.plaintext.wait_before_exit import namespace_wait, wait_in, waits_of_namespaces
from autofix.text.prefilter import may_hold_key
from autofix.text.suppressions import suppressions
from autofix.text.yaml import lay_out

if TYPE_CHECKING:
    from autofix.text.plaintext.key_search import TextKey

# The start of ytt's expressions, which are comments to YAML.
_YTT: Final = "#@"
NOTE_CODES: Final = frozenset(rule.code for rule in RULES.values() if rule.note)


class CheckedFile(NamedTuple):
    """A file, and its findings.

    Attributes:
        file: the file as it was read.
        checked: its documents, and the keys in its plain text or in its strings.
        text: its text with every fix made; the same text if there is nothing to do.
        edits: the edits that make ``text`` of the file's own text.
        problem: why the fixes cannot be made in the text; None if they can.
    """

    file: TextFile
    checked: tuple[CheckedDocument, ...]
    text: str
    edits: tuple[TextEdit, ...] = ()
    problem: SourceError | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of the file as it is."""
        return tuple(finding for document in self.checked for finding in document.result.findings)


def check_files(files: Sequence[TextFile], options: Options) -> list[CheckedFile]:
    """Check files that belong together: the Namespaces in all of them are context for the workloads.

    Args:
        files: the files.
        options: the options.

    Returns:
        An answer for each file, in the same order.
    """
    return with_notes_once(_check_together(files, options))


def check_many(files: Iterable[TextFile], options: Options) -> list[CheckedFile]:
    """Check files as ``check_files`` does, and keep none of their values, which take most of the memory.

    Args:
        files: the files; each is read only after the files before it are checked.
        options: the options.

    Returns:
        An answer for each file, without documents in the file, and without values before and after the fixes.
    """
    remaining = iter(files)
    checked: list[CheckedFile] = []
    for file in remaining:
        if not file.documents and not file.is_plain:
            checked.append(CheckedFile(file, (), file.text))
            continue
        if any(map(has_namespace, file.documents)) or (file.is_plain and waits_of_namespaces([file])):
            # The Namespace may matter to every file, so from here on all files are checked together.
            before = (reread(above.file, above.file.text) for above in checked)
            together = _check_together([*before, file, *remaining], options)
            return with_notes_once(map(_without_values, together))
        checked.extend(map(_without_values, _check_together([file], options)))
    return with_notes_once(checked)


def has_namespace(document: Document) -> bool:
    """Tell whether a document is or lists a Namespace, which may matter to every other document."""
    return any(is_namespace(item) for _, item in objects_in(document.value))


def _without_values(file: CheckedFile) -> CheckedFile:
    checked = (
        checked._replace(
            document=checked.document._replace(value=None), result=checked.result._replace(object=None)
        )
        for checked in file.checked
    )
    return file._replace(file=file.file._replace(documents=()), checked=tuple(checked))


def _check_together(files: Sequence[TextFile], options: Options) -> Iterator[CheckedFile]:
    suppressed = [suppressions(file) for file in files]
    objects = [
        (document.value, by_index.get(document.index, {}))
        for file, by_index in zip(files, suppressed, strict=True)
        for document in file.documents
        if not is_fragment(document.value)
    ]
    values = [value for value, _ in objects]
    results = iter(fix_all(values, options, suppressed=[by_path for _, by_path in objects]))
    waits = waits_of_namespaces(files)
    for file, by_index in zip(files, suppressed, strict=True):
        yield _check(file, options, by_index, results, waits)


def with_notes_once(files: Iterable[CheckedFile]) -> list[CheckedFile]:
    """Keep each finding that is about the release, not about the file, only where it comes first.

    Args:
        files: the files, in order.

    Returns:
        The files, each without the notes of files before it.
    """
    messages: set[str] = set()

    def is_new(finding: Finding) -> bool:
        if finding.code not in NOTE_CODES:
            return True
        is_known = finding.message in messages
        messages.add(finding.message)
        return not is_known

    def only_new(document: CheckedDocument) -> CheckedDocument:
        return document._replace(result=document.result.only(is_new)) if _has_notes(document) else document

    return [file._replace(checked=tuple(map(only_new, file.checked))) for file in files]


def _has_notes(document: CheckedDocument) -> bool:
    return any(finding.code in NOTE_CODES for finding in document.result.findings)


def _check(
    file: TextFile,
    options: Options,
    suppressed: Mapping[int, Suppressed],
    results: Iterator[Result],
    waits: Mapping[str, Annotations],
) -> CheckedFile:
    if file.is_plain:
        # Imported here, as wherever autofix looks for keys in text: few files hold any.
        from autofix.text.plaintext.key_search import find_keys

        wait = wait_in(file.text) or namespace_wait(None, waits)
        checked, edits = _check_keys(file, [(key, wait) for key in find_keys(file.text)], options)
        return CheckedFile(file, checked, apply_edits(file.text, edits), edits)
    # The text of a JSON document is the whole file: each search in it is made once.
    wait_of, reason_of, is_ytt = cache(wait_in), cache(directive_reason), cache(_has_ytt)
    fragment_waits = {
        document.index: wait_of(text_of(file, document)) or namespace_wait(document.value, waits)
        for document in file.documents
        if is_fragment(document.value)
    }

    def check_fragment(document: Document) -> Result:
        """Fix a document that is no Kubernetes object, unless a directive in its text forbids it."""
        text, index = text_of(file, document), document.index
        result = fix_fragment(
            document.value,
            options,
            suppressed.get(index, {}),
            fragment_waits[index],
            null_removes=not is_ytt(text),
        )
        reason = reason_of(text) if result.operations else None
        return by_hand(result, document.value, reason) if reason else result

    documents = tuple(
        CheckedDocument(
            document, check_fragment(document) if document.index in fragment_waits else next(results)
        )
        for document in file.documents
    )
    keys, edits = _check_keys(file, _embedded_keys(file, fragment_waits), options)
    return with_fixes(file, documents, keys, edits)


def _has_ytt(text: str) -> bool:
    return _YTT in text


def _check_keys(
    file: TextFile, keys: Iterable[tuple[TextKey, Annotations]], options: Options
) -> tuple[tuple[CheckedDocument, ...], tuple[TextEdit, ...]]:
    """Check keys in plain text or in strings, each with the wait before exit that its pods may have."""
    # Each alias of an anchor yields the keys in the anchor again; the text has them once.
    by_start = {key.start: (key, wait) for key, wait in keys}
    if not by_start:
        return (), ()
    from autofix.text.plaintext.key_check import check_keys

    checked = tuple(check_keys(file, [by_start[start] for start in sorted(by_start)], options))
    return checked, tuple(edit for key in checked for edit in key.edits)


def _embedded_keys(
    file: TextFile, fragment_waits: Mapping[int, Annotations]
) -> Iterator[tuple[TextKey, Annotations]]:
    """Find the keys in strings of documents that are no Kubernetes objects, each with the wait there."""
    # Most files have none, and need not be laid out.
    if not may_hold_key(file.text) or not fragment_waits:
        return
    from autofix.text.embedded import find_embedded_keys

    try:
        roots = lay_out(file.text, file.documents)
    except NotEditableError:
        # The user gets this error where a fix of the file needs its layout.
        return
    for index, wait in fragment_waits.items():
        for key in find_embedded_keys(roots[index], file.text):
            yield key, wait


def with_fixes(
    file: TextFile,
    documents: tuple[CheckedDocument, ...],
    keys: tuple[CheckedDocument, ...] = (),
    key_edits: Sequence[TextEdit] = (),
) -> CheckedFile:
    """Make the fixes of a file's documents in its text.

    Args:
        file: the file.
        documents: its documents, with their patches.
        keys: keys in strings of documents.
        key_edits: the edits of those keys.

    Returns:
        The file with the new text, or with the problem that prevents the fixes.
    """
    changed = [document for document in documents if document.result.operations]
    checked = (*documents, *keys)
    if not changed and not key_edits:
        return CheckedFile(file, checked, file.text)
    patches = {document.document.index: document.result.operations for document in changed}
    expected = {document.document.index: document.result.object for document in changed}
    try:
        document_edits = proven_edits(file, patches, expected) if changed else ()
        edits = (*document_edits, *key_edits)
        text = apply_edits(file.text, edits)
    except NotEditableError as error:
        message = f"cannot be fixed in place: {error}; change it by hand"
        position = error.position
        line = None if position is None else file.above + file.text.count("\n", 0, position) + 1
        return CheckedFile(file, checked, file.text, problem=SourceError(file.source, message, line))
    return CheckedFile(file, checked, text, edits)
