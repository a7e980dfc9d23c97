"""The table of a scan: one line for each finding, the worst first, and as wide as the terminal."""

from __future__ import annotations

from itertools import pairwise

import pytest
from builders import BETA, WRONG
from scan_reports import report_of, scan_of

from autofix.report import FORMATS, Report, as_table

# An error and a warning.
WRONG_KEY, UNKNOWN = {WRONG: "true"}, {"config.linkerd.io/unknown-thing": "x"}


def table(width: int | None) -> list[str]:
    return list(as_table.render(report_of(scan_of({"shop/web": WRONG_KEY}), width=width)))


def test_for_a_program_a_finding_is_one_line() -> None:
    head, row = table(None)
    assert head.split() == ["NAMESPACE", "OBJECT", "CODE", "FIX", "TODAY", "AFTER", "MESSAGE"]
    assert " ".join(row.split()).startswith(
        "shop Deployment/web AFX101 [*] ordinary native no release of Linkerd reads"
    )
    assert row.index("no release") == head.index("MESSAGE")


def test_no_cell_but_the_message_has_a_space() -> None:
    for row in as_table.rows(report_of(scan_of({"shop/web": WRONG_KEY}))):
        assert all(" " not in text for name, text in row.cells.items() if name not in {"MESSAGE", "CONTEXT"})


def test_the_wide_table_has_the_other_columns() -> None:
    head, row = FORMATS["wide"](report_of(scan_of({"shop/web": WRONG_KEY})))
    assert head.split()[2:6] == ["SEVERITY", "CODE", "FIX", "FROM"]
    assert row.split()[2:6] == ["error", "AFX101", "[*]", "template"]


def test_the_head_can_be_left_out() -> None:
    [row] = as_table.render(report_of(scan_of({"shop/web": WRONG_KEY}), headers=False))
    assert row.startswith("shop")


def test_the_worst_is_first_then_namespace_and_name_decide() -> None:
    objects = {"b/a": UNKNOWN, "a/z": {**UNKNOWN, **WRONG_KEY}, "c/b": WRONG_KEY, "c/a": WRONG_KEY}
    rows = [
        (row.severity, row.cells["NAMESPACE"], row.cells["OBJECT"].partition("/")[2])
        for row in as_table.rows(report_of(scan_of(objects)))
    ]
    assert rows == [
        ("error", "a", "z"),
        ("error", "c", "a"),
        ("error", "c", "b"),
        ("warning", "a", "z"),
        ("warning", "b", "a"),
    ]


def test_several_clusters_come_one_after_the_other() -> None:
    first = scan_of({"shop/a": UNKNOWN}, "staging")
    second = scan_of({"shop/b": WRONG_KEY}, "production")
    head, *rows = as_table.render(report_of(first, second))
    assert head.split()[0] == "CONTEXT"
    assert [row.split()[0] for row in rows] == ["staging", "production"]
    named = [file.file.source for file in report_of(first, second).files]
    assert named == ["staging/shop/Deployment/a", "production/shop/Deployment/b"]


@pytest.mark.parametrize("width", [60, 80, 100, 120, 200])
def test_on_a_terminal_messages_are_broken_and_nothing_is_lost(width: int) -> None:
    lines = table(width)
    assert all(len(line) <= width for line in lines)
    whole = " ".join(" ".join(lines).split())
    # A key stays whole, so that it can be copied.
    assert WRONG in whole
    assert BETA in " ".join(" ".join(list(as_table.render(beta(width)))).split())


def beta(width: int) -> Report:
    return report_of(scan_of({"shop/web": {BETA: "yes"}}), width=width)


def test_on_a_narrow_terminal_messages_stand_below_their_rows() -> None:
    head, row, *message = table(80)
    assert head.split()[-1] == "AFTER"
    assert row.split()[-1] == "native"
    assert message
    assert all(line.startswith("  ") for line in message)


def test_names_that_are_too_long_for_the_terminal_stay_whole_and_the_other_rows_fit() -> None:
    long = f"{'n' * 60}/{'w' * 60}"
    lines = list(as_table.render(report_of(scan_of({"shop/web": WRONG_KEY, long: WRONG_KEY}), width=80)))
    [wrong] = [line for line in lines if "nnn" in line]
    assert wrong.split()[:3] == ["n" * 60, f"Deployment/{'w' * 60}", "AFX101"]
    assert all(len(line) <= 80 for line in lines if line != wrong)
    # In each other row the cells stand below their heads.
    [short] = [line for line in lines if line.startswith("shop")]
    assert short.index("AFX101") == lines[0].index("CODE")


def test_wide_characters_take_two_cells() -> None:
    # A terminal shows them so; names of contexts may have them.
    scans = [scan_of({"shop/web": WRONG_KEY}, context) for context in ("日本", "eu")]
    rows = list(as_table.render(report_of(*scans, width=200)))
    starts = [row.index("shop") for row in rows if "shop" in row]
    assert starts[0] + 2 == starts[1]


def test_a_row_has_the_same_identity_in_the_next_scan() -> None:
    first, second = (as_table.rows(report_of(scan_of({"shop/web": WRONG_KEY}))) for _ in range(2))
    assert [row.identity for row in first] == [row.identity for row in second]
    both = as_table.rows(report_of(scan_of({"shop/a": WRONG_KEY, "shop/b": WRONG_KEY})))
    assert all(one.identity != other.identity for one, other in pairwise(both))


def test_without_findings_there_is_no_table() -> None:
    assert list(as_table.render(Report([], width=80))) == []
