"""Output formats: each a function from what was found to text."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from autofix.errors import AutofixError
    from autofix.text.check import CheckedFile

    Format = Callable[[Sequence[CheckedFile], Sequence[AutofixError]], Iterator[str]]


def _late(name: str) -> Format:
    """Return a format whose module is loaded when it is used."""

    def render(checked: Sequence[CheckedFile], failures: Sequence[AutofixError]) -> Iterator[str]:
        lines: Iterator[str] = import_module(f"{__name__}.as_{name}").render(checked, failures)
        return lines

    return render


FORMATS: Mapping[str, Format] = MappingProxyType(
    {name: _late(name) for name in ("diff", "text", "json", "jsonpatch", "sarif", "github", "junit")}
)
