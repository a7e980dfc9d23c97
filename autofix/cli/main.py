"""Entry point: parse, run one command, turn errors into messages and exit codes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from autofix.cli import exit_codes
from autofix.cli.arguments import parser
from autofix.cli.cluster import late
from autofix.cli.completion import completion
from autofix.cli.config import settings
from autofix.cli.explain import explain
from autofix.cli.fix import fix
from autofix.cli.krm import krm
from autofix.cli.preview import preview
from autofix.cli.rules import rules
from autofix.errors import AutofixError

_RUN: Final = MappingProxyType(
    {
        "preview": preview,
        "fix": fix,
        "explain": explain,
        "krm": krm,
        "scan": late("scan"),
        "doctor": late("doctor"),
        "probe": late("probe"),
        "rules": rules,
        "completion": completion,
    }
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments without the program's name; None for those of the process.

    Returns:
        The exit code, one of ``autofix.cli.exit_codes``.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a character of somebody's manifest is no reason to stop.
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None or sys.stdin is None:
        print("autofix: error: standard input or output is closed; open it", file=sys.stderr)
        return exit_codes.ABNORMAL
    try:
        arguments = parser(_RUN, settings(Path.cwd(), os.environ)).parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except AutofixError as error:
        print(f"autofix: error: {error}", file=sys.stderr)
        return exit_codes.ABNORMAL
    except KeyboardInterrupt:
        print("autofix: interrupted", file=sys.stderr)
        return exit_codes.INTERRUPTED
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            print(f"autofix: error: standard output: {error.strerror or error}", file=sys.stderr)
        # Nothing more can be said there, and Python must not try to at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.ABNORMAL
    except Exception as error:  # noqa: BLE001  # a defect of ours is no reason for a page of code on a screen
        told = f"{type(error).__name__}: {error}"
        print(f"autofix: error: internal error: {told}; please report it with the input", file=sys.stderr)
        return exit_codes.ABNORMAL
    return code
