"""``autofix rules``: the pages of the rules, and of the checks of ``autofix doctor``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from autofix.cli import exit_codes
from autofix.cli.output import put
from autofix.cluster.doctor.registry import CHECKS, check_address, check_page
from autofix.errors import AutofixError
from autofix.rules.pages import page, page_address
from autofix.rules.registry import RULES


def rules(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix rules --help``.

    Args:
        arguments: the command's.

    Returns:
        The exit code.

    Raises:
        AutofixError: when no rule and no check has the name.
    """
    put(_list() if arguments.name is None else _page(arguments.name))
    return exit_codes.CLEAN


def _list() -> Iterator[str]:
    width = max(map(len, CHECKS))
    yield from (f"{rule.code}  {rule.title}" for rule in RULES.values())
    yield from (f"{check.name:{width}}  {check.title}" for check in CHECKS.values())


def _page(name: str) -> list[str]:
    """Return the lines of a page.

    Raises:
        AutofixError: when nothing has the name.
    """
    if rule := RULES.get(name.upper()):
        title, text, url = rule.code, page(rule), page_address(rule)
    elif check := CHECKS.get(name.lower()):
        title, text, url = check.name, check_page(check), check_address(check.name)
    else:
        raise AutofixError(f"no rule and no check of doctor is called {name!r}; `autofix rules` lists them")
    return [*f"# {title}: {text}".split("\n"), *(["", url] if url else [])]
