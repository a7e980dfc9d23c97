"""Files as people write them, each before and after: nothing outside the key and its value changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from paths import CORPUS

import autofix
from autofix.text.check import CheckedFile, check_files
from autofix.text.file import read_file

NAMES = sorted(path.name for path in (CORPUS / "before").iterdir())


def check(path: Path) -> CheckedFile:
    [checked] = check_files([read_file(path.read_bytes(), path.name)], autofix.options(release="2.17"))
    return checked


def test_the_corpus_is_large_enough() -> None:
    assert len(NAMES) >= 150
    assert sorted(path.name for path in (CORPUS / "after").iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_wrong_file_becomes_the_right_one_to_the_byte(name: str) -> None:
    checked = check(CORPUS / "before" / name)
    assert checked.problem is None
    assert checked.text.encode() == (CORPUS / "after" / name).read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_a_right_file_stays_as_it_is(name: str) -> None:
    checked = check(CORPUS / "after" / name)
    assert not [finding for finding in checked.findings if finding.fix]
    assert checked.text.encode() == (CORPUS / "after" / name).read_bytes()
