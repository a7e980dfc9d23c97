"""Where an inner text stands in the text around it, and what that text says of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from autofix.readers.model import (
    LONGER_WORD,
    Branch,
    Delivery,
    Fragment,
    InnerText,
    Setting,
    Target,
    TextSpan,
)
from autofix.text.document import NotEditableError
from autofix.text.edit.text_edit import TextEdit

# Branches are nested no deeper where people write them.
_MOST_AROUND = 32


def in_inner_text(fragment: Fragment, inner: InnerText | None) -> Fragment:
    """Add to a fragment what only the text around its own text says of it.

    Args:
        fragment: a fragment of an inner text.
        inner: that text; None for the file itself.
    """
    if inner is None:
        return fragment
    key_spans = [setting.key_span for setting in fragment.settings]
    is_unknown = fragment.target is Target.UNKNOWN
    has_hole = any(overlaps(span, inner.holes) for span in key_spans)
    return fragment._replace(
        target=inner.target if is_unknown else fragment.target,
        namespace=fragment.namespace or inner.namespace,
        settings=tuple(_with_holes(setting, inner.holes) for setting in fragment.settings),
        branch=_branch(fragment.branch, key_spans, inner),
        reason=fragment.reason or (LONGER_WORD if has_hole else ""),
    )


def _with_holes(setting: Setting, holes: Sequence[TextSpan]) -> Setting:
    """A value with a hole in it is known only when a program has run."""
    if setting.value_span is None or not overlaps(setting.value_span, holes):
        return setting
    return setting._replace(delivery=Delivery.EXPRESSION)


def _branch(own: Branch, spans: Sequence[TextSpan], inner: InnerText) -> Branch:
    if own is Branch.ALTERNATIVE or any(overlaps(span, inner.alternatives) for span in spans):
        return Branch.ALTERNATIVE
    return Branch.CONDITIONAL if any(overlaps(span, inner.conditions) for span in spans) else own


def overlaps(span: TextSpan, others: Sequence[TextSpan]) -> bool:
    """Tell whether a span has a character in common with one of others.

    Args:
        span: the span.
        others: spans in order. They may stand inside one another.
    """
    number = bisect_left(others, (span[1], 0))
    # Spans that enclose others come before them, so looking back over all of them would be slow.
    return any(end > span[0] for _, end in others[max(0, number - _MOST_AROUND) : number])


def outside(inner: InnerText, position: int) -> int:
    """Return where a character of an inner text stands in the text around it.

    Args:
        inner: the inner text.
        position: the position of a character in it.
    """
    number = max(bisect_right(inner.runs, (position, len(inner.text))) - 1, 0)
    start, outer = inner.runs[number]
    while number and start > position:
        number -= 1
        start, outer = inner.runs[number]
    return outer + position - start


def edit_outside(inner: InnerText, edit: TextEdit) -> TextEdit:
    """Turn an edit of an inner text into an edit of the text around it.

    Args:
        inner: the inner text.
        edit: an edit of it.

    Raises:
        NotEditableError: when the edit would also replace what the outer text has between two runs.
    """
    # Quotes around a key may be written otherwise outside, so what stays the same is no part of the edit.
    begin, finish, new = _shortened(inner.text, edit)
    start = end = outside(inner, begin)
    if finish > begin:
        end = outside(inner, finish - 1) + 1
        if end - start != finish - begin:
            raise NotEditableError("the change would cross a line that the text around it folds", start)
    for plain, escaped in inner.escapes:
        new = new.replace(plain, escaped)
    return TextEdit(start, end, new)


def _shortened(text: str, edit: TextEdit) -> TextEdit:
    """Leave out of an edit what it does not change at its start and its end."""
    start, end, new = edit
    while start < end and new and text[start] == new[0]:
        start, new = start + 1, new[1:]
    while end > start and new and text[end - 1] == new[-1]:
        end, new = end - 1, new[:-1]
    return TextEdit(start, end, new)
