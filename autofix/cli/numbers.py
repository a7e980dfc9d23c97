"""Numbers on the command line, each within its bounds."""

from __future__ import annotations

_PORTS = 65536
_LONGEST_SECONDS = 7 * 24 * 3600


def seconds(text: str) -> float:
    """Read a time to wait.

    Raises:
        ValueError: as argparse wants it, when the text is none.
    """
    wait = float(text)
    if not 0 < wait < _LONGEST_SECONDS:
        raise ValueError(text)
    return wait


def port(text: str) -> int:
    """Read a port; 0 takes a free one.

    Raises:
        ValueError: as argparse wants it, when the text is none.
    """
    number = int(text)
    if not 0 <= number < _PORTS:
        raise ValueError(text)
    return number
