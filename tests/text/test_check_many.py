"""Files that are checked one by one, without their values, get the same answers as together."""

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

OPTIONS = [
    autofix.options(release=release, unsafe=unsafe) for release in ("2.17", None) for unsafe in (False, True)
]
FRAGMENT = {"values": {"podAnnotations": {WRONG: "true"}}}


def read(number: int, documents: Sequence[object]) -> TextFile:
    return read_file(yaml.safe_dump_all(documents, sort_keys=False).encode(), f"{number}.yaml")


def without_values(checked: CheckedFile) -> tuple[Any, ...]:
    """Return everything about a file but its values."""
    file = checked.file
    documents = [
        (
            (document.document.line, document.document.index, document.places),
            (document.result.items, document.result.operations),
        )
        for document in checked.checked
    ]
    return file.source, file.text, file.part, documents, checked.text, checked.edits, str(checked.problem)


def assert_same(files: Sequence[TextFile], options: autofix.Options) -> list[CheckedFile]:
    together, one_by_one = check_files(files, options), check_many(iter(files), options)
    assert list(map(without_values, one_by_one)) == list(map(without_values, together))
    assert list(as_diff.render(Report(one_by_one))) == list(as_diff.render(Report(together)))
    return one_by_one


@hypothesis_settings(max_examples=300)
@given(
    st.lists(st.lists(objects() | broken_objects() | st.just(FRAGMENT), max_size=3), max_size=4),
    st.sampled_from(OPTIONS),
)
def test_every_file_gets_the_same_answer(contents: list[list[object]], options: autofix.Options) -> None:
    assert_same([read(number, documents) for number, documents in enumerate(contents)], options)


@pytest.mark.parametrize("release", ["2.17", "2.19", "2.20", None])
@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("wrap", [lambda item: item, a_list])
def test_a_namespace_counts_for_the_files_before_it(release: str | None, position: int, wrap: Any) -> None:
    contents: list[list[object]] = [[pod({WAIT: "5"})], [workload("Job", {ALPHA: "false"})]]
    contents.insert(position, [wrap(namespace({WRONG: "true"}))])
    files = [read(number, documents) for number, documents in enumerate(contents)]
    assert_same(files, autofix.options(release=release))


def test_a_note_about_the_release_comes_once() -> None:
    files = [read(number, [pod({WRONG: "true"})]) for number in range(3)]
    checked = assert_same(files, autofix.options(release="2.15"))
    notes = [finding.message for file in checked for finding in file.findings if finding.code in NOTE_CODES]
    assert len(notes) == len(set(notes)) > 0


def test_no_value_stays_in_memory_and_no_file_is_read_too_early() -> None:
    done: list[str] = []

    def files() -> Iterator[TextFile]:
        for number in range(3):
            file = read(number, [pod({WRONG: "true"})])
            yield file
            done.append(file.source)

    checked = check_many(files(), OPTIONS[0])
    assert done == ["0.yaml", "1.yaml", "2.yaml"]
    for file in checked:
        assert file.file.documents == ()
        assert [(document.document.value, document.result.object) for document in file.checked] == [
            (None, None)
        ]
        assert file.text != file.file.text
