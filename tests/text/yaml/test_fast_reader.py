"""The line reader reads what YAML's parser reads, to the value and to the character."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import CORPUS
from strategies import objects

from autofix.errors import AutofixError
from autofix.text.yaml.fast.layout import block_layout
from autofix.text.yaml.fast.reader import read_blocks
from autofix.text.yaml.layout import yaml_layout
from autofix.text.yaml.node import Node
from autofix.text.yaml.reader import read_yaml
from autofix.text.yaml.writer import as_yaml

FILES = sorted(CORPUS.glob("*/*"))
PLAIN = [
    "a: b",
    "a: b\n---\nc:\n  d:\n  - e",
    "",
    "a: b\n",
    "a: b\n---\nc: d\n",
    "---\n# nothing\n---\na: 1\n---\n",
    "# c\n\na: b # c\n  # d\nc: d#e\n",
    "a:\n- b\n- c: 1\n  d:\n  - e\nf:\n",
    "a:\n  - b\n  -   c: 1\n      d: 2\n",
    "a:\nb: # c\n  c: 1\n",
    "a: 'x: #'\nb: \"it's\"\n'c': 1\n\"d\": 2\n",
    "a: {}\nb: []\nc: [x, 'y', \"z\", --d, e=f]\nd:\n- {}\n- [ a,b ]\n",
    "a: |\n  x\n\n   y\n\n\nb: |-\n  z\n# c\n",
    "a:\n- |\n  x: [\n- b: |\n    y\n  c: 1\n",
    "a: |\n   x\n  # c\nb: 2\n",
    "yes: no\n012: 0x1F\n1.50: 1_000\nb: .5\nnull:\n",
    "a: http://b:80/c?d#e\nb: -1\nd: 12:30\n",
    "a: 1\na: 2\n",
    "a: gr\u00fc\u00df \U0001f600\n",
    "a: \"\"\nb: ''\n",
    "a: " + "x" * 500 + "\n",
]
ODD = [
    "a\n",
    "- a\n",
    "a: |\n  b",
    " a: b\n",
    "a: b\n c: d\n",
    "a:\n  b: 1\n c: 2\n",
    "a: b\n  c\n",
    "a:\n  - b\n  c: 1\n",
    "a:\n  b: 1\n  - c\n",
    "a: b: c\n",
    "a: b:\n",
    "a:\tb\n",
    "a: b\r\n",
    "a: &x b\n",
    "a: *x\n",
    "a: !x b\n",
    "<<: b\n",
    "a: {b: c}\n",
    "a: [b\n",
    "a: [b: c]\n",
    "a: 'it''s'\n",
    'a: "\\x41"\n',
    "a: >\n  b\n",
    "a: |+\n  b\n",
    "a: |2\n  b\n",
    "a: |\nb: c\n",
    "a: |\n  b\n c: d\n",
    "a: |\n  b\n \nc: d\n",
    "a: |\n   \n    b\n",
    "-\n",
    "a:\n-\n",
    "? a\n",
    "--- a\n",
    "...\n",
    "a: b\n...\n",
    "%YAML 1.1\n---\na: b\n",
    "a: b\x85\n",
    "a: b\u2028c: d\n",
    "a: \ufeffb\n",
    "a: @b\n",
    "a: `b\n",
    "a: %b\n",
    "a: = \n",
    "x" * 2000 + ": b\n",
    " " * 300 + "a: b\n",
]
PIECES = [
    *"ab19 \n'\"#:-|>[]{},&*!?%@~=.<+\t\r\\",
    *("\n  ", "\n    ", "\n- ", "\n  - ", "\n---\n", ": ", " #", "- ", ": |\n", ": |-\n   ", "''", "..."),
    *("<<: ", "key: value\n", "  key: 'v'\n", "- key:\n", "yes", "0x1", "1e3", "null"),
    *("\u00a0", "\u00e4", "\U0001f600"),
]
INDENTS = ["", "  ", "    ", "      ", " "]
DASHES = ["", "", "", "- ", "-  ", "# "]
KEYS = ["a:", "b.c/d:", "'e':", '"f":', "1:", "on:", "", "-g:", "h :"]
VALUES = [
    *("", "x", "'y'", '"z"', "1", "0o7", "~", ".5", "+1", "{}", "[]", "[a, -b, 'c']", "[a,b", "{a}", "a,b"),
    *("|", "|-", ">", "x y", "x:y", "x: y", "x#y", "x #y", "'x' #y", "x  ", "#", "-", "--x", "---", "$(X)"),
]
lines = st.builds(
    "{}{}{} {}\n".format, *(st.sampled_from(pieces) for pieces in (INDENTS, DASHES, KEYS, VALUES))
)


def described(node: Node) -> tuple[Any, ...]:
    """Return everything about a node; the end of a block collection is not exact."""
    return (
        (node.start, None if node.style == "block" else node.end, node.style, node.outer, node.anchor),
        (node.key, node.is_mapping, repr(node.value), type(node.value)),
        [(described(key), described(value)) for key, value in node.entries],
        [described(item) for item in node.items],
    )


def is_read_alike(text: str) -> bool:
    """Compare with YAML's parser; return False if the line reader leaves the text to it."""
    blocks = read_blocks(text)
    if blocks is None:
        return False
    documents = read_yaml(text, "")
    # repr tells what == does not: 1 from True and 1.0, and the order of keys.
    assert [repr(block.value) for block in blocks] == [repr(document.value) for document in documents]
    assert [block.line for block in blocks] == [document.line for document in documents]
    assert [described(block_layout(text, block.start, block.end)) for block in blocks] == [
        described(root) for root in yaml_layout(text)
    ]
    return True


@pytest.mark.parametrize("text", PLAIN)
def test_a_plain_text_is_read(text: str) -> None:
    assert is_read_alike(text)


@pytest.mark.parametrize("text", ODD)
def test_every_other_text_is_left_to_the_parser(text: str) -> None:
    assert read_blocks(text) is None


@pytest.mark.parametrize("part", [" ", "x ", "x:", "x: ", "- ", "a,", "[a,", "x #", "'x' ", "-", "#"])
@pytest.mark.parametrize("start", ["", "a: ", "a: [", "a: x", "- "])
def test_a_line_takes_no_more_than_its_length(start: str, part: str) -> None:
    # With a second attempt for every character this takes an hour.
    read_blocks(start + part * 200_000 + ":\n")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_files_as_people_write_them_are_read_alike(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", errors="ignore").replace("\r\n", "\n")
    # A text that is not plain as a whole may have documents that are.
    for part in (text, *(f"{document}\n" for document in text.split("\n---\n"))):
        is_read_alike(part)


def test_many_files_of_the_corpus_are_plain_although_they_are_traps() -> None:
    texts = [path.read_bytes().decode("utf-8", errors="ignore").replace("\r\n", "\n") for path in FILES]
    assert sum(read_blocks(text) is not None for text in texts) > len(texts) / 3


@given(st.lists(lines, max_size=8).map("".join), st.booleans())
@settings(max_examples=600)
def test_lines_in_any_order_are_read_alike_or_left(text: str, ends: bool) -> None:
    is_read_alike(text if ends else text.removesuffix("\n"))


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@settings(max_examples=600)
def test_any_text_is_read_alike_or_left(text: str) -> None:
    is_read_alike(text)


@given(st.lists(objects(), min_size=1, max_size=3), st.data())
def test_a_manifest_with_something_odd_in_it_is_read_alike_or_left(
    manifests: list[Any], data: st.DataObject
) -> None:
    try:
        text = "---\n".join(as_yaml(manifest) for manifest in manifests)
    except AutofixError:
        return
    position = data.draw(st.integers(0, len(text)))
    piece = data.draw(st.sampled_from(["", *PIECES]))
    is_read_alike(text[:position] + piece + text[position:])
