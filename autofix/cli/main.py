"""Entry point: parse, run one command, turn errors into messages and exit codes."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

from autofix.cli import exit_codes, streams
from autofix.cli.output import say
from autofix.errors import AutofixError

# Documents are many small objects without circles among them: the usual search for those, after every 700
# of them, takes a fifth of the time of a long run.
_OBJECTS_BETWEEN_SEARCHES = (50_000, 20, 100)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


_ASK_A_CLUSTER = ("scan", "doctor", "probe")


def _run(arguments: argparse.Namespace) -> int:
    """Run a command, whose module is imported only now: no command needs what another one does.

    Raises:
        AutofixError: when a package that the command needs is not installed.
    """
    name: str = arguments.command
    try:
        module = import_module(f"autofix.cli.{name}")
    except ModuleNotFoundError as error:
        extra = "[cluster]" if name in _ASK_A_CLUSTER else ""
        raise AutofixError(f"{name} needs {error.name}: install linkerd-autofix{extra}") from None
    code: int = module.__dict__[name](arguments)
    return code


def run() -> int:
    """Run the command line as all that a process is for, and end the process.

    Returns:
        The exit code, where the process has to end in Python's own way.
    """
    streams.let_errors_be_lost()
    try:
        code = _answer(None)
    except KeyboardInterrupt:
        # Once more, while the first one was answered.
        code = exit_codes.INTERRUPTED
    # A client of a cluster has temporary files to remove.
    asks = not set(_ASK_A_CLUSTER).isdisjoint(sys.argv[1:2])
    if asks or sys.stdout is None:
        return code
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        # Python tries once more, and says why.
        return code
    # All is written. Python would take every module and document apart, which is an eighth of a short run.
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments without the program's name; None for those of the process.

    Returns:
        The exit code, one of ``autofix.cli.exit_codes``.
    """
    usual = gc.get_threshold()
    try:
        return _answer(argv)
    finally:
        # Python searches at once then, which a process that ends can do without.
        gc.set_threshold(*usual)


def _answer(argv: Sequence[str] | None) -> int:
    given = sys.argv[1:] if argv is None else argv
    if closed := streams.prepare(given):
        say(f"error: standard {closed} is closed; open it")
        return exit_codes.ABNORMAL
    try:
        gc.set_threshold(*_OBJECTS_BETWEEN_SEARCHES)
        # Imported here: they load many small objects, too.
        from autofix.cli.arguments import parser
        from autofix.cli.config import settings

        try:
            arguments = parser(settings(os.getcwd(), os.environ), given).parse_args(given)
        except SystemExit:
            # It has said what it was asked for, or what is wrong.
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
        # Nothing more can be said there, and Python must not try to at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.ABNORMAL
    except Exception as error:  # noqa: BLE001  # a defect of ours is no reason for a page of code on a screen
        told = f"{type(error).__name__}: {error}"
        say(f"error: internal error: {told}; please report it with the input")
        return exit_codes.ABNORMAL
    return code
