"""Each example in docs/languages.md is a text, and what autofix makes of it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from markdown_it import MarkdownIt
from paths import ROOT
from texts import check

from autofix.cli import main
from autofix.readers import readers
from autofix.text.check import NOTE_CODES
from autofix.text.languages import language_of

DOCUMENT: Final = ROOT / "docs" / "languages.md"
DEFAULT_RELEASE: Final = "2.17"
_RELEASE: Final = r"(?:, with Linkerd (?P<release>[\d.]+))?"
# What stands below the block of an example.
_BECOMES: Final = re.compile(rf"becomes{_RELEASE}:")
_REPORTED: Final = re.compile(rf'is only reported{_RELEASE}\. (?P<code>AFX\d{{3}}) says: "(?P<words>.+)"\.')
_NO_FINDING: Final = re.compile(rf"is no finding{_RELEASE}\.")


class Example(NamedTuple):
    """A text of the document, and what autofix says of it.

    Attributes:
        line: the line of the document at which it stands.
        name: the name of the file in which such a text stands.
        text: the text.
        release: the release of Linkerd.
        after: the text after ``autofix fix``.
        code: the code of a finding without a safe fix; empty if there is none.
        words: what the finding says.
    """

    line: int
    name: str
    text: str
    release: str
    after: str
    code: str = ""
    words: str = ""


def examples() -> Iterator[Example]:
    """Read the examples; a block that belongs to no example is an error."""
    tokens = MarkdownIt("commonmark").enable("table").parse(DOCUMENT.read_text(encoding="utf-8"))
    blocks = iter([token for token in tokens if token.type in ("fence", "inline")])
    for block in blocks:
        if block.type == "fence" and block.info != "console":
            below = next(blocks)
            sentence = below.content.replace("\n", " ")
            language, _, name = block.info.partition(" ")
            line = block.map[0] + 1 if block.map else 0
            example = Example(
                line, name or f"example.{language}", block.content, DEFAULT_RELEASE, block.content
            )
            if match := _BECOMES.fullmatch(sentence):
                example = example._replace(after=next(blocks).content)
            elif match := _REPORTED.fullmatch(sentence):
                example = example._replace(code=match["code"], words=match["words"])
            else:
                match = _NO_FINDING.fullmatch(sentence)
            assert match is not None, f"line {line}: no sentence says what becomes of this example"
            yield example._replace(release=match["release"] or DEFAULT_RELEASE)


EXAMPLES: Final = list(examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line {example.line}")
def test_an_example_says_what_autofix_does(example: Example) -> None:
    checked = check(example.name, example.text, release=example.release)
    findings = [finding for finding in checked.findings if finding.code not in NOTE_CODES]
    assert checked.text == example.after
    if example.code:
        words = [
            f"{finding.message} {finding.withheld}" for finding in findings if finding.code == example.code
        ]
        assert any(example.words in text for text in words), words
    else:
        assert bool(findings) == (example.after != example.text)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line {example.line}")
def test_what_comes_out_of_an_example_stays_as_it_is(example: Example) -> None:
    assert check(example.name, example.after, release=example.release).text == example.after


def test_each_reader_has_an_example() -> None:
    languages = {language_of(example.text.encode(), example.name) for example in EXAMPLES}
    assert {reader.languages[0] for reader in readers()} <= languages


def test_the_table_has_each_name_of_a_file() -> None:
    rows = re.findall(r"^\| \[[^|]*\| (.*) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    names = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    assert names == {
        *(".yaml", ".yml", ".json"),
        *(name for reader in readers() for name in (*reader.suffixes, *reader.names)),
    }


def test_the_session_prints_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [session] = re.findall(r"^```console\n\$ (.+)\n((?:.*\n)*?)```$", DOCUMENT.read_text(), re.MULTILINE)
    by_name = {example.name: example for example in EXAMPLES}
    for name in ("deploy.sh", "main.tf"):
        (tmp_path / name).write_text(by_name[name].text)
    (tmp_path / "job.yaml").write_text(next(example.after for example in EXAMPLES))
    monkeypatch.chdir(tmp_path)
    main(shlex.split(session[0])[1:])
    assert "".join(capsys.readouterr()) == session[1]
