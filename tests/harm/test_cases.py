"""What people really had: each text gets the right findings and the right diff, at every door that sees it.

``tests/data/cases.json`` has the answers: findings by line, and the changed lines. Read it when it changes.
"""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import pytest
from paths import DATA

import autofix
from autofix.report.positions import by_position
from autofix.text.check import CheckedFile, check_files
from autofix.text.file import read_file

CASES = DATA / "cases"
ANSWERS: dict[str, dict[str, Any]] = json.loads((DATA / "cases.json").read_text(encoding="utf-8"))
RELEASES = ("2.17", "2.20")
# Known bugs of the release and the like; they are about the release and not about the text.
ABOUT_THE_RELEASE = "AFX404"


def checked(path: Path, release: str) -> CheckedFile:
    name = str(path.relative_to(CASES))
    [file] = check_files([read_file(path.read_bytes(), name)], autofix.options(release=release))
    return file


def answer(path: Path, release: str) -> dict[str, Any]:
    """Say of a text what the table says of it."""
    try:
        file = checked(path, release)
    except autofix.AutofixError as error:
        return {"error": str(error)}
    findings = [
        [position.line, position.finding.code, str(position.finding.applicability)]
        for position in by_position(file)
        if position.finding.code != ABOUT_THE_RELEASE
    ]
    diff = difflib.unified_diff(file.file.text.splitlines(), file.text.splitlines(), lineterm="", n=0)
    changes = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    return {"findings": findings, "changes": changes}


def test_each_text_has_an_answer() -> None:
    names = {str(path.relative_to(CASES)) for path in CASES.rglob("*") if path.is_file()}
    assert names == ANSWERS.keys()


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", ANSWERS)
def test_the_answer_is_right(name: str, release: str) -> None:
    assert answer(CASES / name, release) == ANSWERS[name][release]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", ANSWERS)
def test_a_second_fix_changes_nothing(name: str, release: str) -> None:
    if "error" in ANSWERS[name][release]:
        with pytest.raises(autofix.AutofixError):
            checked(CASES / name, release)
        return
    text = checked(CASES / name, release).text
    [again] = check_files([read_file(text.encode(), name)], autofix.options(release=release))
    assert again.text == text
    assert not [finding for finding in again.findings if finding.applicability == "safe"]


@pytest.mark.parametrize(
    "name", [name for name in ANSWERS if name.endswith(".yaml") and "error" not in ANSWERS[name]["2.17"]]
)
def test_the_library_says_of_an_object_what_the_command_line_says(name: str) -> None:
    documents = read_file((CASES / name).read_bytes(), name).documents
    values = [document.value for document in documents]
    file = checked(CASES / name, "2.17") if values else None
    of_documents = [done for done in file.checked if done.places is None] if file else []
    objects = [
        (value, done)
        for value, done in zip(values, of_documents, strict=False)
        if isinstance(value, dict) and {"apiVersion", "kind"} <= value.keys()
    ]
    if len(objects) != 1 or len(values) != 1:
        return
    [(value, done)] = objects
    codes = {finding.code for finding in autofix.check(value, release="2.17")}
    # Only a text has variables in it, and other places of the same pods.
    assert {finding.code for finding in done.result.findings} >= codes - {"AFX204", "AFX303", "AFX402"}
