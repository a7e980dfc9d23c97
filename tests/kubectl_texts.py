"""YAML at its edges: what kubectl reads in it; kubectl itself is asked in the cluster tests."""

from __future__ import annotations

from typing import Final

_HEAD: Final = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n  annotations:\n"


def _object(annotations: str) -> str:
    return _HEAD + annotations


_A: Final = _object("    a: one\n")
_B: Final = _object("    b: two\n")
_TWO: Final = [{"a": "one"}, {"b": "two"}]

# By what is special: the text, and the annotations that kubectl reads in each object.
READ: Final[dict[str, tuple[str, list[dict[str, str]]]]] = {
    # Scalars that the file ends in, without a line break.
    "literal": (_object("    a: |\n      true"), [{"a": "true\n"}]),
    "folded": (_object("    a: >\n      x\n      y"), [{"a": "x y\n"}]),
    "literal that keeps all": (_object("    a: |+\n      true"), [{"a": "true\n"}]),
    "literal that keeps nothing": (_object("    a: |-\n      true"), [{"a": "true"}]),
    "folded that keeps nothing": (_object("    a: >-\n      true"), [{"a": "true"}]),
    "literal of two paragraphs": (_object("    a: |\n      x\n\n      y"), [{"a": "x\n\ny\n"}]),
    "literal with blanks behind it": (_object("    a: |\n      x\n   "), [{"a": "x\n"}]),
    "literal that keeps blanks": (_object("    a: |+\n      x\n    "), [{"a": "x\n\n"}]),
    "literal with CR LF": (_object("    a: |\r\n      true"), [{"a": "true\n"}]),
    "literal with its indentation": (_object("    a: |2\n      true"), [{"a": "true\n"}]),
    "empty literal": (_object("    a: |"), [{"a": ""}]),
    "plain": (_object("    a: x"), [{"a": "x"}]),
    "literal of the last of two": (
        _A + "---\n" + _object("    b: |\n      two"),
        [{"a": "one"}, {"b": "two\n"}],
    ),
    # Markers.
    "comment behind dashes": (f"{_A}---#c\n{_B}", _TWO),
    "comment with a colon": (f"{_A}---# a: b\n{_B}", _TWO),
    "comment and CR LF": (f"{_A}---#c\r\n{_B}", _TWO),
    "comment behind a space": (f"{_A}--- #c\n{_B}", _TWO),
    "comment behind a tab": (f"{_A}---\t#c\n{_B}", _TWO),
    "comment behind no-break space": (f"{_A}---\u00a0#c\n{_B}", _TWO),
    "no-break space behind dashes": (f"{_A}---\u00a0\n{_B}", _TWO),
    "vertical tab behind dashes": (f"{_A}---\v\n{_B}", _TWO),
    "wide space behind dashes": (f"{_A}---\u3000\n{_B}", _TWO),
    "two markers": (f"{_A}---\n---\n{_B}", _TWO),
    "marker in a block": (_object("    a: |\n      ---#c\n"), [{"a": "---#c\n"}]),
    "marker at the end": (f"{_A}---#c\n", [{"a": "one"}]),
    "marker as the last bytes": (f"{_A}---#c", [{"a": "one"}]),
    # Byte order marks.
    "mark of the file": (f"\ufeff{_A}", [{"a": "one"}]),
    "mark of a document": (f"{_A}---\n\ufeff{_B}", _TWO),
    "mark behind a comment": (f"{_A}---#c\n\ufeff{_B}", _TWO),
    "mark behind CR LF": (f"{_A}---\r\n\ufeff{_B}", _TWO),
    "mark of each": (f"\ufeff{_A}---\n\ufeff{_B}---\n\ufeff{_A}", [*_TWO, {"a": "one"}]),
    "mark in a value": (_object("    a: x\ufeffy\n"), [{"a": "x\ufeffy"}]),
    # Escapes.
    "apostrophe": (_object('    a: "it\\\'s"\n'), [{"a": "it's"}]),
    "apostrophes and backslashes": (_object("    a: \"\\'\\\\\\'\\\\\"\n"), [{"a": "'\\'\\"}]),
    "apostrophe in a key": (_object('    "x\\\'y": a\n'), [{"x'y": "a"}]),
    "backslash in other quotes": (_object("    a: 'x\\'\n    b: x\\'y\n"), [{"a": "x\\", "b": "x\\'y"}]),
    "apostrophe beside a block": (
        _object("    a: |\n      \\'\n    b: \"\\'\"\n    c: 'it''s \\''\n".replace("\\''\n", "\\'\n")),
        [{"a": "\\'\n", "b": "'", "c": "it's \\"}],
    ),
    "apostrophe and tabs": (
        _object('    a:\t"\\\'"\t# c\n    b: [x]\t\n'.replace("[x]", "'x'")),
        [{"a": "'", "b": "x"}],
    ),
    "other escapes": (_object('    a: "\\x41\\t\\u00e9\\e"\n'), [{"a": "A\t\u00e9\x1b"}]),
    # Characters that look like others.
    "no-break spaces": (
        _object("    a:\u00a0x\u00a0\n".replace("a:\u00a0", "a: \u00a0")),
        [{"a": "\u00a0x\u00a0"}],
    ),
    "no-break spaces as indentation": (_object("    a: x\n\u00a0\u00a0\u00a0\u00a0b: z\n"), [{"a": "x"}]),
    "curly quotes": (_object("    a: \u201ctrue\u201d\n"), [{"a": "\u201ctrue\u201d"}]),
    "no-break hyphen": (_object("    a\u2011b: x\n"), [{"a\u2011b": "x"}]),
    "ports": (_object("    a: 3306,9092\n    b: 4143,\n"), [{"a": "3306,9092", "b": "4143,"}]),
    "times": (_object("    a: 12:30\n    b: 2020-05-11\n"), [{"a": "12:30", "b": "2020-05-11"}]),
}
# What kubectl refuses.
REFUSED: Final[dict[str, str]] = {
    "DEL": _object("    a: x\x7fy\n"),
    "C1": _object("    a: 'x\x80y'\n"),
    "C1 in a comment": _object("    a: x # \x9f\n"),
    "C0": _object("    a: x\x01y\n"),
    "no character": _object("    a: x\uffffy\n"),
    "unknown escape": _object('    a: "\\z"\n'),
    "apostrophe and an unknown escape": _object('    a: "\\\' \\z"\n'),
    "text behind dashes": f"{_A}---c\n{_B}",
    "four dashes": f"{_A}----\n{_B}",
    "marker in quotes": _object("    a: 'x\n---#c\n      y'\n"),
    "mark before a marker": f"{_A}\ufeff---\n{_B}",
    "no blank behind a colon": _object('    a:"x"\n    b: y\n'),
    "tab as indentation": _object("\ta: x\n"),
}
