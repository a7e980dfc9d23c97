"""``autofix scan``: show what is wrong in a cluster now, and repair it there."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from time import monotonic
from typing import Final

from aiohttp import ClientError

from autofix.cli.connection import connected, progress_bar, run_until_done
from autofix.cli.exit_codes import exit_code
from autofix.cli.options import options_from
from autofix.cli.output import put_pieces, put_report, say_errors
from autofix.cli.scan_fix import fix
from autofix.cli.scan_messages import problems, say_problems, say_summary
from autofix.cli.scan_watch import watch
from autofix.cluster.inventory import Progress
from autofix.cluster.scan import Scan
from autofix.cluster.scan import scan as scan_cluster
from autofix.cluster.scope import Scope, read_scope
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.kubeapi.client import Api, ApiError
from autofix.kubeapi.contexts import select_contexts
from autofix.report import FORMATS, Report, as_table
from autofix.report.manifests import manifests
from autofix.rules.context import Door

_TABLES: Final = ("table", "wide")
# Clusters that are scanned at the same time.
_CLUSTERS_AT_ONCE: Final = 4


def scan(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix scan --help``.

    Args:
        arguments: the command's.

    Returns:
        The exit code.

    Raises:
        AutofixError: when an option cannot be read, or the API server cannot be reached.
    """
    _check(arguments)
    options = options_from(arguments, Door.CLUSTER)
    # What names nothing is an error before anybody is asked.
    _scope(arguments, "default")
    contexts = select_contexts(
        arguments.kubeconfig or "", arguments.context or "", is_all=arguments.all_contexts
    )
    if len(contexts) == 1 and not arguments.all_contexts:
        # A comma at the end of the name is gone.
        single = argparse.Namespace(**{**vars(arguments), "context": contexts[0]})
        return run_until_done(_scan(single, options))
    if arguments.watch or arguments.fix:
        raise AutofixError("--watch and --fix are for one cluster; name one context")
    return run_until_done(_scan_several(arguments, options, contexts))


def _check(arguments: argparse.Namespace) -> None:
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
    if arguments.all_contexts and arguments.context:
        raise AutofixError("--all-contexts names every context; leave --context out")


def _scope(arguments: argparse.Namespace, namespace: str) -> Scope:
    """Read what to look at; a Namespace is given for users who name none."""
    words = arguments.namespace or namespace
    namespaces = tuple(dict.fromkeys(name for word in words.split(",") if (name := word.strip())))
    if not namespaces:
        raise AutofixError(f'-n "{words}" names no Namespace')
    return read_scope(
        arguments.kinds, () if arguments.all_namespaces else namespaces, arguments.selector or ""
    )


async def _scan(arguments: argparse.Namespace, options: Options) -> int:
    async with connected(arguments) as api:
        if arguments.watch:
            with progress_bar(quiet=True) as progress:
                once = partial(_scan_cluster, api, arguments, options, progress)
                return await watch(arguments, once, partial(_report, arguments))
        start = monotonic()
        with progress_bar(quiet=arguments.quiet) as progress:
            result = await _scan_cluster(api, arguments, options, progress)
        seconds = monotonic() - start
        if not arguments.fix:
            return _finish(arguments, [result], [], seconds)
        say_problems([result], [])
        if not arguments.quiet:
            say_summary([result], [], seconds)
        report = _report(arguments, [result])
        say_errors(file.problem for file in report.files if file.problem)
        return await fix(api, arguments, result, report)


async def _scan_several(arguments: argparse.Namespace, options: Options, contexts: Sequence[str]) -> int:
    start = monotonic()
    limit = asyncio.Semaphore(_CLUSTERS_AT_ONCE)

    async def scan_context(context: str, progress: Progress) -> Scan | AutofixError:
        try:
            async with limit, connected(arguments, context) as api:
                return await _scan_cluster(api, arguments, options, _within(context, progress), context)
        except (AutofixError, ApiError, ClientError, OSError, TimeoutError) as error:
            return AutofixError(f"{context}: {str(error) or type(error).__name__}")

    with progress_bar(quiet=arguments.quiet) as progress:
        answers = await asyncio.gather(*(scan_context(context, progress) for context in contexts))
    scans = [answer for answer in answers if isinstance(answer, Scan)]
    failures = [answer for answer in answers if isinstance(answer, AutofixError)]
    return _finish(arguments, scans, failures, monotonic() - start)


def _within(context: str, progress: Progress) -> Progress:
    return lambda title, done, whole: progress(f"{context} {title}", done, whole)


async def _scan_cluster(
    api: Api, arguments: argparse.Namespace, options: Options, progress: Progress, context: str = ""
) -> Scan:
    return await scan_cluster(
        api,
        _scope(arguments, api.namespace),
        options,
        linkerd_namespace=arguments.linkerd_namespace,
        progress=progress,
        context=context,
    )


def _finish(
    arguments: argparse.Namespace, scans: Sequence[Scan], failures: Sequence[AutofixError], seconds: float
) -> int:
    report = _report(arguments, scans, failures)
    say_problems(scans, failures)
    say_errors(file.problem for file in report.files if file.problem)
    _show(arguments, report)
    if not arguments.quiet:
        # Below the table, where a person at a terminal sees it.
        say_summary(scans, failures, seconds)
    return exit_code(
        (finding for file in report.files for finding in file.findings),
        abnormal=bool(report.errors),
        zero=arguments.exit_zero,
    )


def _report(
    arguments: argparse.Namespace, scans: Sequence[Scan], failures: Sequence[AutofixError] = ()
) -> Report:
    return Report(
        [file for scan in scans for file in manifests(scan.evaluations, scan.context)],
        [*(problem for scan in scans for problem in problems(scan)), *failures],
        scans,
        shutil.get_terminal_size().columns if sys.stdout.isatty() else None,
        headers=not arguments.no_headers,
    )


def _show(arguments: argparse.Namespace, report: Report) -> None:
    form: str = "statistics" if arguments.statistics else arguments.output
    if form in _TABLES:
        put_pieces(as_table.lines(report, wide=form == "wide"), color=arguments.color)
    else:
        put_report(FORMATS[form](report), form, color=arguments.color)
    sys.stdout.flush()
