"""How help is laid out: as argparse does it, without the module that argparse loads to ask for the width."""

from __future__ import annotations

import argparse
import os
import sys

_COLUMNS = 80


def plain_help(prog: str) -> argparse.HelpFormatter:
    """Make argparse's usual formatter."""
    return argparse.HelpFormatter(prog, width=_width())


def raw_help(prog: str) -> argparse.HelpFormatter:
    """Make the formatter that leaves the lines of a description as they are."""
    return argparse.RawDescriptionHelpFormatter(prog, width=_width())


def _width() -> int:
    """Ask as ``shutil.get_terminal_size`` does: the environment first, then the terminal."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns) - 2
    try:
        stream = sys.__stdout__
        return ((stream and os.get_terminal_size(stream.fileno()).columns) or _COLUMNS) - 2
    except (ValueError, OSError):
        return _COLUMNS - 2
