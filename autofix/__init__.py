"""linkerd-autofix: finds and repairs Linkerd native-sidecar annotations that Linkerd silently ignores."""

from __future__ import annotations

from importlib import import_module

# Known to type checkers by its name; the module typing is not loaded for it.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from autofix._version import __version__
    from autofix.engine.api import Item, Result, check, fix, fix_all
    from autofix.engine.namespaces import IGNORE_ANNOTATION
    from autofix.engine.options import Options, options
    from autofix.errors import AutofixError
    from autofix.linkerd.decision import Decision, decide
    from autofix.linkerd.keys import is_native_like
    from autofix.linkerd.release import Release, parse_release
    from autofix.rules.finding import Applicability, Edit, Finding, Fix, Severity

__all__ = [
    "IGNORE_ANNOTATION",
    "Applicability",
    "AutofixError",
    "Decision",
    "Edit",
    "Finding",
    "Fix",
    "Item",
    "Options",
    "Release",
    "Result",
    "Severity",
    "__version__",
    "check",
    "decide",
    "fix",
    "fix_all",
    "is_native_like",
    "options",
    "parse_release",
]

# The command line imports this package first and may then have nothing to do: each name loads what it needs.
_HOMES = {
    "_version": ("__version__",),
    "engine.api": ("Item", "Result", "check", "fix", "fix_all"),
    "engine.namespaces": ("IGNORE_ANNOTATION",),
    "engine.options": ("Options", "options"),
    "errors": ("AutofixError",),
    "rules.finding": ("Applicability", "Edit", "Finding", "Fix", "Severity"),
    "linkerd.decision": ("Decision", "decide"),
    "linkerd.keys": ("is_native_like",),
    "linkerd.release": ("Release", "parse_release"),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            globals()[name] = found = getattr(import_module(f"{__name__}.{home}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
