"""Output formats: each a function from what was found to text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from autofix.checking import CheckedFile
from autofix.errors import AutofixError
from autofix.report import as_diff, as_github, as_json, as_jsonpatch, as_junit, as_sarif, as_text

Format = Callable[[Sequence[CheckedFile], Sequence[AutofixError]], Iterator[str]]

FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "diff": as_diff.render,
        "text": as_text.render,
        "json": as_json.render,
        "jsonpatch": as_jsonpatch.render,
        "sarif": as_sarif.render,
        "github": as_github.render,
        "junit": as_junit.render,
    }
)
