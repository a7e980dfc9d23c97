"""Entry point: parse, run one command, turn errors into messages and exit codes."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from autofix.cli import exit_codes, streams
from autofix.cli.arguments import parser
from autofix.cli.config import settings
from autofix.cli.inputs import preflight
from autofix.cli.output import say
from autofix.cli.release import warn_of_newer
from autofix.errors import AutofixError

# Documents are many small objects without cycles: Python's usual search for cycles, after every 700 new
# objects, takes a fifth of the time of a long run.
_GC_THRESHOLD = (50_000, 20, 100)
_COMMANDS_ON_FILES = ("preview", "fix", "explain")
_COMMANDS_ON_CLUSTERS = ("scan", "doctor", "probe")


def _run(arguments: argparse.Namespace) -> int:
    """Run a command; its module is imported here, because no command needs the modules of the others.

    Raises:
        AutofixError: when a package that the command needs is not installed.
    """
    name: str = arguments.command
    if "linkerd" in arguments:
        warn_of_newer(arguments.linkerd, quiet=getattr(arguments, "quiet", False))
    inputs = preflight(arguments) if name in _COMMANDS_ON_FILES else None
    if isinstance(inputs, int):
        return inputs
    try:
        module = import_module(f"autofix.cli.{name}")
    except ModuleNotFoundError as error:
        extra = "[cluster]" if name in _COMMANDS_ON_CLUSTERS else ""
        raise AutofixError(f"{name} needs {error.name}: install linkerd-autofix{extra}") from None
    command = getattr(module, name)
    code: int = command(arguments) if inputs is None else command(arguments, inputs)
    return code


def run() -> int:
    """Run the command line in a process of its own.

    Returns:
        The exit code, one of ``autofix.cli.exit_codes``.
    """
    streams.ignore_failures_of_stderr()
    try:
        code = _run_command_line(sys.argv[1:])
        # Without this Python searches all objects for cycles at its exit: a tenth of the time of a short run.
        gc.freeze()
    except KeyboardInterrupt:
        # The user pressed Ctrl-C again, while the first was handled.
        return exit_codes.INTERRUPTED
    return code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line in a process that goes on.

    Args:
        argv: the arguments without the program's name; None for those of the process.

    Returns:
        The exit code, one of ``autofix.cli.exit_codes``.
    """
    threshold = gc.get_threshold()
    try:
        return _run_command_line(sys.argv[1:] if argv is None else argv)
    finally:
        gc.set_threshold(*threshold)


def _run_command_line(argv: Sequence[str]) -> int:
    if stream := streams.prepare(argv):
        say(f"error: standard {stream} is closed; open it")
        return exit_codes.ABNORMAL
    gc.set_threshold(*_GC_THRESHOLD)
    try:
        try:
            arguments = parser(settings(os.getcwd(), os.environ), argv).parse_args(argv)
        except SystemExit:
            # argparse has written its help, or has said what is wrong.
            sys.stdout.flush()
            raise
        code = _run(arguments)
        sys.stdout.flush()
    except AutofixError as error:
        say(f"error: {error}")
        return exit_codes.ABNORMAL
    except KeyboardInterrupt:
        say("interrupted")
        return exit_codes.INTERRUPTED
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            say(f"error: standard output: {error.strerror or error}")
        # Nothing more can be written there, and Python must not try it again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.ABNORMAL
    except Exception as error:  # noqa: BLE001  # a defect of ours is no reason for a traceback on the screen
        description = f"{type(error).__name__}: {error}"
        say(f"error: internal error: {description}; please report it with the input")
        return exit_codes.ABNORMAL
    return code
