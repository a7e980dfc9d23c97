"""JSON text as no serializer writes it: other blanks, other order, escapes, keys that stand there twice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any

BLANKS = ["", "", "", " ", "\n", "\t", "\r\n  "]
DECOYS: list[Any] = [None, {}, [], "", "true", 1, {"annotations": {"linkerd.io/native-sidecar": "true"}}]
_encode = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Verbatim:
    """A value that is written as it is, such as a number that Python has no place for."""

    text: str


def plain_text(node: Any) -> str:
    """Write a value as the API server does: without blanks, in the order of its keys."""
    if isinstance(node, str):
        return _encode(node)
    if isinstance(node, Verbatim):
        return node.text
    if isinstance(node, dict):
        return "{" + ",".join(f"{plain_text(key)}:{plain_text(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ",".join(map(plain_text, node)) + "]"
    return json.dumps(node)


def odd_text(rng: Random, node: Any) -> str:
    """Write a value in another way; it is the same for a reader that takes the last of equal keys."""
    if isinstance(node, Verbatim):
        return node.text
    if isinstance(node, str):
        return _odd_string(rng, node)
    if isinstance(node, dict):
        members = list(node.items())
        rng.shuffle(members)
        # A decoy stands before all members, so the last of equal keys is the right one.
        decoys = [(key, rng.choice(DECOYS)) for key, _ in members if rng.random() < 0.04]
        texts = [
            f"{_odd_string(rng, key)}{_blank(rng)}:{odd_text(rng, value)}" for key, value in decoys + members
        ]
        return _between(rng, "{", texts, "}")
    if isinstance(node, list):
        return _between(rng, "[", [odd_text(rng, item) for item in node], "]")
    return json.dumps(node)


def _between(rng: Random, opening: str, parts: list[str], closing: str) -> str:
    inner = ",".join(f"{_blank(rng)}{part}{_blank(rng)}" for part in parts)
    return f"{_blank(rng)}{opening}{inner}{_blank(rng)}{closing}"


def _blank(rng: Random) -> str:
    return rng.choice(BLANKS)


def _odd_string(rng: Random, text: str) -> str:
    share = rng.choice([0.0, 0.0, 0.0, 0.02, 1.0])
    if not share:
        return plain_text(text)
    return '"' + "".join(_escaped(char) if rng.random() < share else _short(char) for char in text) + '"'


def _escaped(char: str) -> str:
    """Write any character as ``\\u`` and four digits; those beyond U+FFFF as two of them."""
    if char == "/":
        return r"\/"
    units = char.encode("utf-16-be").hex()
    return "".join(f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4))


def _short(char: str) -> str:
    return plain_text(char)[1:-1]
