"""``autofix preview``: show what would change, write nothing."""

from __future__ import annotations

from autofix.cli.inputs import begin

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from autofix.errors import AutofixError


def preview(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix preview --help``.

    Raises:
        AutofixError: when an option cannot be read.
    """
    errors: list[AutofixError] = []
    found = begin(arguments, errors, idle="0 findings in 0 files, 0 with a safe fix")
    if isinstance(found, int):
        return found
    # Imported here: where nothing concerns Linkerd, the library is not needed.
    from autofix.cli.previewing import show

    return show(arguments, found, errors)
