"""Files that are checked one by one, without their values, get the answers that they get together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import yaml
from builders import ALPHA, WAIT, WRONG, a_list, namespace, pod, workload
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from strategies import broken_objects, objects

import autofix
from autofix.report import Report, as_diff
from autofix.text.check import NOTE_CODES, CheckedFile, check_files, check_many
from autofix.text.file import TextFile, read_file

CHOSEN = [
    autofix.options(release=release, unsafe=unsafe) for release in ("2.17", None) for unsafe in (False, True)
]
LOOSE = {"values": {"podAnnotations": {WRONG: "true"}}}


def read(number: int, documents: Sequence[object]) -> TextFile:
    return read_file(yaml.safe_dump_all(documents, sort_keys=False).encode(), f"{number}.yaml")


def told(one: CheckedFile) -> tuple[Any, ...]:
    """All that is said of a file, but its values."""
    items = [
        (it.document.line, it.document.index, it.offset, it.splices, it.result.items, it.result.operations)
        for it in one.checked
    ]
    return one.file.source, one.file.text, one.file.part, items, one.text, one.splices, str(one.problem)


def assert_same(files: Sequence[TextFile], chosen: autofix.Options) -> list[CheckedFile]:
    together, one_by_one = check_files(files, chosen), check_many(iter(files), chosen)
    assert list(map(told, one_by_one)) == list(map(told, together))
    assert list(as_diff.render(Report(one_by_one))) == list(as_diff.render(Report(together)))
    return one_by_one


@hypothesis_settings(max_examples=300)
@given(
    st.lists(st.lists(objects() | broken_objects() | st.just(LOOSE), max_size=3), max_size=4),
    st.sampled_from(CHOSEN),
)
def test_every_file_gets_the_same_answer(contents: list[list[object]], chosen: autofix.Options):
    assert_same([read(number, documents) for number, documents in enumerate(contents)], chosen)


@pytest.mark.parametrize("release", ["2.17", "2.19", "2.20", None])
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("wrap", [lambda one: one, a_list])
def test_a_namespace_counts_for_the_files_before_it(release: str | None, place: int, wrap: Any):
    contents: list[list[object]] = [[pod({WAIT: "5"})], [workload("Job", {ALPHA: "false"})]]
    contents.insert(place, [wrap(namespace({WRONG: "true"}))])
    files = [read(number, documents) for number, documents in enumerate(contents)]
    assert_same(files, autofix.options(release=release))


def test_what_is_said_once_is_said_once():
    files = [read(number, [pod({WRONG: "true"})]) for number in range(3)]
    found = assert_same(files, autofix.options(release="2.15"))
    notes = [finding.message for one in found for finding in one.findings if finding.code in NOTE_CODES]
    assert len(notes) == len(set(notes)) > 0


def test_no_value_is_kept_and_no_file_asked_for_too_early():
    done: list[str] = []

    def files() -> Iterator[TextFile]:
        for number in range(3):
            file = read(number, [pod({WRONG: "true"})])
            yield file
            done.append(file.source)

    found = check_many(files(), CHOSEN[0])
    assert done == ["0.yaml", "1.yaml", "2.yaml"]
    for one in found:
        assert one.file.documents == ()
        assert [(it.document.value, it.result.object) for it in one.checked] == [(None, None)]
        assert one.text != one.file.text
