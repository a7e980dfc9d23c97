"""The part of ``autofix fix`` for files that needs the library."""

from __future__ import annotations

import argparse
from collections.abc import Container, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from autofix.cli.common import chosen, count, exit_code, read_files
from autofix.cli.inputs import complain
from autofix.cli.output import put, say
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.report import as_text
from autofix.text.check import CheckedFile, check_files
from autofix.text.edit.atomic_write import replace_file
from autofix.text.file import TextFile, reread, whole_file

if TYPE_CHECKING:
    from autofix.cli.inputs import Input


def repair(arguments: argparse.Namespace, found: Iterable[Input], errors: list[AutofixError]) -> int:
    """Repair the inputs; the rest of ``autofix fix`` for files.

    Args:
        arguments: the command's.
        found: the inputs.
        errors: what could not be read so far.

    Raises:
        AutofixError: when an option cannot be read.
    """
    wanted = chosen(arguments)
    checked = check_files(tuple(read_files(arguments, found, errors, in_parts=wanted)), wanted)
    problems = [one.problem for one in checked if one.problem]
    failures = _write(checked, quiet=arguments.quiet)
    complain([*problems, *failures.values()])
    left = look_again(checked, wanted, unwritten=failures)
    put(as_text.render(left, ()))
    if not arguments.quiet:
        _summarise(checked, left, failures)
    abnormal = bool(errors or problems or failures)
    return end(arguments, checked, left, abnormal=abnormal)


def end(
    arguments: argparse.Namespace,
    checked: Sequence[CheckedFile],
    left: Sequence[CheckedFile],
    *,
    abnormal: bool,
) -> int:
    """Choose the exit code of ``autofix fix``.

    Args:
        arguments: the command's.
        checked: the files as they came.
        left: the files as they are now.
        abnormal: whether anything could not be read or written.
    """
    return exit_code(
        (finding for one in left for finding in one.findings),
        abnormal=abnormal,
        changed=arguments.exit_non_zero_on_fix and any(one.text != one.file.text for one in checked),
        zero=arguments.exit_zero,
    )


def _write(checked: Sequence[CheckedFile], *, quiet: bool) -> dict[str, AutofixError]:
    """Write the files that change, and say what they lost; return the errors by the file's name."""
    failures: dict[str, AutofixError] = {}
    changed = [one for one in checked if one.text != one.file.text]
    written: set[tuple[int, int]] = set()
    for source, parts in groupby(changed, lambda one: one.file.source):
        if (file := _identity(source)) in written:
            # Under another of its names.
            continue
        try:
            lost = replace_file(Path(source), *whole_file([(one.file, one.text) for one in parts]))
        except AutofixError as error:
            failures[source] = error
            continue
        written |= {file} if file else set()
        if not quiet:
            for words in lost:
                say(f"warning: {source}: {words}; it could not be kept")
    return failures


def _identity(source: str) -> tuple[int, int] | None:
    """Tell which file has a name, where it has others, too."""
    try:
        status = Path(source).stat()
    except OSError:
        # Whoever writes it will say why.
        return None
    return (status.st_dev, status.st_ino) if status.st_nlink > 1 else None


def look_again(
    checked: Sequence[CheckedFile], wanted: Options, unwritten: dict[str, AutofixError] | None = None
) -> list[CheckedFile]:
    """Look again at the files as they are now.

    Args:
        checked: the files as they came, and what was made of them.
        wanted: the options.
        unwritten: names of files that could not be written.
    """
    if all(one.text == one.file.text for one in checked):
        return list(checked)

    def now(one: CheckedFile) -> TextFile:
        if one.text == one.file.text or one.file.source in (unwritten or {}):
            return one.file
        return reread(one.file, one.text)

    return check_files([now(one) for one in checked], wanted)


def _summarise(checked: Sequence[CheckedFile], left: Sequence[CheckedFile], failures: Container[str]) -> None:
    # A file that was read in parts is one file.
    changed = dict.fromkeys(
        one.file.source for one in checked if one.text != one.file.text and one.file.source not in failures
    )
    for name in changed:
        say(f"fixed {name}")
    findings = sum(len(one.findings) for one in left)
    say(f"fixed {count(len(changed), 'file')}, {count(findings, 'finding')} left")
