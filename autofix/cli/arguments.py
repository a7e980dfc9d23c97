"""The commands and their options."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import Final

from autofix._version import __version__
from autofix.linkerd.release import ACCEPTED_FORMS
from autofix.report import FORMATS

Command = Callable[[argparse.Namespace], int]

_EPILOG: Final = """\
exit codes: 0 nothing to do, 1 findings or a diff, 2 anything abnormal, unreadable input included.
Data goes to standard output, everything else to standard error."""


def parser(*, preview: Command, fix: Command, explain: Command, rules: Command) -> argparse.ArgumentParser:
    """Build the argument parser.

    Args:
        preview, fix, explain, rules: the functions that run the commands; each takes the parsed arguments and
            returns an exit code.
    """
    top = argparse.ArgumentParser(
        prog="autofix",
        description="Finds and repairs Linkerd native-sidecar annotations that Linkerd silently ignores.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"autofix {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _preview(commands.add_parser("preview", help="show what would change; write nothing"), preview)
    _fix(commands.add_parser("fix", help="repair files in place; with -, standard input on its way"), fix)
    _explain(commands.add_parser("explain", help="say what Linkerd would do with each pod, and why"), explain)
    _rules(commands.add_parser("rules", help="list the rules, or show a rule's page"), rules)
    return top


def _preview(command: argparse.ArgumentParser, run: Command) -> None:
    _inputs(command)
    _output(command, tuple(FORMATS))
    _wanted(command)
    _talk(command)
    command.set_defaults(run=run)


def _fix(command: argparse.ArgumentParser, run: Command) -> None:
    _inputs(command)
    _wanted(command)
    _talk(command)
    command.set_defaults(run=run)


def _wanted(command: argparse.ArgumentParser) -> None:
    _cluster(command)
    command.add_argument(
        "--kubernetes",
        metavar="VERSION",
        default=os.environ.get("AUTOFIX_KUBERNETES") or None,
        help="version of the API server, such as 1.33",
    )
    command.add_argument("--select", metavar="CODES", help="run only these rules: AFX101,AFX3 or ALL")
    command.add_argument("--ignore", metavar="CODES", help="do not run these rules")
    command.add_argument(
        "--unsafe-fixes", action="store_true", help="make fixes that change what runs today, too"
    )


def _explain(command: argparse.ArgumentParser, run: Command) -> None:
    _inputs(command)
    _output(command, ("text", "json"))
    _cluster(command)
    _talk(command)
    command.set_defaults(run=run)


def _rules(command: argparse.ArgumentParser, run: Command) -> None:
    command.add_argument("code", nargs="?", metavar="CODE", help="a rule's code, such as AFX101")
    command.set_defaults(run=run)


def _inputs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="files, folders, or - for standard input (default: this folder)",
    )
    command.add_argument(
        "--exclude",
        metavar="PATTERN",
        action="append",
        default=[],
        help="leave these out of the given folders, by a pattern as in .gitignore; may be repeated",
    )
    command.add_argument(
        "--include",
        metavar="PATTERN",
        action="append",
        default=[],
        help="read such files there too, beside *.yaml, *.yml and *.json: '*.tpl'; may be repeated",
    )


def _output(command: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    command.add_argument("-o", "--output", choices=formats, default=formats[0], help=f"default: {formats[0]}")


def _cluster(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("what is known of the cluster")
    group.add_argument(
        "-t",
        "--linkerd",
        metavar="RELEASE",
        default=os.environ.get("AUTOFIX_LINKERD") or None,
        help=f"Linkerd release: {ACCEPTED_FORMS}",
    )
    group.add_argument(
        "--native-sidecar-default",
        choices=("true", "false"),
        default=os.environ.get("AUTOFIX_NATIVE_SIDECAR_DEFAULT") or None,
        help="Helm's proxy.nativeSidecar (default: the chart's)",
    )
    group.add_argument(
        "--wait-before-exit-seconds",
        type=int,
        metavar="SECONDS",
        default=os.environ.get("AUTOFIX_WAIT_BEFORE_EXIT_SECONDS") or 0,
        help="Helm's proxy.waitBeforeExitSeconds (default: 0)",
    )


def _talk(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-q", "--quiet", action="store_true", help="say nothing but errors on standard error"
    )
