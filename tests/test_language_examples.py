"""Each example in docs/languages.md is a text, and what autofix makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from paths import ROOT
from texts import check

from autofix import Severity
from autofix.readers import readers
from autofix.text.languages import language_of

DOCUMENT: Final = ROOT / "docs" / "languages.md"
DEFAULT_RELEASE: Final = "2.17"
# What stands below the block of an example.
_VERDICT: Final = re.compile(
    r"(?:becomes(?:, with Linkerd (?P<becomes>[\d.]+))?:"
    r"|is only reported(?:, with Linkerd (?P<reported>[\d.]+))?\. (?P<code>AFX\d{3}) says: \"(?P<words>.+)\"\."
    r"|is no finding(?:, with Linkerd (?P<nothing>[\d.]+))?\.)",
    re.DOTALL,
)


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
    blocks = [token for token in tokens if token.type in ("fence", "inline", "heading_open")]
    results: set[int] = set()
    for index, (block, below) in enumerate(pairwise([*blocks, *blocks[-1:]])):
        if block.type != "fence" or index in results or block.info == "console":
            continue
        assert block.map is not None
        line = block.map[0] + 1
        verdict = _VERDICT.fullmatch(below.content.replace("\n", " "))
        assert verdict is not None, f"line {line}: no sentence says what becomes of this example"
        if verdict["code"] is None and below.content.startswith("becomes"):
            results.add(index + 2)
            after = blocks[index + 2]
            assert after.type == "fence", f"line {line}: the result has to stand below"
        else:
            after = block
        yield _example(line, block, verdict, after)


def _example(line: int, block: Token, verdict: re.Match[str], after: Token) -> Example:
    language, _, name = block.info.partition(" ")
    return Example(
        line,
        name or f"example.{language}",
        block.content,
        verdict["becomes"] or verdict["reported"] or verdict["nothing"] or DEFAULT_RELEASE,
        after.content,
        verdict["code"] or "",
        verdict["words"] or "",
    )


EXAMPLES: Final = list(examples())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line {example.line}")
def test_an_example_says_what_autofix_does(example: Example) -> None:
    checked = check(example.name, example.text, release=example.release)
    findings = [finding for finding in checked.findings if finding.severity is not Severity.INFO]
    assert checked.text == example.after
    if example.code:
        said = [
            f"{finding.message}; {finding.withheld or ''}"
            for finding in findings
            if finding.code == example.code
        ]
        assert any(example.words in words for words in said), said
    else:
        assert bool(findings) == (example.after != example.text)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line {example.line}")
def test_what_comes_out_of_an_example_stays_as_it_is(example: Example) -> None:
    assert check(example.name, example.after, release=example.release).text == example.after


def test_each_reader_has_an_example() -> None:
    languages = {language_of(example.text.encode(), example.name) for example in EXAMPLES}
    assert {reader.languages[0] for reader in readers()} <= languages
