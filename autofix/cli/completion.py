"""``autofix completion``: a script that completes commands and flags in a shell."""

from __future__ import annotations

import argparse

from autofix.cli import exit_codes
from autofix.cli.output import put_text

SHELLS = ("bash", "zsh", "tcsh")


def completion(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix completion --help``."""
    # Imported here: only this command needs it.
    import shtab

    put_text(f"{shtab.complete(arguments.parser, shell=arguments.shell)}\n")
    return exit_codes.CLEAN
