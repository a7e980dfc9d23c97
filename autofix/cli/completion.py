"""``autofix completion``: a script that completes commands and flags in a shell."""

from __future__ import annotations

from autofix.cli import exit_codes

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

SHELLS = ("bash", "zsh", "tcsh")


def completion(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix completion --help``."""
    # Imported here: only this command needs it.
    import shtab

    print(shtab.complete(arguments.parser, shell=arguments.shell))
    return exit_codes.CLEAN
