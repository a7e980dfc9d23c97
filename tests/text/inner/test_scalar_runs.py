"""The text of a scalar is its value, and each character has its place in the text around it."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from autofix.readers.model import InnerText, TextSpan
from autofix.text.inner.decode import Decoded, decode
from autofix.text.yaml import lay_out_text

ESCAPE = re.compile(r"\\(?:x..|u....|U........|.)\Z", re.DOTALL)
PIECES = [
    *"ab0 :#'\"\\\n\t-{}[],&*!|>%@`é",
    "  ",
    "\n\n",
    "linkerd.io/inject",
    "key: 'x'\n",
    '"\\n"',
    "😀",
    "\x07",
]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=30).map("".join)


def positions(length: int, runs: tuple[TextSpan, ...]) -> list[int]:
    """The place of each character."""
    places: list[int] = []
    for (inner, outer), following in zip(runs, [*runs[1:], (length, 0)], strict=True):
        places.extend(range(outer, outer + following[0] - inner))
    return places


def different(text: str, inner: Decoded | InnerText) -> list[tuple[str, str]]:
    """The characters that neither stand at their place, nor are written there as an escape."""
    pairs = zip(inner.text, positions(len(inner.text), inner.runs), strict=True)
    return [
        (character, text[place])
        for character, place in pairs
        if text[place] != character and not is_escape(text[: place + 1], character)
    ]


def is_escape(before: str, character: str) -> bool:
    match = ESCAPE.search(before[-10:])
    return match is not None and yaml.safe_load(f'"{match[0]}"') == character


@pytest.mark.parametrize("style", ["|", ">", "'", '"', None])
@given(text=TEXTS, width=st.integers(5, 60), indent=st.integers(2, 6), ascii_only=st.booleans())
def test_each_character_of_a_dumped_string_has_its_place(
    style: str | None, text: str, width: int, indent: int, ascii_only: bool
) -> None:
    dumped = yaml.dump(
        {"outer": [{"k": text}]},
        default_style=style,
        width=width,
        indent=indent,
        allow_unicode=not ascii_only,
    )
    root = lay_out_text(dumped)[0]
    [(_, item)] = root.entries
    [(_, node)] = item.items[0].entries
    assume(isinstance(node.value, str))
    decoded = decode(node, dumped)
    assert decoded.text == node.value
    assert decoded.is_exact
    assert different(dumped, decoded) == []


@pytest.mark.parametrize(
    ("outer", "text"),
    [
        ("k: |\n  a\n\n    b\n", "a\n\n  b\n"),
        ("k: |\r\n  a\r\n  b\r\n", "a\nb\n"),
        ("k: |2\n    a\n  b\n", "  a\nb\n"),
        ("k: |+ # why\n  a\n\n\nz: 1\n", "a\n\n\n"),
        ("k: |-\n  a\n\n", "a"),
        ("k: |\n  a", "a"),
        ("k: >\n  a\n  b\n\n  c\n    d\n  e\n", "a b\n\nc\n  d\ne\n".replace("\n\n", "\n")),
        ("k: 'it''s\n  folded\n\n  here'\n", "it's folded\nhere"),
        ('k: "a\\\n  b \\u0041\\x42\\"\\\\ \\/\\n"\n', 'ab AB"\\ /\n'),
        ('k: "a \\\n   \\ b"\n', "a  b"),
        ("k: a\n  b\n\n  c # why\n", "a b\nc"),
        ("k: !!str |\n  a\n", "a\n"),
        ("k: &x 'a'\n", "a"),
        ('{"k": "\\ud83d\\ude80 \\"a\\""}', 'xx "a"'),
    ],
)
def test_texts_in_each_style(outer: str, text: str) -> None:
    node = lay_out_text(outer)[0].entries[0][1]
    decoded = decode(node, outer)
    assert decoded.text == text
    assert decoded.is_exact
    if "\\ud83d" not in outer:
        assert different(outer, decoded) == []


@pytest.mark.parametrize(
    "outer",
    [
        # A tab before the second line stands where the value has a space.
        "k: 'a\n \tb'\n",
        "k: |\n  a\u2028  b\n",
    ],
)
def test_what_has_no_exact_place_is_said(outer: str) -> None:
    node = lay_out_text(outer)[0].entries[0][1]
    decoded = decode(node, outer)
    assert decoded.text == node.value
    assert not decoded.is_exact
