"""``autofix scan``: show what is wrong in a cluster now, and repair it there."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable, Sequence
from time import monotonic

from autofix.cli.connection import connected, progress_bar, run_until_done
from autofix.cli.exit_codes import exit_code
from autofix.cli.options import options_from
from autofix.cli.output import ask, count, names, put_report, say, say_errors
from autofix.cli.scan_watch import watch
from autofix.cluster.evaluate import Evaluation
from autofix.cluster.inventory import Scope
from autofix.cluster.repair import repair, repairable
from autofix.cluster.scan import Scan
from autofix.cluster.scan import scan as scan_cluster
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.kubeapi.client import Api
from autofix.kubernetes.kinds import select_kinds
from autofix.report import FORMATS, Report
from autofix.report.manifests import manifests
from autofix.rules.context import Door
from autofix.rules.finding import Finding


def scan(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix scan --help``.

    Args:
        arguments: the command's.

    Returns:
        The exit code.

    Raises:
        AutofixError: when an option cannot be read, or the API server cannot be reached.
    """
    if arguments.dry_run and not arguments.fix:
        raise AutofixError("--dry-run=server is for --fix; without it nothing is written anyway")
    if arguments.watch and arguments.fix:
        raise AutofixError("--watch looks and --fix changes; give one of them")
    if arguments.fix and arguments.output != "table":
        raise AutofixError("--fix shows a diff; give no -o beside it")
    if arguments.watch and arguments.output == "html":
        raise AutofixError("-o html is one page; give another format with --watch")
    if arguments.metrics_port is not None and not arguments.watch:
        raise AutofixError("--metrics-port is for --watch")
    return run_until_done(_scan(arguments, options_from(arguments, Door.CLUSTER)))


async def _scan(arguments: argparse.Namespace, options: Options) -> int:
    kinds, custom = select_kinds(arguments.kinds)
    async with connected(arguments) as api:
        namespace = "" if arguments.all_namespaces else arguments.namespace or api.namespace
        scope = Scope(kinds, custom, namespace, arguments.selector or "")

        warnings: set[str] = set()

        async def scan_once() -> Scan:
            start = monotonic()
            with progress_bar(quiet=arguments.quiet) as progress:
                result = await scan_cluster(
                    api, scope, options, linkerd_namespace=arguments.linkerd_namespace, progress=progress
                )
            say_errors(result.problems)
            if not arguments.quiet and (result.objects or not result.problems):
                _warn(result, warnings)
                _summarise(result, monotonic() - start)
            return result

        if arguments.watch:
            return await watch(
                arguments,
                scan_once,
                lambda result: list(FORMATS[_format(arguments)](_report(result))),
                lambda lines: _show(arguments, lines),
            )
        report = _report(result := await scan_once())
        say_errors(file.problem for file in report.files if file.problem)
        if arguments.fix:
            return await _fix(api, arguments, result, report)
    _show(arguments, FORMATS[_format(arguments)](report))
    return exit_code(
        (finding for file in report.files for finding in file.findings),
        abnormal=bool(result.problems),
        zero=arguments.exit_zero,
    )


def _format(arguments: argparse.Namespace) -> str:
    form: str = "statistics" if arguments.statistics else arguments.output
    return form


def _report(result: Scan) -> Report:
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    return Report(manifests(result.evaluations), result.problems, result, width)


def _show(arguments: argparse.Namespace, lines: Iterable[str]) -> None:
    put_report(lines, _format(arguments), color=arguments.color)
    sys.stdout.flush()


def _warn(result: Scan, warnings: set[str]) -> None:
    """Say what is not known of the cluster; repeat no warning in a later scan."""
    if result.options.release.known:
        return
    unreadable = [f"cannot read {source}" for source in result.unknowns]
    for warning in (*unreadable, "the Linkerd release is not known; name it with --linkerd"):
        if warning not in warnings:
            warnings.add(warning)
            say(f"warning: {warning}")


def _summarise(result: Scan, seconds: float) -> None:
    options = result.options
    version = f", Kubernetes {options.kubernetes}" if options.kubernetes else ""
    findings = sum(len(evaluation.result.findings) for evaluation in result.evaluations)
    say(
        f"{count(findings, 'finding')} in {count(result.objects, 'object')}, read in {seconds:.1f} s "
        f"(Linkerd {options.release.text}{version})"
    )


async def _fix(api: Api, arguments: argparse.Namespace, result: Scan, report: Report) -> int:
    put_report(FORMATS["diff"](report), "diff", color=arguments.color)
    objects = repairable(result.evaluations)
    if objects and not arguments.yes and not _is_confirmed(objects, dry_run=bool(arguments.dry_run)):
        say("nothing was changed")
        objects = []
    done: set[int] = set()
    try:
        for evaluation in objects:
            try:
                manager = await repair(api, evaluation, dry_run=bool(arguments.dry_run))
            except AutofixError as error:
                say_errors([error])
                continue
            done.add(id(evaluation))
            _say_patched(evaluation, manager, arguments)
    finally:
        if len(done) < len(objects):
            say(f"patched {len(done)} of {count(len(objects), 'object')}")
    left = _left(result.evaluations, set() if arguments.dry_run else done)
    if not arguments.quiet:
        say(f"{count(len(left), 'finding')} left; `autofix scan` shows them")
    abnormal = bool(result.problems) or len(done) < len(objects)
    return exit_code(left, abnormal=abnormal, zero=arguments.exit_zero)


def _say_patched(evaluation: Evaluation, manager: str, arguments: argparse.Namespace) -> None:
    if arguments.quiet:
        return
    verb = "would patch" if arguments.dry_run else "patched"
    say(f"{verb} {evaluation.reference}")
    if manager:
        say(f"warning: {manager} manages {evaluation.reference} and may put it back: correct its source, too")


def _left(objects: Sequence[Evaluation], done: set[int]) -> list[Finding]:
    return [
        finding
        for evaluation in objects
        for finding in (evaluation.result.remaining if id(evaluation) in done else evaluation.result.findings)
    ]


def _is_confirmed(objects: Sequence[Evaluation], *, dry_run: bool) -> bool:
    """Ask the user at the terminal."""
    if dry_run:
        return True
    if not sys.stdin.isatty():
        raise AutofixError("--fix asks before it writes, and there is no terminal: give --yes")
    restarted = [
        str(evaluation.reference)
        for evaluation in objects
        if evaluation.reference.kind in ("Deployment", "StatefulSet", "DaemonSet")
    ]
    restart = f" New pods will be made for {names(restarted)}." if restarted else ""
    ask(f"patch {count(len(objects), 'object')}?{restart} [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
