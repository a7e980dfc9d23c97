"""What the reader of cue understands."""

from __future__ import annotations

import pytest
from readings import ALPHA, INJECT, KEY, reading, shorts, texts

CASES: dict[str, tuple[str, list[str]]] = {
    "a struct": (
        f'metadata: annotations: {{\n\t"{INJECT}": "enabled"\n\t"{KEY}": "true" // why\n}}\n',
        ["UNKNOWN INJECT=enabled KEY=true"],
    ),
    "chains": (
        f'labels: "{KEY}": "true"\n#Pod: podAnnotations: "{KEY}": true\n',
        ["LABELS KEY=true", "POD KEY=true!"],
    ),
    "a condition": (
        f'if native {{\n\tannotations: "{KEY}": "true"\n}}\n',
        ["UNKNOWN conditional KEY=true"],
    ),
    "an expression": (
        f'annotations: {{"{KEY}": "\\(x)", "{INJECT}": x | "enabled"}}\n',
        ["UNKNOWN KEY=? INJECT=?"],
    ),
    "a comment and an unclosed string": (
        f'// "{KEY}": "true"\nx: "{KEY}: 1\n',
        [],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_annotations(name: str) -> None:
    text, expected = CASES[name]
    assert shorts("cue", text) == expected


def test_a_text_in_a_string_is_unread() -> None:
    text = f'x: """\n\t{KEY}: {INJECT} {ALPHA}\n\t"""\n'
    assert len(reading("cue", text).unread) == 1
    assert texts("cue", text) == []
