"""``autofix scan --fix``: show the changes, ask, and patch the objects."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence

from autofix.cli.connection import cluster_name
from autofix.cli.exit_codes import exit_code
from autofix.cli.output import ask, count, names, put_report, say, say_errors
from autofix.cluster.evaluate import Evaluation
from autofix.cluster.managers import read_managers
from autofix.cluster.models import Reference
from autofix.cluster.repair import repair, repairable
from autofix.cluster.scan import Scan
from autofix.errors import AutofixError
from autofix.kubeapi.client import Api
from autofix.report import FORMATS, Report
from autofix.rules.finding import Finding

_MAKE_NEW_PODS = ("Deployment", "StatefulSet", "DaemonSet")


async def fix(api: Api, arguments: argparse.Namespace, result: Scan, report: Report) -> int:
    """Patch what can be patched, if the user agrees.

    Args:
        api: the connection.
        arguments: the command's.
        result: the scan.
        report: its report.

    Returns:
        The exit code.

    Raises:
        AutofixError: when nobody can be asked.
        aiohttp.ClientError, OSError, TimeoutError: when the server cannot be reached.
    """
    put_report(FORMATS["diff"](report), "diff", color=arguments.color)
    sys.stdout.flush()
    objects = repairable(result.evaluations)
    if objects:
        # Nobody is asked before a trial; who may undo it is good to know all the same.
        is_asked = not (arguments.yes or arguments.dry_run)
        if is_asked and not sys.stdin.isatty():
            raise AutofixError("--fix asks before it writes, and there is no terminal: give --yes")
        _say_plan(cluster_name(api), objects, await read_managers(api, objects), arguments)
        if is_asked and not _is_confirmed(objects):
            say("nothing was changed")
            objects = []
    done = await _repair(api, objects, arguments)
    left = _left(result.evaluations, set() if arguments.dry_run else done)
    if not arguments.quiet:
        say(f"{count(len(left), 'finding')} left; `autofix scan` shows them")
    abnormal = bool(result.problems) or len(done) < len(objects)
    return exit_code(left, abnormal=abnormal, zero=arguments.exit_zero)


async def _repair(api: Api, objects: Sequence[Evaluation], arguments: argparse.Namespace) -> set[int]:
    """Patch the objects one by one; return the ids of the evaluations that are done."""
    verb = "would patch" if arguments.dry_run else "patched"
    done: set[int] = set()
    try:
        for evaluation in objects:
            try:
                await repair(api, evaluation, dry_run=bool(arguments.dry_run))
            except AutofixError as error:
                say_errors([error])
                continue
            done.add(id(evaluation))
            if not arguments.quiet:
                say(f"{verb} {evaluation.reference}")
    finally:
        if len(done) < len(objects):
            say(f"{verb} {len(done)} of {count(len(objects), 'object')}")
    return done


def _say_plan(
    cluster: str,
    objects: Sequence[Evaluation],
    managers: Mapping[str, Sequence[Reference]],
    arguments: argparse.Namespace,
) -> None:
    """Say which cluster will be changed, and who may undo it."""
    if arguments.quiet and (arguments.yes or arguments.dry_run):
        return
    say(f"{cluster}: {count(len(objects), 'object')} to patch")
    references = [evaluation.reference for evaluation in objects]
    if restarted := [str(reference) for reference in references if reference.kind in _MAKE_NEW_PODS]:
        say(f"New pods will be made for {names(restarted)}")
    for tool, owned in managers.items():
        say(
            f"warning: {tool} manages {names(list(map(str, owned)))} and may put the old text back: "
            "correct the source, too"
        )


def _is_confirmed(objects: Sequence[Evaluation]) -> bool:
    ask(f"patch {count(len(objects), 'object')}? [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _left(objects: Sequence[Evaluation], done: set[int]) -> list[Finding]:
    return [
        finding
        for evaluation in objects
        for finding in (evaluation.result.remaining if id(evaluation) in done else evaluation.result.findings)
    ]
