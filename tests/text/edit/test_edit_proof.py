"""The proof by one mapping alone agrees with the proof by reading everything again."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, WRONG
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import objects

import autofix
from autofix.errors import AutofixError
from autofix.text.check import check_files
from autofix.text.edit import apply
from autofix.text.edit.proof import differs_only_at, is_same, mapping_after
from autofix.text.edit.text_edit import TextEdit
from autofix.text.file import read_file
from autofix.text.yaml import find_mapping, lay_out, write_yaml
from autofix.text.yaml.reader import read_yaml

OPTIONS = autofix.options(release="2.17", unsafe=True)
POD = f"kind: Pod\nmetadata:\n  annotations:\n    {WRONG}: true\n    # last\n  name: a\napiVersion: v1\n"
HERE = POD.index(WRONG)
VALUE = HERE + len(WRONG) + 2


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ({"a": 1, "b": [None]}, {"b": [None], "a": 1}, True),
        (1, True, False),
        (1, 1.0, False),
        ({"a": 0}, {"a": False}, False),
        ([1, 2], [2, 1], False),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ("1", 1, False),
        ({}, [], False),
    ],
)
def test_values_are_the_same_to_the_type(left: object, right: object, same: bool) -> None:
    assert is_same(left, right) is same
    assert is_same(right, left) is same


SHARED = {"x": [1]}


@pytest.mark.parametrize(
    ("after", "only"),
    [
        ({"a": {"b": 2}, "c": SHARED}, True),
        ({"a": {"b": 2}, "c": {"x": [1]}}, False),
        ({"a": {"b": 2}}, False),
        ({"a": {"b": 2}, "c": SHARED, "d": 1}, False),
        ({"a": 2, "c": SHARED}, True),
        ([], False),
    ],
)
def test_everything_beside_a_mapping_must_be_the_same_object(after: object, only: bool) -> None:
    assert differs_only_at(("a",), {"a": {"b": 1}, "c": SHARED}, after) is only


@pytest.mark.parametrize(
    ("edits", "mapping"),
    [
        ([(HERE, HERE + len(WRONG), ALPHA)], {ALPHA: True}),
        (
            [(HERE, HERE + len(WRONG), ALPHA), (HERE + len(WRONG) + 2, HERE + len(WRONG) + 6, '"true"')],
            {ALPHA: "true"},
        ),
        ([(HERE, HERE, "a: |\n      x\n    ")], {"a": "x\n", WRONG: True}),
        # Elsewhere in the document.
        ([(0, 4, "Kind")], None),
        ([(HERE, POD.index("name"), "a: b\n  ")], None),
        # Not in the mapping any more.
        ([(HERE, HERE, "a: b\n  c: d\n    ")], None),
        ([(HERE, HERE, "a: b\n---\n    ")], None),
        ([(HERE, HERE, "&a ")], None),
        # Joined with the line that follows.
        ([(POD.index("  name") - 1, POD.index("  name"), "")], None),
        # Two edits that overlap.
        ([(HERE, HERE + 3, "a"), (HERE + 1, HERE + 4, "b")], None),
    ],
)
def test_a_mapping_is_read_as_it_will_be(edits: list[tuple[int, int, str]], mapping: object) -> None:
    file = read_file(POD.encode(), "f.yaml")
    node = find_mapping(lay_out(POD, file.documents)[0], ("metadata", "annotations"))
    assert node is not None
    assert mapping_after(POD, node, [TextEdit(*edit) for edit in edits]) == mapping


@given(
    st.lists(objects(), min_size=1, max_size=3), st.sampled_from(["", "# c\n", "\n", "    # c\n"]), st.data()
)
@example([{"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {WRONG: True}}}], "", None)
def test_reading_everything_again_would_agree(
    manifests: list[Any], line: str, data: st.DataObject | None
) -> None:
    try:
        lines = "---\n".join(write_yaml(manifest) for manifest in manifests).splitlines(keepends=True)
    except AutofixError:
        return
    lines.insert(data.draw(st.integers(0, len(lines))) if data else 0, line)
    file = read_file("".join(lines).encode(), "f.yaml")
    [checked] = check_files([file], OPTIONS)
    if checked.problem is None:
        after = [document.value for document in read_yaml(checked.text, "")]
        expected = [document.result.object for document in checked.checked if document.places is None]
        assert is_same(after, expected)


def test_the_usual_edit_is_proven_by_its_mapping_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "_prove", pytest.fail)
    [checked] = check_files([read_file(POD.encode(), "f.yaml")], OPTIONS)
    assert checked.text == POD.replace(f"{WRONG}: true", f'{ALPHA}: "true"')
