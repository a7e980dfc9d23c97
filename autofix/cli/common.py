"""What the commands that read documents share."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from autofix.cli import exit_codes
from autofix.cli.inputs import complain
from autofix.cli.output import say
from autofix.engine.options import Options, options
from autofix.errors import AutofixError
from autofix.rules import afx001_malformed
from autofix.rules.finding import Finding, Severity
from autofix.text.file import TextFile, read_file
from autofix.text.prefilter import read_relevant_parts

if TYPE_CHECKING:
    from autofix.cli.inputs import Input

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
    arguments: argparse.Namespace,
    found: Iterable[Input],
    errors: list[AutofixError],
    *,
    in_parts: Options | None = None,
) -> Iterator[TextFile]:
    """Read inputs as documents, or as the plain text that they are.

    One that cannot be read does not stop the others: it is said on standard error, behind all that can.

    Args:
        arguments: the command's.
        found: the inputs.
        errors: what could not be read so far; more is put there.
        in_parts: the options, where of what was found in a folder only the documents are read in which those
            may find something; None to read all of it.

    Yields:
        The files in their order; one that was read in parts comes several times.
    """
    plain: list[str] = []
    for data, source, named in found:
        for file in _read(data, source, errors, None if named else in_parts):
            plain += [source] if file.is_plain else []
            yield file
    complain(errors)
    if plain and not arguments.quiet:
        say(f"read as plain text, for keys and the values right behind them: {some(plain)}")


def _read(
    data: bytes, source: str, errors: list[AutofixError], in_parts: Options | None
) -> Sequence[TextFile]:
    try:
        parts = read_relevant_parts(data, source, in_parts) if in_parts else []
        return parts or (read_file(data, source),)
    except AutofixError as error:
        errors.append(error)
        return ()


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
