"""Output formats: each a function from what was found to text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from autofix.report import as_diff, as_json, as_jsonpatch, as_text
from autofix.report.checked import Checked, Failure

Format = Callable[[Sequence[Checked], Sequence[Failure]], Iterator[str]]

FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "diff": as_diff.render,
        "text": as_text.render,
        "json": as_json.render,
        "jsonpatch": as_jsonpatch.render,
    }
)
