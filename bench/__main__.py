"""Runs the benchmarks and prints their table: ``python -m bench [SECTION…]``."""

from __future__ import annotations

import argparse
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Final

from bench.figure import Figure, table

# Each a module with a function `measure` that returns figures.
SECTIONS: Final = ("library", "startup", "cli", "webhook", "scaling", "memory", "pods", "hostile")
_README: Final = Path(__file__).with_name("README.md")
_BEGIN, _END = "<!-- table: begin -->\n", "<!-- table: end -->\n"


def main() -> int:
    """Run the sections that were asked for; all of them without any."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; default: all"
    )
    parser.add_argument("--write", action="store_true", help="put the table of all sections into README.md")
    chosen = parser.parse_args()
    if unknown := set(chosen.sections) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    figures: list[Figure] = []
    for name in chosen.sections or SECTIONS:
        started = time.monotonic()
        figures += import_module(f"bench.{name}").measure()
        print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    print(table(figures))
    if chosen.write:
        _write(table(figures))
    return 0


def _write(text: str) -> None:
    head, _, rest = _README.read_text(encoding="utf-8").partition(_BEGIN)
    _README.write_text(f"{head}{_BEGIN}{text}\n{_END}{rest.partition(_END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
