"""The commands and their options."""

from __future__ import annotations

import argparse

from autofix import __version__
from autofix.cli.completion import SHELLS
from autofix.cli.help import plain_help, raw_help
from autofix.cli.numbers import port, seconds
from autofix.linkerd.forms import ACCEPTED_FORMS
from autofix.report import FORMATS
from autofix.report.printable import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, NoReturn

_EPILOG = """\
exit codes: 0 nothing to do, 1 findings or a diff, 2 anything abnormal, unreadable input included.
Data goes to standard output, everything else to standard error."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the arguments without handing on what is in them."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and exit."""
        super().error(escaped(message))


def parser(settings: Mapping[str, Any], given: Sequence[str]) -> argparse.ArgumentParser:
    """Build the argument parser.

    Args:
        settings: what is set beside the flags, by the name of the flag with underscores.
        given: the arguments that it will be asked to parse.
    """
    top = _Parser(
        prog="autofix",
        description="Finds and repairs Linkerd native-sidecar annotations that Linkerd silently ignores.",
        epilog=_EPILOG,
        formatter_class=raw_help,
    )
    top.add_argument("--version", action="version", version=f"autofix {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command", prog="autofix")
    commands.required = True
    # A command that is given needs no other one's options, except for completion.
    first = given[0] if given else ""
    wanted = (first,) if first in _COMMANDS and first != "completion" else tuple(_COMMANDS)
    for name in wanted:
        words, fill = _COMMANDS[name]
        command = commands.add_parser(name, help=words, formatter_class=plain_help)
        fill(command)
        known = {action.dest for action in command._actions}  # noqa: SLF001  # argparse has no other way to ask
        command.set_defaults(parser=top, **{dest: settings[dest] for dest in known & settings.keys()})
    return top


def _preview(command: argparse.ArgumentParser) -> None:
    _inputs(command)
    _output(command, tuple(FORMATS))
    _color(command)
    _statistics(command)
    _wanted(command)
    _exit_zero(command)
    _talk(command)


def _color(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour the output; auto: on a terminal, unless NO_COLOR is set (default: auto)",
    )


def _statistics(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--statistics", action="store_true", help="show how often each rule found something, and nothing else"
    )


def _fix(command: argparse.ArgumentParser) -> None:
    _inputs(command)
    _wanted(command)
    _exit_zero(command)
    command.add_argument(
        "--exit-non-zero-on-fix", action="store_true", help="exit with 1 when a file was fixed, too"
    )
    _talk(command)


def _exit_zero(command: argparse.ArgumentParser) -> None:
    command.add_argument("--exit-zero", action="store_true", help="exit with 0 even if findings are left")


def _wanted(command: argparse.ArgumentParser) -> None:
    _cluster(command)
    _kubernetes(command)
    command.add_argument("--select", metavar="CODES", help="run only these rules: AFX101,AFX3 or ALL")
    command.add_argument("--ignore", metavar="CODES", help="do not run these rules")
    command.add_argument(
        "--unsafe-fixes", action="store_true", help="make fixes that change what runs today, too"
    )


def _kubernetes(command: argparse.ArgumentParser) -> None:
    command.add_argument("--kubernetes", metavar="VERSION", help="version of the API server, such as 1.33")


def _explain(command: argparse.ArgumentParser) -> None:
    _inputs(command)
    _output(command, ("text", "json"))
    _cluster(command)
    _talk(command)


def _scan(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "kinds",
        nargs="*",
        metavar="KIND",
        help="kinds as kubectl names them: deploy,cj or rollouts.argoproj.io (default: all built-in ones)",
    )
    where = command.add_mutually_exclusive_group()
    where.add_argument("-n", "--namespace", metavar="NAME", help="look into this Namespace")
    where.add_argument("-A", "--all-namespaces", action="store_true", help="look into all Namespaces")
    command.add_argument("-l", "--selector", metavar="LABELS", help="look at objects with these labels only")
    _connection(command)
    _output(command, ("table", "html", *FORMATS))
    _color(command)
    _statistics(command)
    _wanted(command)
    _exit_zero(command)
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
        "--interval", type=seconds, metavar="SECONDS", default=60, help="between two scans (default: 60)"
    )
    watching.add_argument(
        "--metrics-port", type=port, metavar="PORT", help="serve Prometheus metrics there, on all addresses"
    )
    _talk(command)


def _doctor(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-n", "--namespace", metavar="NAME", help="Namespace in which a pod is tried, without being stored"
    )
    command.add_argument(
        "--configuration",
        metavar="NAME",
        default="linkerd-autofix",
        help="our MutatingWebhookConfiguration (default: linkerd-autofix)",
    )
    _connection(command)
    _output(command, ("text", "json"))
    _color(command)
    _cluster(command)
    _kubernetes(command)
    _exit_zero(command)
    _talk(command)


def _probe(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--image",
        default="docker.io/library/busybox:1.37",
        help="image with the command sleep (default: docker.io/library/busybox:1.37)",
    )
    command.add_argument(
        "--timeout", type=seconds, metavar="SECONDS", default=120, help="how long to wait (default: 120)"
    )
    command.add_argument("--keep", action="store_true", help="leave the Namespace behind for a look")
    _connection(command)
    _output(command, ("text", "json"))
    _cluster(command)
    _talk(command)


def _connection(command: argparse.ArgumentParser) -> None:
    command.add_argument("--context", metavar="NAME", help="context of the kubeconfig")
    command.add_argument("--kubeconfig", metavar="FILE", help="kubeconfig (default: as kubectl)")
    command.add_argument(
        "-L",
        "--linkerd-namespace",
        metavar="NAME",
        default="linkerd",
        help="the control plane's Namespace (default: linkerd)",
    )


def _rules(command: argparse.ArgumentParser) -> None:
    command.add_argument("code", nargs="?", metavar="CODE", help="a rule's code, such as AFX101")


def _completion(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "shell", choices=SHELLS, help="the shell; its own manual says how to load the script"
    )


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
        "--force-exclude",
        action="store_true",
        help="leave them out even where they are given by name, as pre-commit does",
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
        help=f"Linkerd release: {ACCEPTED_FORMS}",
    )
    group.add_argument(
        "--native-sidecar-default",
        choices=("true", "false"),
        help="Helm's proxy.nativeSidecar (default: the chart's)",
    )
    group.add_argument(
        "--wait-before-exit-seconds",
        type=int,
        metavar="SECONDS",
        default=0,
        help="Helm's proxy.waitBeforeExitSeconds (default: 0)",
    )


def _talk(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-q", "--quiet", action="store_true", help="say nothing but errors on standard error"
    )


_COMMANDS: Mapping[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "preview": ("show what would change; write nothing", _preview),
    "fix": ("repair files in place; with -, standard input on its way", _fix),
    "explain": ("say what Linkerd would do with each pod, and why", _explain),
    "scan": ("say what is wrong in a live cluster, and repair it there", _scan),
    "doctor": ("check that Kubernetes, Linkerd and the webhook fit together", _doctor),
    "probe": ("run a Job with a native sidecar, and see whether it completes", _probe),
    "krm": ("be a KRM function of kustomize or kpt: ResourceList in, ResourceList out", _wanted),
    "rules": ("list the rules, or show a rule's page", _rules),
    "completion": ("print a script that completes commands and flags in a shell", _completion),
}
