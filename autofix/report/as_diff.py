"""A unified diff of each file that would change; ``patch`` and ``git apply -p0`` take it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import groupby

from autofix.report import Report
from autofix.report.printable import escaped
from autofix.text.check import CheckedFile
from autofix.text.edit.text_edit import TextEdit, apply_edits
from autofix.text.file import CONTEXT_LINES

# Neighbouring lines that all stay or all change: whether they stay, how many lines are above the first, the
# lines before the change and the lines after it.
_Run = tuple[bool, int, list[str], list[str]]


def render(report: Report) -> Iterator[str]:
    """Write a unified diff of every file that the fixes change.

    Args:
        report: what to show; its errors are left to standard error.

    Yields:
        Lines without their line end.
    """
    changes = (file for file in report.files if file.text != file.file.text)
    for source, parts in groupby(changes, lambda file: file.file.source):
        name = _quoted(source)
        yield from (f"--- {name}", f"+++ {name}")
        shift = 0
        for part in parts:
            for hunk in _hunks(_runs(part)):
                yield from _render_hunk(hunk, part.file.above, shift)
                shift += sum(len(after) - len(before) for _, _, before, after in hunk)


def _quoted(name: str) -> str:
    """Write a file's name; control characters as git quotes them, which ``git apply`` and ``patch`` read."""
    if name == escaped(name) and not name.startswith('"'):
        return name
    return '"' + "".join(map(_byte, os.fsencode(name))) + '"'


def _byte(byte: int) -> str:
    """Write a byte of a quoted name. Source: git, quote.c, quote_c_style."""
    if byte in b'"\\':
        return f"\\{byte:c}"
    # A number sign may begin a runner's command.
    is_plain = ord(" ") <= byte <= ord("~") and byte != ord("#")
    return f"{byte:c}" if is_plain else f"\\{byte:03o}"


def _runs(file: CheckedFile) -> Iterator[_Run]:
    """Cut a text into lines that stay and lines that change; compare only lines with edits."""
    text = file.file.text
    around = file.file.part
    line = position = 0
    if around is not None:
        above = _lines(around.before)
        yield True, -len(above), above, above
    for start, end, new in _edited_lines(file):
        same = _lines(text[position:start])
        yield True, line, same, same
        line += len(same)
        before, after = _lines(text[start:end]), _lines(new)
        yield from _compared(line, before, after)
        line, position = line + len(before), end
    rest = _lines(text[position:])
    yield True, line, rest, rest
    if around is not None:
        below = _lines(around.after)
        yield True, line + len(rest), below, below


def _compared(line: int, before: list[str], after: list[str]) -> Iterator[_Run]:
    if len(before) == len(after) == 1:
        # Nearly every change is like this, and needs no search for equal lines.
        yield before == after, line, before, after
        return
    # Imported here: it takes as long as all the rest of a short run's report.
    from difflib import SequenceMatcher

    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield kind == "equal", line + a, before[a:b], after[c:d]


def _edited_lines(file: CheckedFile) -> Iterator[tuple[int, int, str]]:
    """Yield the spans of whole lines with edits, and their new text."""
    text = file.file.text
    spans: list[tuple[int, int, list[TextEdit]]] = []
    for edit in sorted(set(file.edits)):
        # The ends of a line are searched for once, even if many of its parts change.
        if spans and edit.end < spans[-1][1]:
            spans[-1][2].append(edit)
            continue
        line_feed = text.find("\n", edit.end)
        end = len(text) if line_feed < 0 else line_feed + 1
        if spans and edit.start < spans[-1][1]:
            first, _, edits = spans.pop()
            edits.append(edit)
            spans.append((first, end, edits))
        else:
            spans.append((text.rfind("\n", 0, edit.start) + 1, end, [edit]))
    for start, end, edits in spans:
        shifted = (TextEdit(edit.start - start, edit.end - start, edit.new) for edit in edits)
        yield start, end, apply_edits(text[start:end], shifted)


def _lines(text: str) -> list[str]:
    # Only a line feed ends a line for the programs that apply a diff.
    return list(StringIO(text, newline="\n"))


def _hunks(runs: Iterable[_Run]) -> Iterator[list[_Run]]:
    """Put changes that are close together into one hunk, with the lines around it."""
    hunk: list[_Run] = []
    above: _Run | None = None
    for same, line, before, after in _joined(runs):
        if not same:
            hunk += [above] if above and not hunk else []
            hunk.append((same, line, before, after))
            continue
        tail = before[-CONTEXT_LINES:]
        above = (True, line + len(before) - len(tail), tail, tail)
        if hunk and len(before) > 2 * CONTEXT_LINES:
            yield [*hunk, (True, line, before[:CONTEXT_LINES], before[:CONTEXT_LINES])]
            hunk = []
        elif hunk:
            hunk.append((same, line, before, after))
    if hunk:
        if hunk[-1][0]:
            same, line, before, _ = hunk.pop()
            hunk.append((same, line, before[:CONTEXT_LINES], before[:CONTEXT_LINES]))
        yield hunk


def _joined(runs: Iterable[_Run]) -> Iterator[_Run]:
    """Join neighbours that both stay or both change; leave out empty runs."""
    for same, neighbours in groupby((run for run in runs if run[2] or run[3]), lambda run: run[0]):
        joined = list(neighbours)
        before = [line for _, _, lines, _ in joined for line in lines]
        after = [line for _, _, _, lines in joined for line in lines]
        yield same, joined[0][1], before, after


def _render_hunk(hunk: Sequence[_Run], above: int, shift: int) -> Iterator[str]:
    old = sum(len(before) for _, _, before, _ in hunk)
    new = sum(len(after) for _, _, _, after in hunk)
    first = above + hunk[0][1]
    yield f"@@ -{_range(first, old)} +{_range(first + shift, new)} @@"
    for same, _, before, after in hunk:
        if same:
            yield from _marked(" ", before)
        else:
            yield from _marked("-", before)
            yield from _marked("+", after)


def _range(above: int, count: int) -> str:
    """Write a range of lines as ``diff -u`` does."""
    if count == 1:
        return str(above + 1)
    return f"{above + 1 if count else above},{count}"


def _marked(mark: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"
