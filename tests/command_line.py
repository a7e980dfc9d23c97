"""What a test gets to run the command line with, and what a run of it gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


class Run(Protocol):
    """Run the command line with these arguments, in a folder of the test's own."""

    def __call__(self, *argv: str, stdin: bytes = b"", chdir: bool = True) -> Ended: ...


# Write a file of this name and text into the folder of the test.
Write = Callable[[str, str], Path]
