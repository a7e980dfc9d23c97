"""Files in, findings and edited texts out: every command that looks at files uses this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from autofix.engine.namespaces import is_namespace
from autofix.engine.options import Options
from autofix.kubernetes.lists import objects_in
from autofix.rules.finding import Finding
from autofix.rules.registry import RULES
from autofix.text.checked_document import CheckedDocument
from autofix.text.document import Document, NotEditableError, SourceError
from autofix.text.document_check import document_edits, results_of
from autofix.text.edit.text_edit import TextEdit, apply_edits
from autofix.text.file import TextFile, reread
from autofix.text.part import Part, walk
from autofix.text.part_check import CheckedPart, check_part
from autofix.text.parts import read_parts
from autofix.text.run import decides_about_others, read_run

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
    return with_notes_once(_check_together(list(map(read_parts, files)), options))


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
        part = read_parts(file)
        if _may_matter_to_others(part, options):
            # The Namespace may matter to every file, so from here on all files are checked together.
            before = (reread(above.file, above.file.text) for above in checked)
            every = [*map(read_parts, before), part, *map(read_parts, remaining)]
            return with_notes_once(map(_without_values, _check_together(every, options)))
        checked.extend(map(_without_values, _check_together([part], options)))
    return with_notes_once(checked)


def _may_matter_to_others(part: Part, options: Options) -> bool:
    parts = list(walk(part))
    is_around = any(has_namespace(document) for inner in parts for document in inner.file.documents)
    return is_around or decides_about_others(read_run(parts, options), options)


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


def _check_together(parts: Sequence[Part], options: Options) -> Iterator[CheckedFile]:
    every = [inner for part in parts for inner in walk(part)]
    run = read_run(every, options)
    results = results_of(every, run)
    for part in parts:
        checked = check_part(part, run, results, frozenset())
        file = CheckedFile(part.file, checked.documents, checked.text, checked.edits)
        problem = checked.problem or (_disproof(part, checked) if checked.edits else None)
        yield file if problem is None else _with_problem(file, problem)


def _disproof(part: Part, checked: CheckedPart) -> NotEditableError | None:
    """Read the edited text again, and compare what its fragments say with what they should say.

    Documents are proven where they are edited.
    """
    if not part.fragments and not part.parts:
        return None
    from autofix.text.fragment_check import texts_of

    after = read_parts(reread(part.file, checked.text))
    texts = [text for inner in walk(after) for fragment in inner.fragments for text in texts_of(fragment)]
    if tuple(texts) == checked.after and len(list(walk(after))) == len(list(walk(part))):
        return None
    return NotEditableError("the result would be read in another way")


def _with_problem(file: CheckedFile, error: NotEditableError) -> CheckedFile:
    message = f"cannot be fixed in place: {error}; change it by hand"
    position, text = error.position, file.file.text
    line = None if position is None else file.file.above + text.count("\n", 0, position) + 1
    return file._replace(text=text, edits=(), problem=SourceError(file.file.source, message, line))


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


def with_fixes(file: TextFile, documents: tuple[CheckedDocument, ...]) -> CheckedFile:
    """Make the fixes of a file's documents in its text.

    Args:
        file: the file.
        documents: its documents, with their patches.

    Returns:
        The file with the new text, or with the problem that prevents the fixes.
    """
    checked = CheckedFile(file, documents, file.text)
    try:
        edits = tuple(document_edits(file, documents))
        return checked._replace(text=apply_edits(file.text, edits), edits=edits)
    except NotEditableError as error:
        return _with_problem(checked, error)
