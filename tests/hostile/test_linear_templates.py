"""The reader of templates takes four times as long for four times as much, whatever is in the template."""

from __future__ import annotations

import pytest
from cpu import at_most, seconds_of

from autofix.readers.template import read

MEGA = 2**20
# Four times as long is quadratic at 16 times as much.
MOST = 8
# Of CPU time for a megabyte, whatever is in it.
LONGEST = 40
PIECES = [
    *(
        "{{ ",
        "{{",
        '{{ "',
        "{{ \" }} ' ",
        '\\"',
        '{{ x \\"',
        "{{ ` ",
        "${ {",
        "{{ { ",
        "{% ' ",
        "<% ",
        "%{ if ' ",
    ),
    *(
        "{{/* ",
        "{# ",
        "<#if x",
        "<#if x>",
        "{{{",
        "{{ \"{{'\" '{{\"' ",
        "{{ else }}",
        "{{ end }}\n",
        "{{#a}}",
    ),
    *(
        "{{ if a }}",
        "{{ if a }}\n",
        ":{{ if a }}b",
        "a:\n {{ if x }}\n",
        "a:\n {{ if x }}\n b\n {{ else }}\n c\n",
    ),
    *("a: {{ x }}\n", "a {{ x }} ", "{{ x }}: {{ y }}\n", "{{ x }}\n", "{{ a }}\n  b: c\n", "{{ a\n }} "),
    *(
        "${A} ",
        "a: ${A}\n",
        "[${A}",
        "a.b/{{ x }}",
        "a: #@ b\n",
        " # {{ a }}",
        "{{ a }}\r",
        "{{ a }}" + " " * 200,
    ),
    *('{{ define "a" }}\na: b\n{{ end }}\n', '{{ define "a" }}', "a: {{ if x }}b{{ else }}c{{ end }}\n"),
    "{{ if x }}\na: b\n{{ else }}\n  c: d\n{{ end }}\n",
    *("{{ if x }}a: b{{ end }}\n", "{{ if x }}- a{{ end }} ", "<% a" + " " * 100 + "{" + " " * 100 + "x %>"),
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_template_of_one_piece_is_read_in_linear_time(piece: str) -> None:
    # The best of several, for caches and collections disturb.
    ratios = []
    for _ in range(3):
        times = []
        for size in (MEGA // 4, MEGA):
            text = (piece * (size // len(piece) + 1))[:size]
            with at_most(LONGEST):
                times.append(seconds_of(lambda text=text: read(text)))  # type: ignore[misc]
        ratios.append(times[1] / max(times[0], 0.02))
        if ratios[-1] < MOST:
            return
    pytest.fail(f"{piece!r}: {ratios}")


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("{{ if x }}", "{{ else }}{{ end }}"),
        (":{{ if x }}b", "{{ else }}{{ end }}"),
        ("{{ if x }}\n", "{{ end }}\n"),
        ("{% if x %}a: b", "{% endif %}"),
        ('{{ define "a" }}', "{{ end }}"),
        ("{{ ", "}}"),
        ("{{ (", ")}}"),
    ],
)
def test_deeply_nested_blocks_are_read_in_linear_time(opening: str, closing: str) -> None:
    ratios = []
    for _ in range(3):
        times = []
        for depth in (5000, 20000):
            text = opening * depth + closing * depth
            with at_most(LONGEST):
                times.append(seconds_of(lambda text=text: read(text)))  # type: ignore[misc]
        ratios.append(times[1] / max(times[0], 0.02))
        if ratios[-1] < MOST:
            return
    pytest.fail(f"{opening!r}: {ratios}")
