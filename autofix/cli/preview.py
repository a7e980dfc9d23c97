"""``autofix preview``: show what would change, write nothing."""

from __future__ import annotations

import argparse
import sys

from autofix.api import fix_all
from autofix.cli import exit_codes
from autofix.cli.common import chosen, read_inputs
from autofix.finding import Applicability, Finding, Severity
from autofix.report import FORMATS
from autofix.report.checked import Checked

# Metadata that cannot be read is unreadable input, whichever way it was noticed.
_UNREADABLE = "AFX001"


def preview(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix preview --help``.

    Raises:
        AutofixError: when an option cannot be read.
    """
    wanted = chosen(arguments)
    documents, errors = read_inputs(arguments)
    results = fix_all([document.value for document in documents], wanted)
    checked = [Checked(document, result) for document, result in zip(documents, results, strict=True)]
    for line in FORMATS[arguments.output](checked, errors):
        print(line)
    findings = [finding for one in checked for finding in one.result.findings]
    if not arguments.quiet:
        _summarise(findings, checked, arguments)
    if errors or any(finding.code == _UNREADABLE for finding in findings):
        return exit_codes.ABNORMAL
    changed = any(one.result.patch.patch for one in checked)
    left = any(finding.severity is not Severity.INFO for finding in findings)
    return exit_codes.FOUND if changed or left else exit_codes.CLEAN


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _summarise(findings: list[Finding], checked: list[Checked], arguments: argparse.Namespace) -> None:
    objects = sum(len(one.result.items) for one in checked)
    safe = sum(finding.applicability is Applicability.SAFE for finding in findings)
    unsafe = sum(finding.applicability is Applicability.UNSAFE for finding in findings)
    print(
        f"autofix: {_count(len(findings), 'finding')} in {_count(objects, 'object')}, {safe} with a safe fix",
        file=sys.stderr,
    )
    if unsafe and not arguments.unsafe_fixes:
        print(f"autofix: {unsafe} more can be fixed with --unsafe-fixes", file=sys.stderr)
    if arguments.output == "diff" and any(one.result.patch.patch for one in checked):
        print(
            "autofix: the diff is of each object as YAML; comments and layout are not in it", file=sys.stderr
        )
    if arguments.output == "diff" and len(findings) > safe:
        print("autofix: -o text shows the findings themselves", file=sys.stderr)
    if findings and not arguments.linkerd:
        print("autofix: the Linkerd release is not known; name it with --linkerd", file=sys.stderr)
