"""Files in, findings and edited texts out: what every command that looks at files shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autofix.api import Result, fix_all
from autofix.finding import Finding
from autofix.loose import fix_loose, is_loose
from autofix.options import Options
from autofix.source.document import Document, SourceError
from autofix.source.edit import edited
from autofix.source.rewrite import NotEditableError
from autofix.source.text_file import TextFile


@dataclass(frozen=True, slots=True)
class Checked:
    """A document of a file, and what was found in it."""

    document: Document
    result: Result


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file, and what was found in it.

    Attributes:
        file: the file as it was read.
        checked: its documents.
        text: its text with every fix made; the same text when there is nothing to do.
        problem: why the fixes cannot be made in the text, None when they can.
    """

    file: TextFile
    checked: tuple[Checked, ...]
    text: str
    problem: SourceError | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of the file as it is."""
        return tuple(finding for one in self.checked for finding in one.result.findings)

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """What they say of it with every fix made."""
        if self.problem:
            return self.findings
        return tuple(finding for one in self.checked for finding in one.result.remaining)


def check_files(files: Sequence[TextFile], chosen: Options) -> list[CheckedFile]:
    """Check files that belong together: the Namespaces in all of them are context for the workloads.

    Args:
        files: the files.
        chosen: the options.

    Returns:
        One answer a file, in the same order.
    """
    objects = [one.value for file in files for one in file.documents if not is_loose(one.value)]
    results = iter(fix_all(objects, chosen))
    checked = [
        tuple(
            Checked(one, fix_loose(one.value, chosen) if is_loose(one.value) else next(results))
            for one in file.documents
        )
        for file in files
    ]
    return [_edited(file, inside) for file, inside in zip(files, checked, strict=True)]


def _edited(file: TextFile, checked: tuple[Checked, ...]) -> CheckedFile:
    changed = [one for one in checked if one.result.patch.patch]
    if not changed:
        return CheckedFile(file, checked, file.text)
    patches = {one.document.index: one.result.patch.patch for one in changed}
    expected = {one.document.index: one.result.object for one in changed}
    try:
        return CheckedFile(file, checked, edited(file, patches, expected))
    except NotEditableError as error:
        message = f"cannot be fixed in place: {error}; change it by hand"
        return CheckedFile(
            file, checked, file.text, SourceError(file.source, message, changed[0].document.line)
        )
