"""Arguments that several commands share; each function adds them to the parser of a command."""

from __future__ import annotations

import argparse

from autofix.linkerd.release import ACCEPTED_FORMS


def color(command: argparse.ArgumentParser) -> None:
    """Add --color."""
    command.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="colour the output; auto: on a terminal, unless NO_COLOR is set (default: auto)",
    )


def statistics(command: argparse.ArgumentParser) -> None:
    """Add --statistics."""
    command.add_argument(
        "--statistics", action="store_true", help="show only how many findings each rule has"
    )


def exit_zero(command: argparse.ArgumentParser) -> None:
    """Add --exit-zero."""
    command.add_argument("--exit-zero", action="store_true", help="exit with 0 even if findings are left")


def rules_and_cluster(command: argparse.ArgumentParser) -> None:
    """Add the options that choose rules and fixes, and those that describe the cluster."""
    cluster(command)
    kubernetes(command)
    command.add_argument("--select", metavar="CODES", help="run only these rules: AFX101,AFX3 or ALL")
    command.add_argument("--ignore", metavar="CODES", help="do not run these rules")
    command.add_argument(
        "--unsafe-fixes", action="store_true", help="also make fixes that change what runs today"
    )


def kubernetes(command: argparse.ArgumentParser) -> None:
    """Add --kubernetes."""
    command.add_argument("--kubernetes", metavar="VERSION", help="version of the API server, such as 1.33")


def connection(command: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Add the options that say which cluster to ask, or which clusters."""
    more = ", or several: staging,production" if several else ""
    command.add_argument(
        "--context", metavar="NAMES" if several else "NAME", help=f"context of the kubeconfig{more}"
    )
    command.add_argument("--kubeconfig", metavar="FILE", help="kubeconfig (default: as kubectl)")
    command.add_argument(
        "-L",
        "--linkerd-namespace",
        metavar="NAME",
        default="linkerd",
        help="the control plane's Namespace (default: linkerd)",
    )


def inputs(command: argparse.ArgumentParser) -> None:
    """Add paths, and the options that choose files in folders."""
    command.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATH",
        help="files of any kind, folders, or - for standard input (default: this folder)",
    )
    command.add_argument(
        "--exclude",
        metavar="PATTERN",
        action="append",
        default=[],
        help="leave this pattern (as in .gitignore) out of the named folders; may be repeated",
    )
    command.add_argument(
        "--force-exclude",
        action="store_true",
        help="leave files out even if they are named, as pre-commit names them",
    )
    command.add_argument(
        "--include",
        metavar="PATTERN",
        action="append",
        default=[],
        help="in folders, also read this pattern, not only *.yaml, *.yml and *.json: '*.tf'; may be repeated",
    )


def output(command: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    """Add --output; the first format is the default."""
    command.add_argument("-o", "--output", choices=formats, default=formats[0], help=f"default: {formats[0]}")


def cluster(command: argparse.ArgumentParser) -> None:
    """Add the options that describe Linkerd in the cluster."""
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


def quiet(command: argparse.ArgumentParser) -> None:
    """Add --quiet."""
    command.add_argument("-q", "--quiet", action="store_true", help="write only errors on standard error")
