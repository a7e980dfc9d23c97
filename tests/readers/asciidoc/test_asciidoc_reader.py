"""What the reader of AsciiDoc understands: its code blocks."""

from __future__ import annotations

import pytest
from readings import KEY, reading, texts

YAML = f"annotations:\n  {KEY}: true\n"
COMMAND = f"kubectl annotate pod web {KEY}=true\n"
CASES = {
    "a listing": (f"= T\n\n[source,bash]\n----\n{COMMAND}----\ntext\n", [("bash", COMMAND)]),
    "short forms, a title": (f"[,yaml]\n.A title\n-----\n{YAML}-----\n", [("yaml", YAML)]),
    "options": (f'[source%linenums,yaml,subs="+quotes"]\n----\n{YAML}----\n', [("yaml", YAML)]),
    "a literal": (f"....\n{YAML}....\n", [("yaml", YAML)]),
    "a fence of Markdown": (f"```yaml\n{YAML}```\n", [("yaml", YAML)]),
    "a paragraph": (f"[source,yaml]\n{YAML}\nText about {KEY}: true\n", [("yaml", YAML)]),
    "remarks": (
        f"[source,yaml]\n----\nannotations: # <1>\n  {KEY}: true <2>\n----\n",
        [("yaml", YAML)],
    ),
    "a listing without an end": (f"[source,yaml]\n----\n{YAML}", [("yaml", YAML)]),
    "a style without a block": (f"[source,yaml]\n\n{YAML}", []),
    "prose": (f"----\nthe key {KEY}\n----\n", []),
    "two listings": (f"----\n{COMMAND}----\n\n----\n{YAML}----\n", [("sh", COMMAND), ("yaml", YAML)]),
}


@pytest.mark.parametrize("name", CASES)
def test_code_blocks(name: str) -> None:
    text, expected = CASES[name]
    assert texts("asciidoc", text) == expected


def test_the_rest_is_prose() -> None:
    assert reading("asciidoc", "text").is_prose
