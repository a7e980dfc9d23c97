"""``autofix doctor``: does everything in a cluster fit together?"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Final

from autofix import __version__
from autofix.cli import colour, exit_codes
from autofix.cli.connection import connected, run_until_done
from autofix.cli.options import options_from
from autofix.cli.output import put
from autofix.cluster.doctor.check import CheckResult, Verdict
from autofix.cluster.doctor.collect import collect_facts
from autofix.cluster.doctor.registry import check_address, run_checks
from autofix.engine.options import Options
from autofix.report.json_lines import json_lines

_WIDTH: Final = 24


def doctor(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix doctor --help``.

    Args:
        arguments: the command's.

    Returns:
        The exit code.

    Raises:
        AutofixError: when an option cannot be read, or the API server cannot be reached.
    """
    return run_until_done(_doctor(arguments, options_from(arguments)))


async def _doctor(arguments: argparse.Namespace, options: Options) -> int:
    async with connected(arguments) as api:
        facts = await collect_facts(
            api,
            options,
            linkerd_namespace=arguments.linkerd_namespace,
            ours=arguments.configuration,
            namespace=arguments.namespace or api.namespace,
        )
    checks = run_checks(facts)
    if arguments.output == "json":
        put(_as_json(checks))
    else:
        paint = colour.coloured_verdict if colour.is_on(arguments.color) else None
        put(_as_text(checks, arguments), paint=paint)
    bad = [check for check in checks if check.verdict is not Verdict.OK]
    return exit_codes.FINDINGS if bad and not arguments.exit_zero else exit_codes.CLEAN


def _as_text(checks: Sequence[CheckResult], arguments: argparse.Namespace) -> Iterator[str]:
    for check in checks:
        if arguments.quiet and check.verdict is Verdict.OK:
            continue
        mark = check.verdict.upper() if check.verdict is Verdict.FAIL else check.verdict.value
        yield f"{mark:{colour.VERDICT_WIDTH}}  {check.name:{_WIDTH}}{check.why}"
        if check.todo:
            yield f"{'':{_WIDTH + 6}}-> {check.todo}"
            url = check_address(check.name)
            yield f"{'':{_WIDTH + 6}}   autofix rules {check.name}" + (f", {url}" if url else "")
    numbers = {verdict: sum(check.verdict is verdict for check in checks) for verdict in Verdict}
    yield ", ".join(f"{number} {verdict.value}" for verdict, number in numbers.items())


def _as_json(checks: Sequence[CheckResult]) -> Iterator[str]:
    rows = [
        {
            "name": check.name,
            "verdict": check.verdict.value,
            "why": check.why,
            "todo": check.todo or None,
            "doc": check_address(check.name),
        }
        for check in checks
    ]
    return json_lines({"version": 1, "autofix": __version__, "checks": rows}, indent=2)
