"""``autofix rules``: the rules' pages."""

from __future__ import annotations

import argparse

from autofix.cli import exit_codes
from autofix.cli.output import put
from autofix.errors import AutofixError
from autofix.rules.pages import page
from autofix.rules.registry import RULES


def rules(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix rules --help``.

    Args:
        arguments: the command's.

    Returns:
        The exit code.

    Raises:
        AutofixError: when no rule has the code.
    """
    if arguments.code is None:
        put(f"{rule.code}  {rule.title}" for rule in RULES.values())
        return exit_codes.CLEAN
    rule = RULES.get(arguments.code.upper())
    if rule is None:
        raise AutofixError(f"no rule has the code {arguments.code!r}; `autofix rules` lists them")
    put(f"# {rule.code}: {page(rule)}".split("\n"))
    return exit_codes.CLEAN
