"""What the reader of toml understands."""

from __future__ import annotations

import pytest
from readings import ALPHA, INJECT, KEY, reading, shorts, texts

CASES: dict[str, tuple[str, list[str]]] = {
    "a table of GitLab's runner": (
        "[[runners]]\n"
        "  [runners.kubernetes.pod_annotations]\n"
        f'    "{INJECT}" = "enabled"\n'
        f'    "{KEY}" = "true"\n',
        ["POD INJECT=enabled KEY=true"],
    ),
    "a boolean": (
        f'[pod_annotations]\n"{KEY}" = true # why\n',
        ["POD KEY=true!"],
    ),
    "an inline table": (
        f"kubernetes = {{ pod_labels = {{ \"{KEY}\" = 'true' }} }}\n",
        ["LABELS KEY=true"],
    ),
    "dotted keys": (
        f'annotations."{KEY}" = "true"\nannotations."{INJECT}" = "enabled"\nlabels."{KEY}" = "true"\n',
        ["UNKNOWN KEY=true INJECT=enabled", "LABELS KEY=true"],
    ),
    "namespaces": (
        f'[[namespaces]]\nannotations = {{"{KEY}" = "true"}}\n',
        ["UNKNOWN KEY=true"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_annotations(name: str) -> None:
    text, expected = CASES[name]
    assert shorts("toml", text) == expected


def test_a_multi_line_string_is_read_again() -> None:
    text = f'x = """\nannotations:\n  {KEY}: true\n"""\n'
    assert texts("toml", text) == [("yaml", f"\nannotations:\n  {KEY}: true\n")]
    assert not reading("toml", f"# {ALPHA} {INJECT}\n").fragments
