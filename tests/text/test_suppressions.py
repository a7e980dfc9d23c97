"""Comments that switch off rules on their line."""

from __future__ import annotations

import pytest
from builders import WRONG

import autofix
from autofix.text.check import check_files
from autofix.text.file import read_file

INJECT = "linkerd.io/inject: 'true'"
SHAPES = {
    "pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    {}\n    {}\n",
    "list.yaml": "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n"
    + "  metadata:\n    annotations:\n      {}\n      {}\n",
    "values.yaml": "a:\n- podAnnotations:\n    {}\n    {}\n",
}


def codes_of(text: str, name: str) -> tuple[list[str], str]:
    [checked] = check_files([read_file(text.encode(), name)], autofix.options(release="2.20"))
    return [finding.code for finding in checked.findings], checked.text


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# autofix: ignore[AFX101]", ["AFX203"]),
        ("# autofix: ignore[AFX1, AFX2]", ["AFX203"]),
        ("# autofix: ignore", ["AFX203"]),
        ("#autofix:ignore[afx101]", ["AFX203"]),
        ("# because; autofix: ignore[AFX101]", ["AFX101", "AFX203"]),
        ("# autofix: ignore[AFX203]", ["AFX101", "AFX203"]),
        ("# autofix: ignore[AFX999]", ["AFX101", "AFX203"]),
        ("# autofix: ignore[]", ["AFX101", "AFX203"]),
        ("", ["AFX101", "AFX203"]),
    ],
)
def test_a_comment_switches_off_rules_on_its_own_line(name: str, comment: str, left: list[str]) -> None:
    text = SHAPES[name].format(f"{WRONG}: 'false' {comment}", INJECT)
    codes, after = codes_of(text, name)
    assert sorted(codes) == left
    assert (after == text) is ("AFX101" not in left)


def test_in_plain_text_too() -> None:
    command = "kubectl annotate namespace shop"
    text = f"{command} {WRONG}=true # autofix: ignore\n{command} {WRONG}=true\n"
    assert codes_of(text, "a.sh")[1].count(WRONG) == 1


@pytest.mark.parametrize("comment", ["# autofix: ignore[AFX101]", "# autofix: ignore"])
def test_a_finding_that_is_switched_off_leaves_no_other(comment: str) -> None:
    """There is no note on known bugs (AFX404) without a fix."""
    text = f"kind: Pod\napiVersion: v1\nmetadata:\n  annotations:\n    {WRONG}: 'true' {comment}\n"
    assert codes_of(text, "a.yaml")[0] == []


@pytest.mark.parametrize(
    "comment", ["ignore AFX501", "ignore: AFX501", "ignored", "ignore[AFX999]", "ingore"]
)
def test_another_comment_switches_off_nothing(comment: str) -> None:
    text = f"kind: Pod\napiVersion: v1\nmetadata:\n  annotations:\n    {WRONG}: 'true' # autofix: {comment}\n"
    assert "AFX101" in codes_of(text, "a.yaml")[0]


@pytest.mark.parametrize("comment", ["ignore[AFX101] for now", "ignore  ", "ignore[AFX101]# why"])
def test_a_reason_may_follow(comment: str) -> None:
    text = f"kind: Pod\napiVersion: v1\nmetadata:\n  annotations:\n    {WRONG}: 'true' # autofix: {comment}\n"
    assert codes_of(text, "a.yaml")[0] == []
