"""linkerd-autofix: finds and repairs Linkerd native-sidecar annotations that Linkerd silently ignores."""

from autofix._version import __version__
from autofix.api import Item, Result, check, fix, fix_all
from autofix.batch import IGNORE_ANNOTATION
from autofix.errors import AutofixError
from autofix.finding import Applicability, Edit, Finding, Fix, Severity
from autofix.linkerd.decision import Decision, decide
from autofix.linkerd.naming import is_native_like
from autofix.linkerd.release import Release, parse_release
from autofix.options import Options, options

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
