"""The part of ``autofix preview`` that needs the library."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from autofix.cli.common import chosen, count, exit_code, read_files
from autofix.cli.inputs import complain
from autofix.cli.output import say
from autofix.cli.showing import show_lines
from autofix.report import FORMATS
from autofix.rules.finding import Applicability
from autofix.rules.registry import RULES
from autofix.text.check import CheckedFile, check_files, check_many

if TYPE_CHECKING:
    from autofix.cli.inputs import Input
    from autofix.errors import AutofixError

# Formats that say nothing of documents in which nothing was found.
_OF_FINDINGS: Final = ("diff", "text")
# Those that need the files' texts, and no values.
_OF_TEXTS: Final = ("diff",)


def show(arguments: argparse.Namespace, found: Iterable[Input], errors: list[AutofixError]) -> int:
    """Show what would change in the inputs; the rest of ``autofix preview``.

    Args:
        arguments: the command's.
        found: the inputs.
        errors: what could not be read so far.

    Raises:
        AutofixError: when an option cannot be read.
    """
    wanted = chosen(arguments)
    in_parts = wanted if arguments.statistics or arguments.output in _OF_FINDINGS else None
    files = read_files(arguments, found, errors, in_parts=in_parts)
    needs_values = not arguments.statistics and arguments.output not in _OF_TEXTS
    checked = check_files(tuple(files), wanted) if needs_values else check_many(files, wanted)
    problems = [one.problem for one in checked if one.problem]
    complain(problems)
    if arguments.statistics:
        lines = statistics(checked)
    else:
        lines = FORMATS[arguments.output](checked, [*errors, *problems])
    show_lines(lines, "statistics" if arguments.statistics else arguments.output, color=arguments.color)
    if not arguments.quiet:
        summarise(checked, arguments)
    return exit_code(
        (finding for one in checked for finding in one.findings),
        abnormal=bool(errors or problems),
        changed=any(one.text != one.file.text for one in checked),
        zero=arguments.exit_zero,
    )


def statistics(checked: Sequence[CheckedFile]) -> Iterator[str]:
    """Count the findings of each rule, the most frequent first; ``[*]`` marks those that can be fixed."""
    findings = [finding for one in checked for finding in one.findings]
    counts = Counter(finding.code for finding in findings)
    fixable = {finding.code for finding in findings if finding.fix}
    for code, number in sorted(counts.items(), key=lambda row: (-row[1], row[0])):
        yield f"{number:>5}  {code}  {'[*]' if code in fixable else '[ ]'}  {RULES[code].title}"


def summarise(checked: Sequence[CheckedFile], arguments: argparse.Namespace) -> None:
    """Say on standard error what was found, and what else could be asked for."""
    findings = [finding for one in checked for finding in one.findings]
    safe = sum(finding.applicability is Applicability.SAFE for finding in findings)
    unsafe = sum(finding.applicability is Applicability.UNSAFE for finding in findings)
    files = count(len({one.file.source for one in checked}), "file")
    marked = " [*]" if safe and arguments.output == "text" else ""
    say(f"{count(len(findings), 'finding')} in {files}, {safe} with a safe fix{marked}")
    if unsafe and not arguments.unsafe_fixes:
        marked = " [-]" if arguments.output == "text" else ""
        say(f"{unsafe} more can be fixed with --unsafe-fixes{marked}")
    if arguments.output == "diff" and len(findings) > safe:
        say("-o text shows the findings themselves")
    if findings and not arguments.linkerd:
        say("the Linkerd release is not known; name it with --linkerd")
