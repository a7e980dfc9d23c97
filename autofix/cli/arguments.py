"""The commands and their options."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from autofix import __version__
from autofix.cli import shared_arguments as shared
from autofix.cli.completion import SHELLS
from autofix.report import FILE_FORMATS, SCAN_FORMATS
from autofix.report.printable import escaped

_COLUMNS = 80
_PORTS = 65536
_LONGEST_SECONDS = 7 * 24 * 3600
_EPILOG = """\
exit codes: 0 nothing to do, 1 findings or a diff, 2 anything abnormal, such as unreadable input.
Data goes to standard output, everything else to standard error."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments, and escapes the text in them."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and exit."""
        super().error(escaped(message))


def _help_formatter(prog: str) -> argparse.HelpFormatter:
    """Leave the lines of the epilog as they are."""
    return argparse.RawDescriptionHelpFormatter(prog, width=_width())


def _width() -> int:
    """Return argparse's default width; argparse itself asks for it with a module that loads slowly."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns) - 2
    try:
        stream = sys.__stdout__
        return ((stream and os.get_terminal_size(stream.fileno()).columns) or _COLUMNS) - 2
    except (ValueError, OSError):
        return _COLUMNS - 2


# argparse puts the names of these two functions into its messages: "invalid seconds value".
def seconds(text: str) -> float:
    """Read a time to wait, in seconds.

    Raises:
        ValueError: when the text is no such time; argparse reports it.
    """
    number = float(text)
    if not 0 < number < _LONGEST_SECONDS:
        raise ValueError(text)
    return number


def port(text: str) -> int:
    """Read a port; 0 asks for a free port.

    Raises:
        ValueError: when the text is no port; argparse reports it.
    """
    number = int(text)
    if not 0 <= number < _PORTS:
        raise ValueError(text)
    return number


def parser(settings: Mapping[str, Any], argv: Sequence[str]) -> argparse.ArgumentParser:
    """Build the argument parser.

    Args:
        settings: settings from files and the environment, by the flag's name with underscores.
        argv: the arguments that the parser will parse, without the program's name.

    Returns:
        The parser; of the commands it has only the command in ``argv``, if that is enough.
    """
    top = _Parser(
        prog="autofix",
        description="Finds and repairs Linkerd native-sidecar annotations that Linkerd silently ignores.",
        epilog=_EPILOG,
        formatter_class=_help_formatter,
    )
    top.add_argument("--version", action="version", version=f"autofix {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command", prog="autofix")
    commands.required = True
    # A command needs only its own options; completion needs those of all commands.
    first = argv[0] if argv else ""
    names = (first,) if first in _COMMANDS and first != "completion" else tuple(_COMMANDS)
    for name in names:
        description, add_options = _COMMANDS[name]
        command = commands.add_parser(name, help=description, formatter_class=_help_formatter)
        add_options(command)
        known = {action.dest for action in command._actions}  # noqa: SLF001  # argparse has no other way to ask
        command.set_defaults(parser=top, **{dest: settings[dest] for dest in known & settings.keys()})
    return top


def _preview(command: argparse.ArgumentParser) -> None:
    shared.inputs(command)
    shared.output(command, FILE_FORMATS)
    shared.color(command)
    shared.statistics(command)
    shared.rules_and_cluster(command)
    shared.exit_zero(command)
    shared.quiet(command)


def _fix(command: argparse.ArgumentParser) -> None:
    shared.inputs(command)
    shared.rules_and_cluster(command)
    shared.exit_zero(command)
    command.add_argument(
        "--exit-non-zero-on-fix", action="store_true", help="also exit with 1 when a file was fixed"
    )
    shared.quiet(command)


def _explain(command: argparse.ArgumentParser) -> None:
    shared.inputs(command)
    shared.output(command, ("text", "json"))
    shared.cluster(command)
    shared.quiet(command)


def _scan(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "kinds",
        nargs="*",
        metavar="TYPE[/NAME]",
        help="types and objects as kubectl names them: deploy,cj, rollouts.argoproj.io or deploy/web "
        "(default: all built-in types)",
    )
    namespaces = command.add_mutually_exclusive_group()
    namespaces.add_argument(
        "-n", "--namespace", metavar="NAMES", help="look into this Namespace, or into several: shop,web"
    )
    namespaces.add_argument("-A", "--all-namespaces", action="store_true", help="look into all Namespaces")
    command.add_argument("-l", "--selector", metavar="LABELS", help="look at objects with these labels only")
    command.add_argument(
        "--all-contexts", action="store_true", help="look into the clusters of all contexts of the kubeconfig"
    )
    shared.connection(command, several=True)
    shared.output(command, SCAN_FORMATS)
    command.add_argument("--no-headers", action="store_true", help="leave out the first line of the table")
    shared.color(command)
    shared.statistics(command)
    shared.rules_and_cluster(command)
    shared.exit_zero(command)
    fixing = command.add_argument_group("repairing")
    fixing.add_argument(
        "--fix", action="store_true", help="show the changes, ask, and patch the objects; Pods never"
    )
    fixing.add_argument("-y", "--yes", action="store_true", help="do not ask")
    fixing.add_argument(
        "--dry-run", choices=("server",), help="let the server check the patches and store nothing"
    )
    watching = command.add_argument_group("watching")
    watching.add_argument("--watch", action="store_true", help="scan again and again, and show what changes")
    watching.add_argument(
        "--interval", type=seconds, metavar="SECONDS", default=60, help="time between two scans (default: 60)"
    )
    watching.add_argument(
        "--metrics-port",
        type=port,
        metavar="PORT",
        help="serve Prometheus metrics on this port, on all addresses",
    )
    shared.quiet(command)


def _doctor(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-n",
        "--namespace",
        metavar="NAME",
        help="Namespace in which doctor tries a pod; the API server does not store it",
    )
    command.add_argument(
        "--configuration",
        metavar="NAME",
        default="linkerd-autofix",
        help="our MutatingWebhookConfiguration (default: linkerd-autofix)",
    )
    shared.connection(command)
    shared.output(command, ("text", "json"))
    shared.color(command)
    shared.cluster(command)
    shared.kubernetes(command)
    shared.exit_zero(command)
    shared.quiet(command)


def _probe(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--image",
        default="docker.io/library/busybox:1.37",
        help="image with the command sleep (default: docker.io/library/busybox:1.37)",
    )
    command.add_argument(
        "--timeout", type=seconds, metavar="SECONDS", default=120, help="how long to wait (default: 120)"
    )
    command.add_argument(
        "--keep", action="store_true", help="keep the Namespace, so that you can look into it"
    )
    shared.connection(command)
    shared.output(command, ("text", "json"))
    shared.cluster(command)
    shared.quiet(command)


def _rules(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "name", nargs="?", metavar="NAME", help="a rule or a check of doctor, such as AFX101 or webhook-order"
    )


def _completion(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "shell", choices=SHELLS, help="the shell; its own manual says how to load the script"
    )


_COMMANDS: Mapping[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "preview": ("show what would change; write nothing", _preview),
    "fix": ("repair files in place; with -, copy standard input to standard output, fixed", _fix),
    "explain": ("say what Linkerd would do with each pod, and why", _explain),
    "scan": ("say what is wrong in a live cluster, and repair it there", _scan),
    "doctor": ("check that Kubernetes, Linkerd and the webhook fit together", _doctor),
    "probe": ("run a Job with a native sidecar, and see whether it completes", _probe),
    "krm": (
        "run as a KRM function of kustomize or kpt: ResourceList in, ResourceList out",
        shared.rules_and_cluster,
    ),
    "rules": ("list the rules and the checks of doctor, or show the page of one", _rules),
    "completion": ("print a script that completes commands and flags in a shell", _completion),
}
