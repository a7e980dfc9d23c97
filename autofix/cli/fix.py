"""``autofix fix``: repair files in place, or a stream on its way."""

from __future__ import annotations

from autofix.cli.inputs import STDIN, begin
from autofix.errors import AutofixError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def fix(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix fix --help``.

    Raises:
        AutofixError: when an option cannot be read.
    """
    if STDIN in arguments.paths:
        # Imported here: where nothing concerns Linkerd, the library is not needed.
        from autofix.cli.stream import pass_through

        return pass_through(arguments)
    errors: list[AutofixError] = []
    found = begin(arguments, errors, idle="fixed 0 files, 0 findings left")
    if isinstance(found, int):
        return found
    from autofix.cli.fixing import repair

    return repair(arguments, found, errors)
