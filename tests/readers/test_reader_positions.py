"""Whatever a text is, the positions in a reading say what they must, and reading takes linear time."""

from __future__ import annotations

import pytest
from cpu import at_most, seconds_of
from hypothesis import given, settings
from hypothesis import strategies as st
from readings import ALPHA, INJECT, KEY, reading

from autofix.readers import reader_of_language

LANGUAGES = (
    *("python", "go", "typescript", "rust", "toml", "cue", "jsonnet", "properties"),
    *("markdown", "asciidoc", "rst"),
)
WORDS = (
    *(KEY, ALPHA, INJECT, f'"{KEY}": "true"', f"'{ALPHA}': true,", f'"{KEY}" = "x"', f"{KEY}=true"),
    *("annotations", "labels", " ", "  ", "\n", "\n\n", "\r\n", "\t", "é", "𝄞", '"', "'", "`", '"""', "\\"),
    *("\\n", "{", "}", "[", "]", "(", ")", ":", "=", ",", ".", ";", "#", "//", "/*", "${x}", "f", "r#"),
    *("if x", " else ", "del ", "get(", "```yaml\n", "```\n", "> ", "- ", "----\n", "::\n\n", "---\n"),
    *(
        ".. code-block:: yaml\n\n",
        "    a: b\n",
        "$ kubectl x \\\n",
        "[source,yaml]\n",
        "|||\n",
        "a: ",
        "x = ",
    ),
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=30).map("".join)

# Smaller than the other tests of this kind, for there are many readers.
SIZE = 2**19
# Four times as long is quadratic at 16 times as much.
MOST = 8
LONGEST = 40
HOSTILE = {
    "python": [
        "[",
        f'm["{KEY}"] = "true"\n',
        f'f("{KEY}",',
        '"""',
        f'{{"{KEY}": "true"}},',
        'x("linkerd.io").',
    ],
    "go": ["{", "`", f'm["{KEY}"] = "true"\n', f'a{{"{KEY}": b{{', "func(a "],
    "typescript": ["{a:", "case 1:", "`${", f'x.set("{KEY}",', f'c ? "{KEY}" : ', "<a>"],
    "rust": ['r#"', "/*", "?a", f'm.insert("{KEY}", "true");\n', 'json!({"a":{', "->=>/*"],
    "toml": ["[", '"""', f'"{KEY}" = "true"\n', "a = {", f'a."{KEY}" = 1\n'],
    "cue": ['"\\', "/*", "{", f'"{KEY}": ', f'a: {{ "{KEY}": "true" }}\n'],
    "jsonnet": ["|||\n", "x|||\n", '\\"', "{", f'{{ "{KEY}": "true" }},\n'],
    "properties": [f"{KEY}:true,", "a=\\\n", f"annotations={KEY}:true,", "[annotation: 'a' ,", " "],
    "markdown": ["```\n", "> ", "- ", "    ```\n", f"    {KEY}: true\n\n", "---\n", "{{< highlight a >}}\n"],
    "asciidoc": ["----\n", "[source]\n", "<1>", "....\n....\n"],
    "rst": ["::\n", "a::\n\n b::\n\n", ".. code::\n", " "],
}
INPUTS = [(language, piece) for language, pieces in HOSTILE.items() for piece in pieces]


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=TEXTS)
@settings(max_examples=150)
def test_positions_are_exact(language: str, text: str) -> None:
    reading(language, text)


def seconds(language: str, piece: str, size: int) -> float:
    reader = reader_of_language(language)
    assert reader is not None
    text = (piece * (size // len(piece) + 1))[:size] + f'\n"{KEY}"'
    with at_most(LONGEST):
        return seconds_of(lambda: reader.read(text))


@pytest.mark.parametrize(("language", "piece"), INPUTS)
def test_reading_is_linear(language: str, piece: str) -> None:
    # The best of several, for caches and collections disturb.
    ratios = []
    for _ in range(3):
        ratios.append(seconds(language, piece, SIZE) / max(seconds(language, piece, SIZE // 4), 0.05))
        if ratios[-1] < MOST:
            return
    pytest.fail(f"{ratios}")
