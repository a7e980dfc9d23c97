"""What an answer is, and how it is made of what the library says of an object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec

import autofix
from autofix.kubeapi.types import JsonObject
from webhook.admission import names
from webhook.admission.limits import may_reach_the_limit, outgrows
from webhook.admission.request import Request
from webhook.admission.warnings import about_finding

_MOST_WARNINGS: Final = 8
_LONGEST_AUDIT: Final = 16 * 1024


class Outcome(StrEnum):
    """What became of a review; a label of the metrics."""

    FIXED = "fixed"
    COMPLETED = "completed"
    WITHHELD = "withheld"
    TOO_LATE = "too_late"
    WARNED = "warned"
    UNCHANGED = "unchanged"
    IGNORED = "ignored"
    OVERSIZED = "oversized"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer.

    Attributes:
        outcome: what became of the review.
        patch: RFC 6902 operations.
        warnings: texts for the user. They name no object: ``warnings.line`` does, for each request.
        audit: audit annotations.
        codes: codes of the rules whose fixes are in the patch.
    """

    outcome: Outcome
    patch: Sequence[JsonObject] = ()
    warnings: Sequence[str] = ()
    audit: Mapping[str, str] = field(default_factory=dict)
    codes: Sequence[str] = ()


_TOO_LONG: Final = Answer(
    Outcome.WITHHELD,
    warnings=("left unchanged: a fix would pass the limit of 256 KiB of annotations",),
)


def patched(request: Request, result: autofix.Result, outcome: Outcome = Outcome.FIXED) -> Answer:
    """Answer with a patch.

    Args:
        request: the request.
        result: what the library says of the object; it has operations.
        outcome: what becomes of the review.

    Returns:
        The answer; without the patch where the API server would not store the annotations that it makes.
    """
    if not _fits(request, result):
        return _TOO_LONG
    left = {(finding.code, finding.key) for finding in result.remaining}
    fixed = [
        finding for finding in result.findings if finding.fix and (finding.code, finding.key) not in left
    ]
    patch = list(result.operations)
    written = msgspec.json.encode(patch).decode()
    if len(written) > _LONGEST_AUDIT:
        written = f"{len(patch)} operations, too long to be repeated here"
    codes = tuple(dict.fromkeys(finding.code for finding in fixed))
    return Answer(outcome, patch, _warnings(fixed), {"patch": written}, codes)


def warned(findings: Sequence[autofix.Finding]) -> Answer:
    """Answer without a patch, with a warning for each error.

    Args:
        findings: what the library says of the object.

    Returns:
        The answer. A key that has a finding with a fix, or with a reason why there is none, gets no second
        reason: it says nothing more.
    """
    errors = [finding for finding in findings if finding.severity is autofix.Severity.ERROR]
    if not errors:
        return Answer(Outcome.UNCHANGED)
    first = {finding.path: finding for finding in reversed(errors) if finding.fix or finding.withheld}
    errors = [
        finding for finding in errors if not finding.withheld or first[finding.path].code == finding.code
    ]
    withheld = [finding for finding in errors if finding.withheld]
    audit = (
        {"withheld": "; ".join(f"{finding.code} {finding.key}: {finding.withheld}" for finding in withheld)}
        if withheld
        else {}
    )
    return Answer(Outcome.WITHHELD if withheld else Outcome.WARNED, (), _warnings(errors), audit)


def _warnings(findings: Sequence[autofix.Finding]) -> tuple[str, ...]:
    texts = dict.fromkeys(names.one_line(about_finding(finding)) for finding in findings)
    return tuple(texts)[:_MOST_WARNINGS]


def makes_a_template(result: autofix.Result) -> bool:
    """Tell whether a patch makes a pod template where there is none, of nothing but metadata.

    The API server leaves an absent template out of a ReplicationController alone (core/v1 types.go: it is a
    pointer), and refuses the object: the user must read that, and not what is wrong with a template of ours.

    Args:
        result: what the library says of the object.
    """
    return any(
        isinstance(operation.get("value"), dict)
        and not operation["path"].endswith(("/metadata", "/annotations"))
        for operation in result.operations
    )


def _fits(request: Request, result: autofix.Result) -> bool:
    """Tell whether the API server stores the annotations that a patch makes.

    Our key may be longer than the wrong one; an object that was valid must not be refused for it.
    """
    return not may_reach_the_limit(request.size) or not any(map(outgrows, _annotations(result.object)))


def _annotations(node: object) -> Iterator[Mapping[str, object]]:
    """Find all annotations of a built-in object."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "annotations" and isinstance(value, dict):
                yield value
            else:
                yield from _annotations(value)
