"""What the reader of jsonnet understands."""

from __future__ import annotations

import pytest
from readings import ALPHA, INJECT, KEY, reading, shorts, texts

CASES: dict[str, tuple[str, list[str]]] = {
    "an object": (
        "{\n"
        "  metadata+: { annotations+: {\n"
        f"    '{INJECT}': 'enabled',\n"
        f'    "{KEY}": true,\n'
        "  } },\n"
        "}\n",
        ["UNKNOWN INJECT=enabled KEY=true!"],
    ),
    "a choice": (
        f'{{ annotations: if ga then {{ "{KEY}": "true" }} else {{ "{ALPHA}": "true" }} }}\n',
        ["UNKNOWN alternative KEY=true", "UNKNOWN alternative ALPHA=true"],
    ),
    "an expression and a removal": (
        f'{{ annotations: {{ "{KEY}": "t" + x, "{ALPHA}": null, "{INJECT}"::: "enabled" }} }} # "{KEY}": 1\n',
        ["UNKNOWN KEY=? -ALPHA INJECT=enabled"],
    ),
    "labels": (
        f'{{ podLabels: {{ "{KEY}": "true" }}, x: m["{KEY}"] }}\n',
        ["LABELS KEY=true"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_annotations(name: str) -> None:
    text, expected = CASES[name]
    assert shorts("jsonnet", text) == expected


def test_an_index_is_unread() -> None:
    assert len(reading("jsonnet", f'{{ x: m["{KEY}"], y: m["{ALPHA}{INJECT}"] }}').unread) == 2
    assert texts("jsonnet", "{}") == []
