"""Admission warnings: the only place that knows their form.

A warning names us and the object: kubectl shows the warnings of many objects together, and drops equal ones.
What to do stands first, so that a cut never takes it away.
"""

from __future__ import annotations

from typing import Final

import autofix
from webhook.admission import names
from webhook.admission.request import Request

_PREFIX: Final = "linkerd-autofix: "
# Characters that the object always gets. The rest is enough for a key of Linkerd's and its new value.
_SUBJECT: Final = 27
_KIND: Final = 22


def line(request: Request, text: str) -> str:
    """Write a whole warning.

    Args:
        request: the request that it answers.
        text: what to say of the object; what to do comes first.

    Returns:
        At most 120 printable characters, with the object's kind and name.
    """
    room = max(_SUBJECT, names.LONGEST_LINE - len(_PREFIX) - len(": ") - len(text))
    return names.one_line(f"{_PREFIX}{_subject(request, room)}: {text}")


def _subject(request: Request, room: int) -> str:
    """Name an object in so many characters; of a long name stay the beginning and the end."""
    kind = _shortened(request.kind.lower() or "object", _KIND)
    name = request.name or (f"{request.name_prefix}…" if request.name_prefix else "")
    return f"{kind} {_shortened(name, room - len(kind) - 1)}" if name else kind


def _shortened(text: str, room: int) -> str:
    if len(text) <= room:
        return text
    kept = max(room - 1, 2)
    return f"{text[: kept // 2]}…{text[len(text) - (kept + 1) // 2 :]}"


def about_finding(finding: autofix.Finding) -> str:
    """Say in a few words what to do about a finding.

    Args:
        finding: the finding.

    Returns:
        A text for ``line``.
    """
    edits = finding.fix.edits if finding.fix else ()
    written = next((edit for edit in edits if edit.value is not None), None)
    if finding.key is not None and not names.is_qualified(finding.key):
        # Nobody reads in a log or an Event what the API server does not even store.
        return f"{finding.code}: about a key that is no valid name of an annotation"
    if finding.withheld:
        return f"{finding.code} not fixed: {_advice_first(finding.withheld)}"
    if written is None:
        return f"{finding.code}: {_advice_first(finding.message)}"
    if not any(edit.key == finding.key and edit.value is None for edit in edits):
        # What the finding is about stays, with another value or beside another key.
        return f'{finding.code}: set {written.key} to "{written.value}"'
    return f"{finding.code}: use {written.key}, not {finding.key}"


def _advice_first(text: str) -> str:
    """Turn "what is wrong; what to do", as rules write it, around."""
    problem, _, advice = text.rpartition("; ")
    return f"{advice}: {problem}" if problem else text
