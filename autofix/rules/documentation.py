"""Where readers find our documents: below the one address that the metadata of the package names."""

from __future__ import annotations

from functools import cache
from typing import Final

_DISTRIBUTION: Final = "linkerd-autofix"
_LABEL: Final = "Documentation"


def address(document: str, anchor: str) -> str | None:
    """Return the address of a part of a document.

    Args:
        document: a file in ``docs/``, such as ``rules.md``.
        anchor: the anchor of a heading in it.

    Returns:
        The address; None when the package is not installed, so that nothing names a base.

    Source: Python packaging, "Core metadata specifications", Project-URL.
    """
    base = _base()
    return f"{base}/{document}#{anchor}" if base else None


@cache
def _base() -> str | None:
    # It loads slowly, and few runs print an address.
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        urls = metadata(_DISTRIBUTION).get_all("Project-URL") or ()
    except PackageNotFoundError:
        return None
    labelled = (url.partition(",") for url in urls)
    return next((url.strip() for label, _, url in labelled if label.strip() == _LABEL), None)
