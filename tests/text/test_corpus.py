"""Files as people write them, each before and after: nothing outside the key and its value changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from paths import CORPUS, DATA
from texts import RELEASES

import autofix
from autofix.text.check import CheckedFile, check_files
from autofix.text.file import read_file

NAMES = sorted(path.name for path in (CORPUS / "before").iterdir())
# By language: files that name keys of Linkerd's, and have nothing wrong.
RIGHT_FILES = DATA / "corpus"
LANGUAGES = sorted(path.name for path in RIGHT_FILES.iterdir())


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


def files_of(language: str) -> list[Path]:
    return sorted(path for path in (RIGHT_FILES / language).rglob("*") if path.is_file())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_files_of_many_styles(language: str) -> None:
    files = files_of(language)
    assert len(files) >= 10
    assert all(b"linkerd" in path.read_bytes() or b"native-sidecar" in path.read_bytes() for path in files)


@pytest.mark.parametrize("release", [*RELEASES, "2.14"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_right_file_of_any_language_has_no_finding(language: str, release: str | None) -> None:
    for path in files_of(language):
        for unsafe in (False, True):
            file = read_file(path.read_bytes(), path.name)
            [checked] = check_files([file], autofix.options(release=release, unsafe=unsafe))
            assert checked.problem is None
            assert [str(finding) for finding in checked.findings] == [], path.name
            assert checked.text.encode() == path.read_bytes()
