"""The library's options, read from the command line."""

from __future__ import annotations

import argparse

from autofix.engine.options import Options, options
from autofix.errors import AutofixError
from autofix.rules.context import Door


def options_from(arguments: argparse.Namespace, door: Door = Door.COMMAND_LINE) -> Options:
    """Read the library's options from the command line.

    Args:
        arguments: the command's.
        door: where the objects come in.

    Returns:
        The options.

    Raises:
        AutofixError: when a release, a version or a code cannot be read.
    """
    default: str | None = arguments.native_sidecar_default
    if default not in (None, "true", "false"):
        raise AutofixError(f"AUTOFIX_NATIVE_SIDECAR_DEFAULT={default}: write true or false")
    return options(
        release=arguments.linkerd,
        kubernetes=getattr(arguments, "kubernetes", None),
        default=None if default is None else default == "true",
        wait_before_exit=arguments.wait_before_exit_seconds,
        unsafe=getattr(arguments, "unsafe_fixes", False),
        select=getattr(arguments, "select", None),
        ignore=getattr(arguments, "ignore", None),
        door=door,
    )
