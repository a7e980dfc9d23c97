"""What is new and what is gone since the last round."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from autofix.report.changes import Rounds, compare, dated
from autofix.report.columns import Row


def row(name: str, message: str = "") -> Row:
    return Row({"OBJECT": name, "MESSAGE": message}, "error", name)


def rows(names: str) -> list[Row]:
    return [row(name) for name in names]


Round = tuple[str, Sequence[str], bool]


@pytest.mark.parametrize(
    ("before", "now", "new", "gone"),
    [
        ([], ("ab", (), True), "ab", ""),
        ([("ab", (), True)], ("ab", (), True), "", ""),
        ([("ab", (), True)], ("bc", (), True), "c", "a"),
        ([("", (), True)], ("a", (), True), "a", ""),
        # What could not be read is not gone, and it is not new when it comes back.
        ([("ab", (), True)], ("b", (), False), "", ""),
        ([("ab", (), True), ("b", (), False)], ("ab", (), True), "", ""),
        ([("ab", (), True), ("b", (), False)], ("b", (), True), "", "a"),
        ([("ab", (), True)], ("b", ("pods",), True), "", ""),
        ([("ab", ("pods",), True)], ("b", ("pods",), True), "", "a"),
        ([("ab", ("pods",), True)], ("b", (), True), "", "a"),
    ],
)
def test_rounds_are_compared(before: list[Round], now: Round, new: str, gone: str) -> None:
    rounds = Rounds()
    for names, unread, is_whole in before:
        rounds = compare(rounds, rows(names), unread, is_whole=is_whole).rounds
    names, unread, is_whole = now
    changes = compare(rounds, rows(names), unread, is_whole=is_whole)
    assert [one.identity for one in changes.new] == list(new)
    assert [one.identity for one in changes.gone] == list(gone)


def test_a_message_that_tells_an_age_is_no_change() -> None:
    before = compare(Rounds(), [row("a", "ended 1 d ago")], (), is_whole=True).rounds
    changes = compare(before, [row("a", "ended 2 d ago")], (), is_whole=True)
    assert (changes.new, changes.gone) == ([], [])


def test_a_change_has_its_time() -> None:
    [one] = dated([row("a")], "gone", "09:00:00")
    assert (one.cells["TIME"], one.cells["CHANGE"], one.cells["OBJECT"]) == ("09:00:00", "gone", "a")
