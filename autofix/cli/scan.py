"""``autofix scan``: what is wrong in a cluster now, and repairing it there."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from time import monotonic

from autofix.cli.cluster import connected, run_until_done, shown
from autofix.cli.common import chosen, count, exit_code, some
from autofix.cli.inputs import complain
from autofix.cli.monitor import watch
from autofix.cli.output import ask, say
from autofix.cli.previewing import statistics
from autofix.cli.showing import show_lines
from autofix.cluster.evaluate import Evaluation
from autofix.cluster.inventory import Scope
from autofix.cluster.repair import repair, repairable
from autofix.cluster.scan import Scan
from autofix.cluster.scan import scan as look
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.kubeapi.client import Api
from autofix.kubernetes.kinds import select_kinds
from autofix.report import FORMATS, as_diff, as_html, as_json, as_table
from autofix.report.live import as_files
from autofix.rules.finding import Finding
from autofix.text.check import CheckedFile


def scan(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix scan --help``.

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
    wanted = chosen(arguments)
    return run_until_done(_scan(arguments, wanted))


async def _scan(arguments: argparse.Namespace, wanted: Options) -> int:
    kinds, custom = select_kinds(arguments.kinds)
    async with connected(arguments) as api:
        namespace = "" if arguments.all_namespaces else arguments.namespace or api.namespace
        scope = Scope(kinds, custom, namespace, arguments.selector or "")

        warned: set[str] = set()

        async def once() -> Scan:
            started = monotonic()
            with shown(quiet=arguments.quiet) as progress:
                seen = await look(
                    api, scope, wanted, linkerd_namespace=arguments.linkerd_namespace, progress=progress
                )
            complain(seen.problems)
            if not arguments.quiet and (seen.objects or not seen.problems):
                _warn(seen, warned)
                _summarise(seen, monotonic() - started)
            return seen

        if arguments.watch:
            return await watch(
                arguments,
                once,
                lambda seen: list(_lines(arguments, seen, as_files(seen.evaluations))),
                lambda lines: _show(arguments, lines),
            )
        seen = await once()
        files = as_files(seen.evaluations)
        complain(one.problem for one in files if one.problem)
        if arguments.fix:
            return await _fix(api, arguments, seen, files)
    _show(arguments, _lines(arguments, seen, files))
    return exit_code(
        (finding for one in files for finding in one.findings),
        abnormal=bool(seen.problems),
        zero=arguments.exit_zero,
    )


def _lines(arguments: argparse.Namespace, seen: Scan, files: Sequence[CheckedFile]) -> Iterator[str]:
    if arguments.statistics:
        return statistics(files)
    if arguments.output == "table":
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        return as_table.render(seen.evaluations, files, width)
    if arguments.output == "html":
        return as_html.render(seen, files)
    if arguments.output == "json":
        return as_json.render(files, seen.problems, [_about(one) for one in seen.evaluations])
    return FORMATS[arguments.output](files, seen.problems)


def _show(arguments: argparse.Namespace, lines: Iterable[str]) -> None:
    show_lines(lines, "statistics" if arguments.statistics else arguments.output, color=arguments.color)
    sys.stdout.flush()


def _about(one: Evaluation) -> dict[str, str | None]:
    return {
        "today": one.today or None,
        "after": one.after or None,
        "owner": str(one.owner) if one.owner else None,
    }


def _warn(seen: Scan, warned: set[str]) -> None:
    """Say once what is not known of the cluster, where that matters."""
    if seen.options.release.known:
        return
    unknown = "the Linkerd release is not known; name it with --linkerd"
    for words in (*(f"cannot read {lacking}" for lacking in seen.unknowns), unknown):
        if words not in warned:
            warned.add(words)
            say(f"warning: {words}")


def _summarise(seen: Scan, seconds: float) -> None:
    options = seen.options
    version = f", Kubernetes {options.kubernetes}" if options.kubernetes else ""
    findings = sum(len(one.result.findings) for one in seen.evaluations)
    say(
        f"{count(findings, 'finding')} in {count(seen.objects, 'object')}, read in {seconds:.1f} s "
        f"(Linkerd {options.release.text}{version})"
    )


async def _fix(api: Api, arguments: argparse.Namespace, seen: Scan, files: Sequence[CheckedFile]) -> int:
    show_lines(as_diff.render(files, ()), "diff", color=arguments.color)
    patched = repairable(seen.evaluations)
    if patched and not arguments.yes and not _agreed(patched, dry_run=bool(arguments.dry_run)):
        say("nothing was changed")
        patched = []
    done: set[int] = set()
    try:
        for one in patched:
            try:
                tool = await repair(api, one, dry_run=bool(arguments.dry_run))
            except AutofixError as error:
                complain([error])
                continue
            done.add(id(one))
            _say_done(one, tool, arguments)
    finally:
        if len(done) < len(patched):
            say(f"patched {len(done)} of {count(len(patched), 'object')}")
    left = _left(seen.evaluations, set() if arguments.dry_run else done)
    if not arguments.quiet:
        say(f"{count(len(left), 'finding')} left; `autofix scan` shows them")
    abnormal = bool(seen.problems) or len(done) < len(patched)
    return exit_code(left, abnormal=abnormal, zero=arguments.exit_zero)


def _say_done(one: Evaluation, tool: str, arguments: argparse.Namespace) -> None:
    if arguments.quiet:
        return
    verb = "would patch" if arguments.dry_run else "patched"
    say(f"{verb} {one.reference}")
    if tool:
        say(f"warning: {tool} manages {one.reference} and may put it back: correct its source, too")


def _left(found: Sequence[Evaluation], done: set[int]) -> list[Finding]:
    return [
        finding
        for one in found
        for finding in (one.result.remaining if id(one) in done else one.result.findings)
    ]


def _agreed(patched: Sequence[Evaluation], *, dry_run: bool) -> bool:
    """Ask the person at the terminal."""
    if dry_run:
        return True
    if not sys.stdin.isatty():
        raise AutofixError("--fix asks before it writes, and there is no terminal: give --yes")
    rolled = [
        str(one.reference)
        for one in patched
        if one.reference.kind in ("Deployment", "StatefulSet", "DaemonSet")
    ]
    restart = f" New pods will be made for {some(rolled)}." if rolled else ""
    ask(f"patch {count(len(patched), 'object')}?{restart} [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")
