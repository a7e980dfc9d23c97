"""The rules' pages: their docstrings, with what they say about releases filled in from Linkerd's data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from autofix.linkerd import eras
from autofix.linkerd.annotations import extension_domains
from autofix.rules.documentation import address
from autofix.rules.registry import Rule


def _releases_that_deny() -> str:
    return " and ".join(f"{span.releases} ({span.edges})" for span in eras.releases_that_deny_a_wait())


def _releases_without() -> str:
    span = eras.releases_without_native_sidecars()
    return f"{span.minors[-1]} and older (edges before {span.end})"


def _extension_domains() -> str:
    return ", ".join(f"`{domain}`" for domain in sorted(extension_domains()))


# What a docstring may have for facts that stand in autofix/linkerd/data/.
PLACEHOLDERS: Final[dict[str, Callable[[], str]]] = {
    "{eras}": eras.table_of_keys_to_write,
    "{keys read}": eras.table_of_keys_read,
    "{deprecated keys}": eras.table_of_deprecated_keys,
    "{extension domains}": _extension_domains,
    "{releases that deny}": _releases_that_deny,
    "{releases without native sidecars}": _releases_without,
}


def page(rule: Rule) -> str:
    """Return a rule's page for users.

    Args:
        rule: the rule; its docstring may hold the ``PLACEHOLDERS``.

    Returns:
        The page in Markdown, without a line break at its end.
    """
    return filled(rule.page)


def page_address(rule: Rule) -> str | None:
    """Return the address of a rule's page.

    Args:
        rule: the rule.

    Returns:
        The address; None when nothing names a base.
    """
    return address("rules.md", rule.code.lower())


def filled(docstring: str) -> str:
    """Make a page of a docstring.

    Args:
        docstring: the docstring; it may hold the ``PLACEHOLDERS``.

    Returns:
        The page in Markdown, without a line break at its end.
    """
    text = docstring.strip()
    for placeholder, fill in PLACEHOLDERS.items():
        if placeholder in text:
            text = text.replace(placeholder, fill())
    return text
