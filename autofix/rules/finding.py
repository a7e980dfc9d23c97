"""What a rule says: a finding, how sure its fix is, and the edits that make the fix."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, StrEnum
from typing import NamedTuple

from autofix.kubernetes.pointer import Path, pointer


class Applicability(StrEnum):
    """How far a fix may be trusted."""

    SAFE = "safe"
    """Gives the author's intent; applied by default."""
    UNSAFE = "unsafe"
    """Probably meant, but changes what runs today; applied only when asked for."""
    DISPLAY = "display"
    """Never applied: there is no fix, or it is withheld."""


class Severity(StrEnum):
    """How bad a finding is for the people who run the pods; the worst is first."""

    ERROR = "error"
    """Linkerd or the API server does something else than the author meant."""
    WARNING = "warning"
    """Nothing is known to be broken, but a person should look."""
    INFO = "info"
    """Good to know; never makes a command fail."""


class Promise(Enum):
    """What a fix promises about Linkerd's decision; the engine holds it to that."""

    INTENT = "the injector will do what the author meant"
    SAME = "the injector's decision stays as it is"
    READABLE = "the injector will do what the author meant, or as before where it does not read the key"
    PATCH = (
        "what it writes no longer breaks the injector's patch, and no proxy is of a kind that nobody meant"
    )
    NONE = "the fix does not concern native sidecars"


class Edit(NamedTuple):
    """Sets one key of one mapping, or removes it.

    Attributes:
        path: path of the mapping; it is made where it is missing.
        key: the key.
        value: its new value: always a string, but in Linkerd's Helm values also a boolean; None removes the
            key.
    """

    path: Path
    key: str
    value: str | bool | None


class Fix(NamedTuple):
    """Edits that belong together.

    Attributes:
        edits: what to change, in order.
        promise: what Linkerd does afterwards.
        home: path of the pod's or Namespace's annotations that it changes and for which the promise holds;
            None when Linkerd reads none of what it changes.
        intent: what the author wants of the native sidecar, None when the fix is not about it.
    """

    edits: tuple[Edit, ...]
    promise: Promise
    home: Path | None = None
    intent: bool | None = None


class Finding(NamedTuple):
    """One thing a rule found in an object.

    Attributes:
        code: the rule's stable code, such as ``AFX101``.
        severity: how bad it is.
        message: one line: what is wrong and what to do.
        applicability: whether the fix is applied.
        path: where it stands in the object.
        key: the annotation key it is about, None when it is about the object.
        native: True when it is about the native-sidecar annotation.
        fix: the fix, None for a display-only finding.
        withheld: why there is no fix although the rule has one, None otherwise.
    """

    code: str
    severity: Severity
    message: str
    applicability: Applicability
    path: Path
    key: str | None = None
    native: bool = False
    fix: Fix | None = None
    withheld: str | None = None

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901)."""
        return pointer(self.path)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits of the fix, none without one."""
        return self.fix.edits if self.fix else ()


def withhold(finding: Finding, reason: str) -> Finding:
    """Take the fix out of a finding; one without a fix stays as it is.

    Args:
        finding: the finding.
        reason: why it may not be fixed.
    """
    if finding.fix is None:
        return finding
    return finding._replace(applicability=Applicability.DISPLAY, fix=None, withheld=reason)


def relocated(finding: Finding, where: Callable[[Path], Path]) -> Finding:
    """Place a finding and its fix elsewhere, such as in the list that holds the object.

    Args:
        finding: the finding.
        where: gives the new path for each of its paths.
    """
    fix = finding.fix
    if fix is not None:
        edits = tuple(edit._replace(path=where(edit.path)) for edit in fix.edits)
        fix = fix._replace(edits=edits, home=None if fix.home is None else where(fix.home))
    return finding._replace(path=where(finding.path), fix=fix)
