"""What is proven by one mapping alone is what reading everything again would prove."""

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
from autofix.text.edit import apply as edit
from autofix.text.edit.text_edit import Splice
from autofix.text.file import read_file
from autofix.text.yaml.document_layout import layout
from autofix.text.yaml.fast.proof import differs_only_at, is_same, mapping_after
from autofix.text.yaml.node import find_mapping
from autofix.text.yaml.reader import read_yaml
from autofix.text.yaml.writer import as_yaml

CHOSEN = autofix.options(release="2.17", unsafe=True)
POD = f"kind: Pod\nmetadata:\n  annotations:\n    {WRONG}: true\n    # last\n  name: a\napiVersion: v1\n"
HERE = POD.index(WRONG)
VALUE = HERE + len(WRONG) + 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
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
def test_values_are_the_same_to_the_type(one: object, other: object, same: bool):
    assert is_same(one, other) is same
    assert is_same(other, one) is same


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
def test_what_is_beside_a_mapping_must_be_the_very_same(after: object, only: bool):
    assert differs_only_at(("a",), {"a": {"b": 1}, "c": SHARED}, after) is only


@pytest.mark.parametrize(
    ("splices", "found"),
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
        # Joined with what follows, or cut off at the end of the file.
        ([(POD.index("  name") - 1, POD.index("  name"), "")], None),
        # In each other's way.
        ([(HERE, HERE + 3, "a"), (HERE + 1, HERE + 4, "b")], None),
    ],
)
def test_a_mapping_is_read_as_it_will_be(splices: list[tuple[int, int, str]], found: object):
    file = read_file(POD.encode(), "f.yaml")
    mapping = find_mapping(layout(file)[0], ("metadata", "annotations"))
    assert mapping is not None
    assert mapping_after(POD, mapping, [Splice(*one) for one in splices]) == found


@given(
    st.lists(objects(), min_size=1, max_size=3), st.sampled_from(["", "# c\n", "\n", "    # c\n"]), st.data()
)
@example([{"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {WRONG: True}}}], "", None)
def test_reading_everything_again_would_agree(manifests: list[Any], line: str, data: st.DataObject | None):
    try:
        lines = "---\n".join(as_yaml(one) for one in manifests).splitlines(keepends=True)
    except AutofixError:
        return
    lines.insert(data.draw(st.integers(0, len(lines))) if data else 0, line)
    file = read_file("".join(lines).encode(), "f.yaml")
    [checked] = check_files([file], CHOSEN)
    if checked.problem is None:
        after = [one.value for one in read_yaml(checked.text, "")]
        wanted = [one.result.object for one in checked.checked if one.offset is None]
        assert is_same(after, wanted)


def test_the_usual_edit_is_proven_by_its_mapping_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(edit, "_prove", pytest.fail)
    [checked] = check_files([read_file(POD.encode(), "f.yaml")], CHOSEN)
    assert checked.text == POD.replace(f"{WRONG}: true", f'{ALPHA}: "true"')
