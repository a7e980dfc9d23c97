"""``autofix preview``: show what would change, write nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from autofix.checking import CheckedFile, check_files
from autofix.cli.common import chosen, complain, count, exit_code, read_files
from autofix.finding import Applicability
from autofix.report import FORMATS


def preview(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix preview --help``.

    Raises:
        AutofixError: when an option cannot be read.
    """
    wanted = chosen(arguments)
    files, errors = read_files(arguments)
    checked = check_files(files, wanted)
    problems = [one.problem for one in checked if one.problem]
    complain(problems)
    for line in FORMATS[arguments.output](checked, [*errors, *problems]):
        print(line)
    if not arguments.quiet:
        summarise(checked, arguments)
    return exit_code(
        (finding for one in checked for finding in one.findings),
        abnormal=bool(errors or problems),
        changed=any(one.text != one.file.text for one in checked),
    )


def summarise(checked: Sequence[CheckedFile], arguments: argparse.Namespace) -> None:
    """Say on standard error what was found, and what else could be asked for."""
    findings = [finding for one in checked for finding in one.findings]
    safe = sum(finding.applicability is Applicability.SAFE for finding in findings)
    unsafe = sum(finding.applicability is Applicability.UNSAFE for finding in findings)
    files = count(len(checked), "file")
    print(f"autofix: {count(len(findings), 'finding')} in {files}, {safe} with a safe fix", file=sys.stderr)
    if unsafe and not arguments.unsafe_fixes:
        print(f"autofix: {unsafe} more can be fixed with --unsafe-fixes", file=sys.stderr)
    if arguments.output == "diff" and len(findings) > safe:
        print("autofix: -o text shows the findings themselves", file=sys.stderr)
    if findings and not arguments.linkerd:
        print("autofix: the Linkerd release is not known; name it with --linkerd", file=sys.stderr)
