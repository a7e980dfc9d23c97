"""``autofix preview``: show what would change, write nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Final

from autofix.cli.exit_codes import exit_code
from autofix.cli.files import read_files
from autofix.cli.inputs import Input
from autofix.cli.options import options_from
from autofix.cli.output import count, put_report, say, say_errors, unread
from autofix.cli.release import doubt
from autofix.errors import AutofixError
from autofix.report import FORMATS, Report
from autofix.rules.finding import Applicability
from autofix.text.check import CheckedFile, check_files, check_many

# These formats do not mention documents without findings.
_FORMATS_OF_FINDINGS: Final = ("diff", "text", "statistics")
# These formats need the files' texts, and no values.
_FORMATS_OF_TEXTS: Final = ("diff", "statistics")


def preview(arguments: argparse.Namespace, inputs: Iterable[Input | AutofixError]) -> int:
    """Run the command; see ``autofix preview --help``.

    Args:
        arguments: the command's.
        inputs: the inputs, as ``inputs.preflight`` returns them.

    Returns:
        The exit code.

    Raises:
        AutofixError: when an option cannot be read.
    """
    options = options_from(arguments)
    form = "statistics" if arguments.statistics else arguments.output
    errors: list[AutofixError] = []
    in_parts = options if form in _FORMATS_OF_FINDINGS else None
    files = read_files(arguments, inputs, errors, in_parts=in_parts)
    if form in _FORMATS_OF_TEXTS:
        checked_files = check_many(files, options)
    else:
        checked_files = check_files(tuple(files), options)
    problems = [file.problem for file in checked_files if file.problem]
    say_errors(problems)
    lines = FORMATS[form](Report(checked_files, [*errors, *problems]))
    put_report(lines, form, color=arguments.color)
    if not arguments.quiet:
        _summarise(checked_files, arguments, errors)
        if (message := doubt(options.release)) and any(file.findings for file in checked_files):
            say(message)
    return exit_code(
        (finding for file in checked_files for finding in file.findings),
        abnormal=bool(errors or problems),
        changed=any(file.text != file.file.text for file in checked_files),
        zero=arguments.exit_zero,
    )


def _summarise(
    files: Sequence[CheckedFile], arguments: argparse.Namespace, errors: Sequence[AutofixError]
) -> None:
    """Say on standard error how many findings there are, and which options show or fix more."""
    findings = [finding for file in files for finding in file.findings]
    safe = sum(finding.applicability is Applicability.SAFE for finding in findings)
    unsafe = sum(finding.applicability is Applicability.UNSAFE for finding in findings)
    number_of_files = count(len({file.file.source for file in files}), "file")
    mark = " [*]" if safe and arguments.output == "text" else ""
    end = f"a safe fix{mark}{unread(errors)}"
    say(f"{count(len(findings), 'finding')} in {number_of_files}, {safe} with {end}")
    if unsafe and not arguments.unsafe_fixes:
        mark = " [-]" if arguments.output == "text" else ""
        say(f"{unsafe} more can be fixed with --unsafe-fixes{mark}")
    if arguments.output == "diff" and len(findings) > safe:
        say("-o text shows the findings themselves")
