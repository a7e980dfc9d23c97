"""What the commands that read documents share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from autofix.cli import exit_codes
from autofix.errors import AutofixError
from autofix.finding import Finding, Severity
from autofix.options import Options, options
from autofix.rules import afx001_malformed
from autofix.source.document import SourceError
from autofix.source.stream import may_concern_linkerd
from autofix.source.text_file import TextFile, read_file
from autofix.source.walk import find_files

STDIN: Final = "-"
_SHOWN: Final = 3


def chosen(arguments: argparse.Namespace) -> Options:
    """Read the library's options from the command line.

    Raises:
        AutofixError: when a release, a version or a code is none.
    """
    default: str | None = arguments.native_sidecar_default
    if default not in (None, "true", "false"):
        raise AutofixError(f"AUTOFIX_NATIVE_SIDECAR_DEFAULT={default}: write true or false")
    return options(
        release=arguments.linkerd,
        kubernetes=getattr(arguments, "kubernetes", None),
        default=None if default is None else default == "true",
        wait_before_exit=arguments.wait_before_exit_seconds,
        unsafe=getattr(arguments, "unsafe_fixes", False),
        select=getattr(arguments, "select", None),
        ignore=getattr(arguments, "ignore", None),
    )


def read_files(
    arguments: argparse.Namespace, *, everything: bool = False
) -> tuple[list[TextFile], list[AutofixError]]:
    """Read the given files, the YAML and JSON files in the given folders, and standard input.

    One that cannot be read does not stop the others: it is said on standard error.

    Args:
        arguments: the command's.
        everything: whether to parse what was found in a folder and has nothing to do with Linkerd, too.

    Returns:
        The files, standard input first, then in the order of the arguments and of the files in folders; and
        the errors.
    """
    errors: list[AutofixError] = []
    files = list(_files(arguments, errors, everything=everything))
    complain(errors)
    plain = [file.source for file in files if file.is_plain]
    if plain and not arguments.quiet:
        print(
            f"autofix: read as plain text, for keys and the values right behind them: {some(plain)}",
            file=sys.stderr,
        )
    return files, errors


def complain(errors: Iterable[AutofixError]) -> None:
    """Say what went wrong on standard error."""
    for error in errors:
        print(f"autofix: error: {error}", file=sys.stderr)


def _files(
    arguments: argparse.Namespace, errors: list[AutofixError], *, everything: bool
) -> Iterator[TextFile]:
    paths: list[str] = arguments.paths
    if STDIN in paths:
        yield from _read(sys.stdin.buffer.read(), "<stdin>", errors)
    named = [path for path in paths if path != STDIN]
    as_found = {str(Path(path)) for path in named}
    found = find_files(
        named,
        exclude=arguments.exclude,
        include=arguments.include,
        force_exclude=arguments.force_exclude,
    )
    for file in _shown(found, quiet=arguments.quiet):
        if isinstance(file, AutofixError):
            errors.append(file)
            continue
        try:
            data = file.read_bytes()
        except OSError as error:
            errors.append(AutofixError(f"{file}: {error.strerror or error}; check that it can be read"))
            continue
        # What was only found in a folder is not parsed without need; what is named is, whatever it holds.
        if everything or str(file) in as_found or may_concern_linkerd(data):
            yield from _read(data, str(file), errors)


def _shown(files: Iterator[Path | SourceError], *, quiet: bool) -> Iterable[Path | SourceError]:
    """Show on a terminal how far a long run has come."""
    if quiet or not sys.stderr.isatty():
        return files
    # Imported here: only a terminal needs it.
    from tqdm import tqdm

    return tqdm(files, desc="autofix", unit=" files", delay=1, leave=False)


def _read(data: bytes, source: str, errors: list[AutofixError]) -> Iterator[TextFile]:
    try:
        yield read_file(data, source)
    except AutofixError as error:
        errors.append(error)


def exit_code(
    findings: Iterable[Finding], *, abnormal: bool, changed: bool = False, zero: bool = False
) -> int:
    """Choose the exit code, the same for every command and format.

    Args:
        findings: what is left.
        abnormal: whether anything could not be read or written.
        changed: whether a diff was shown, or something was fixed and that counts.
        zero: whether only what is abnormal counts.
    """
    found = list(findings)
    # Metadata that cannot be read is unreadable input, whichever way it was noticed.
    if abnormal or any(finding.code == afx001_malformed.CODE for finding in found):
        return exit_codes.ABNORMAL
    left = any(finding.severity is not Severity.INFO for finding in found)
    return exit_codes.FOUND if (changed or left) and not zero else exit_codes.CLEAN


def some(names: Sequence[str]) -> str:
    """Name a few of many."""
    shown, rest = names[:_SHOWN], len(names) - _SHOWN
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")


def count(number: int, what: str) -> str:
    """Write a number of things."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
