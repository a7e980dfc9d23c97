"""Files in, findings and edited texts out: what every command that looks at files shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from autofix.engine.api import Result, by_hand, fix_all
from autofix.engine.namespaces import is_namespace
from autofix.engine.options import Options
from autofix.kubernetes.lists import objects_in
from autofix.linkerd.precedence import Annotations
from autofix.rules.finding import Finding
from autofix.rules.registry import RULES
from autofix.text.document import Document, SourceError
from autofix.text.edit.apply import edits
from autofix.text.edit.text_edit import NotEditableError, Splice, spliced
from autofix.text.file import TextFile, text_of
from autofix.text.fragments import fix_loose, is_loose
from autofix.text.plaintext.directives import document_doubt
from autofix.text.plaintext.waits import around, wait_in, waits_of_namespaces
from autofix.text.prefilter.documents import reread
from autofix.text.suppressions import Suppressed, suppressed
from autofix.text.yaml.document_layout import layout

if TYPE_CHECKING:
    from autofix.text.plaintext.tokens import Token

# The start of ytt's expressions, to YAML comments.
_YTT: Final = "#@"
NOTE_CODES: Final = frozenset(rule.code for rule in RULES.values() if rule.note)


class Checked(NamedTuple):
    """A document of a file, or a key in plain text or in a string, and what was found in it.

    Attributes:
        document: the document; for a key in text one that holds nothing else.
        result: what was found.
        offset: where the key stands in the text, in characters; None for a document.
        splices: the fixes of a key in text, as replacements; a document's follow from its patch.
    """

    document: Document
    result: Result
    offset: int | None = None
    splices: tuple[Splice, ...] = ()


class CheckedFile(NamedTuple):
    """A file, and what was found in it.

    Attributes:
        file: the file as it was read.
        checked: its documents.
        text: its text with every fix made; the same text when there is nothing to do.
        splices: what makes the one of the other.
        problem: why the fixes cannot be made in the text, None when they can.
    """

    file: TextFile
    checked: tuple[Checked, ...]
    text: str
    splices: tuple[Splice, ...] = ()
    problem: SourceError | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of the file as it is."""
        return tuple(finding for one in self.checked for finding in one.result.findings)


def check_files(files: Sequence[TextFile], chosen: Options) -> list[CheckedFile]:
    """Check files that belong together: the Namespaces in all of them are context for the workloads.

    Args:
        files: the files.
        chosen: the options.

    Returns:
        One answer a file, in the same order.
    """
    return with_notes_once(_together(files, chosen))


def check_many(files: Iterable[TextFile], chosen: Options) -> list[CheckedFile]:
    """Check files as ``check_files`` does, and keep none of their values, which take most of the memory.

    Args:
        files: the files; each is asked for when those before it have been checked.
        chosen: the options.

    Returns:
        One answer a file, without documents in the file, and without values before and after the fixes.
    """
    left = iter(files)
    known: list[CheckedFile] = []
    for file in left:
        if not file.documents and not file.is_plain:
            known.append(CheckedFile(file, (), file.text))
            continue
        if any(map(has_namespace, file.documents)) or (file.is_plain and waits_of_namespaces([file])):
            # It may matter to every file, so now they are checked together.
            before = (reread(one.file, one.file.text) for one in known)
            return with_notes_once(map(_without_values, _together([*before, file, *left], chosen)))
        known.extend(map(_without_values, _together([file], chosen)))
    return with_notes_once(known)


def has_namespace(document: Document) -> bool:
    """Tell whether a document is a Namespace, or a List with one: that may matter to every other document."""
    return any(is_namespace(item) for _, item in objects_in(document.value))


def _without_values(one: CheckedFile) -> CheckedFile:
    checked = (
        it._replace(document=it.document._replace(value=None), result=it.result._replace(object=None))
        for it in one.checked
    )
    return one._replace(file=one.file._replace(documents=()), checked=tuple(checked))


def _together(files: Sequence[TextFile], chosen: Options) -> Iterator[CheckedFile]:
    silent = [suppressed(file) for file in files]
    objects = [
        (one.value, some.get(one.index, {}))
        for file, some in zip(files, silent, strict=True)
        for one in file.documents
        if not is_loose(one.value)
    ]
    results = iter(fix_all([one for one, _ in objects], chosen, suppressed=[some for _, some in objects]))
    waits = waits_of_namespaces(files)
    for file, some in zip(files, silent, strict=True):
        yield _check(file, chosen, some, results, waits)


def with_notes_once(files: Iterable[CheckedFile]) -> list[CheckedFile]:
    """Leave out what has been said before and is about the release, not about the file.

    Args:
        files: the files, in order.
    """
    said: set[str] = set()

    def is_new(finding: Finding) -> bool:
        if finding.code not in NOTE_CODES:
            return True
        known = finding.message in said
        said.add(finding.message)
        return not known

    def only_new(one: Checked) -> Checked:
        return one._replace(result=one.result.only(is_new)) if _has_notes(one.result) else one

    return [one._replace(checked=tuple(map(only_new, one.checked))) for one in files]


def _has_notes(result: Result) -> bool:
    return any(finding.code in NOTE_CODES for finding in result.findings)


def _check(
    file: TextFile,
    chosen: Options,
    silent: Mapping[int, Suppressed],
    results: Iterator[Result],
    waits: Mapping[str, Annotations],
) -> CheckedFile:
    if file.is_plain:
        # Imported here, and where else keys in text are looked for: few files hold any.
        from autofix.text.plaintext.tokens import tokens

        wait = wait_in(file.text) or around(None, waits)
        checked, splices = _keys_checked(file, [(token, wait) for token in tokens(file.text)], chosen)
        return CheckedFile(file, checked, spliced(file.text, splices), splices)
    # Documents of JSON have the whole file for their text: it is searched once.
    wait_of, doubt_of, is_ytt = cache(wait_in), cache(document_doubt), cache(_has_ytt)
    waiting = {
        one.index: wait_of(text_of(file, one)) or around(one.value, waits)
        for one in file.documents
        if is_loose(one.value)
    }

    def loose(document: Document) -> Result:
        """Fix a document that is no Kubernetes object, unless something in its text speaks against it."""
        text, index = text_of(file, document), document.index
        result = fix_loose(
            document.value, chosen, silent.get(index, {}), waiting[index], null_removes=not is_ytt(text)
        )
        doubt = doubt_of(text) if result.operations else None
        return by_hand(result, document.value, doubt) if doubt else result

    whole = tuple(
        Checked(document, loose(document) if document.index in waiting else next(results))
        for document in file.documents
    )
    return edited(file, whole, *_keys_checked(file, _inline(file, waiting), chosen))


def _has_ytt(text: str) -> bool:
    return _YTT in text


def _keys_checked(
    file: TextFile, found: Iterable[tuple[Token, Annotations]], chosen: Options
) -> tuple[tuple[Checked, ...], tuple[Splice, ...]]:
    """Check keys in plain text or in strings."""
    # What an alias repeats is found twice, and written once.
    by_place = {token.start: (token, wait) for token, wait in found}
    if not by_place:
        return (), ()
    from autofix.text.plaintext.keys import text_keys

    checked = tuple(
        Checked(*key) for key in text_keys(file, [by_place[place] for place in sorted(by_place)], chosen)
    )
    return checked, tuple(splice for one in checked for splice in one.splices)


def _inline(file: TextFile, waiting: Mapping[int, Annotations]) -> Iterator[tuple[Token, Annotations]]:
    """Find the keys in strings of documents that are no Kubernetes objects, each with the wait there."""
    # Most files have none, and need not be laid out.
    if "linkerd" not in file.text or not waiting:
        return
    from autofix.text.embedded import inline_tokens

    try:
        roots = layout(file)
    except NotEditableError:
        # Said where an edit is wanted.
        return
    for index, wait in waiting.items():
        for token in inline_tokens(roots[index], file.text):
            yield token, wait


def edited(
    file: TextFile,
    checked: tuple[Checked, ...],
    inline: tuple[Checked, ...] = (),
    splices: Sequence[Splice] = (),
) -> CheckedFile:
    """Make the patches of a file's documents in its text.

    Args:
        file: the file.
        checked: its documents.
        inline: keys in strings of documents.
        splices: the edits of those.
    """
    changed = [one for one in checked if one.result.operations]
    whole = (*checked, *inline)
    if not changed and not splices:
        return CheckedFile(file, whole, file.text)
    patches = {one.document.index: one.result.operations for one in changed}
    expected = {one.document.index: one.result.object for one in changed}
    try:
        planned = edits(file, patches, expected) if changed else ()
        every = (*planned, *splices)
        text = spliced(file.text, every)
    except NotEditableError as error:
        message = f"cannot be fixed in place: {error}; change it by hand"
        place = error.position
        line = None if place is None else file.above + file.text.count("\n", 0, place) + 1
        return CheckedFile(file, whole, file.text, problem=SourceError(file.source, message, line))
    return CheckedFile(file, whole, text, every)
