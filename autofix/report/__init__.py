"""Output formats: each is a function from a report to lines of text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from autofix.cluster.scan import Scan
    from autofix.errors import AutofixError
    from autofix.text.check import CheckedFile


class Report(NamedTuple):
    """What a format shows.

    Attributes:
        files: the files with their findings, in order.
        errors: what could not be read.
        scans: the scans of the clusters whose objects the files are, one file for each; none for files on a
            disk.
        width: the terminal's, in characters; None to write each finding on one line, however long.
        headers: whether a table begins with the names of its columns.
    """

    files: Sequence[CheckedFile]
    errors: Sequence[AutofixError] = ()
    scans: Sequence[Scan] = ()
    width: int | None = None
    headers: bool = True

    @property
    def has_contexts(self) -> bool:
        """Whether the objects are of several clusters."""
        return any(scan.context for scan in self.scans)


Format = Callable[[Report], Iterator[str]]
"""Yields the lines of the output, without their line ends."""


def _load_on_use(name: str) -> Format:
    """Return a format whose module is loaded when the format is used; a run uses one of them."""

    def render(report: Report) -> Iterator[str]:
        lines: Iterator[str] = import_module(f"{__name__}.as_{name}").render(report)
        return lines

    return render


FILE_FORMATS = ("diff", "text", "json", "jsonpatch", "sarif", "github", "junit")
"""The formats of every report."""
SCAN_FORMATS = ("table", "wide", "html", *FILE_FORMATS)
"""The formats of a report on a cluster."""
FORMATS: Mapping[str, Format] = MappingProxyType(
    {name: _load_on_use(name) for name in (*SCAN_FORMATS, "statistics")}
)
