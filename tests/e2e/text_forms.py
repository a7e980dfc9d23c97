"""Wrong forms of the texts of the round trips, each with what the fix makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from paths import DATA
from round_trip_texts import RIGHT, TEXTS, YAML, Text, filled, wrong_keys
from texts import check

import autofix

BY_NAME = {text.name: text for text in TEXTS}
CASES = DATA / "cases"
# What values are, and what a fix makes of them.
WORDS = {"true", "false", *(value.strip("\"'").lower() for value in YAML)}
WRONG_KEY = "config.linkerd.io/proxy-native-sidecar"
# A key in any of its spellings, and the value behind it in a shell word, in JSON or in HCL.
KEY = re.compile(
    r"(?:[\w-]+\\{1,2}\.)*linkerd\\{1,2}\.io/(?:\\{1,2}\.|[\w-])+|(?:[\w-]+\.)*linkerd\.io(?:/|~1)[\w.-]+"
)
VALUE = re.compile(r'(<key>(?:=|"\s*[:=]\s*|",\s*"value":\s*))("?)[\w-]+\2')


class Form(NamedTuple):
    """A text with a wrong key or value, and the text after the fix."""

    before: str
    after: str
    release: str
    intent: bool


def forms(text: Text, most: int) -> list[Form]:
    """Wrong forms of a text in each release."""
    return [form for release in RIGHT for form in _forms(text, release, most // len(RIGHT))]


def _forms(text: Text, release: str, most: int) -> Iterator[Form]:
    keys = wrong_keys(release, is_namespace=text.is_namespace)
    values = list(text.values.items())
    for number in range(most):
        key = RIGHT[release] if number % 4 == 0 else keys[(number * 7) % len(keys)]
        value, right = values[(number * 5 + len(release)) % len(values)]
        before = filled(text, key, value)
        after = check(text.name, before, release=release).text
        if after != before:
            yield Form(before, after, release, "true" in right)


def reduced(words: tuple[str, ...]) -> list[str]:
    """The words without what a fix may change: keys for native sidecars, and their values."""
    return [
        VALUE.sub(r"\1<value>", KEY.sub(lambda match: "<key>" if is_native(match[0]) else match[0], word))
        for word in words
    ]


def is_native(spelling: str) -> bool:
    return autofix.is_native_like(spelling.replace("\\", "").replace("~1", "/"))
