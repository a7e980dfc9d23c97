"""linkerd-autofix: finds and repairs Linkerd native-sidecar annotations that Linkerd silently ignores."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # For type checkers, the same names as below.
    from autofix.engine.api import Item as Item
    from autofix.engine.api import Result as Result
    from autofix.engine.api import check as check
    from autofix.engine.api import fix as fix
    from autofix.engine.api import fix_all as fix_all
    from autofix.engine.namespaces import IGNORE_ANNOTATION as IGNORE_ANNOTATION
    from autofix.engine.options import FixArguments as FixArguments
    from autofix.engine.options import OptionArguments as OptionArguments
    from autofix.engine.options import Options as Options
    from autofix.engine.options import options as options
    from autofix.engine.pods import PodRepair as PodRepair
    from autofix.engine.pods import meant_kind as meant_kind
    from autofix.engine.pods import repair_pod as repair_pod
    from autofix.engine.stored import as_stored as as_stored
    from autofix.errors import AutofixError as AutofixError
    from autofix.linkerd.completion import CONTAINER_WORDS as CONTAINER_WORDS
    from autofix.linkerd.decision import Decision as Decision
    from autofix.linkerd.decision import decide as decide
    from autofix.linkerd.injection import NO_TRAITS as NO_TRAITS
    from autofix.linkerd.injection import Cause as Cause
    from autofix.linkerd.injection import Injection as Injection
    from autofix.linkerd.injection import PodTraits as PodTraits
    from autofix.linkerd.injection import traits_of as traits_of
    from autofix.linkerd.keys import is_native_like as is_native_like
    from autofix.linkerd.release import Release as Release
    from autofix.linkerd.release import parse_release as parse_release
    from autofix.rules.context import Door as Door
    from autofix.rules.finding import Applicability as Applicability
    from autofix.rules.finding import Edit as Edit
    from autofix.rules.finding import Finding as Finding
    from autofix.rules.finding import Fix as Fix
    from autofix.rules.finding import Severity as Severity
    from autofix.rules.interest import Interest as Interest
    from autofix.rules.registry import interest_at as interest_at

__version__ = "0.1.0"

# The command line imports this package first and may then have nothing to do: each name loads what it needs.
_HOMES = {
    "engine.api": ("Item", "Result", "check", "fix", "fix_all"),
    "engine.namespaces": ("IGNORE_ANNOTATION",),
    "engine.options": ("FixArguments", "OptionArguments", "Options", "options"),
    "engine.pods": ("PodRepair", "meant_kind", "repair_pod"),
    "engine.stored": ("as_stored",),
    "errors": ("AutofixError",),
    "linkerd.decision": ("Decision", "decide"),
    "linkerd.completion": ("CONTAINER_WORDS",),
    "linkerd.injection": ("NO_TRAITS", "Cause", "Injection", "PodTraits", "traits_of"),
    "linkerd.keys": ("is_native_like",),
    "linkerd.release": ("Release", "parse_release"),
    "rules.context": ("Door",),
    "rules.finding": ("Applicability", "Edit", "Finding", "Fix", "Severity"),
    "rules.interest": ("Interest",),
    "rules.registry": ("interest_at",),
}
_MODULES = {name: module for module, names in _HOMES.items() for name in names}
__all__ = ["__version__", *_MODULES]  # noqa: PLE0604  # every one of them is a text


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
