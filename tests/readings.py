"""What a reader has understood of a text, in a short form for tables of tests."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.readers import reader_of_language
from autofix.readers.model import Delivery, Fragment, InnerText, TextReading

KEY = "config.linkerd.io/proxy-native-sidecar"
ALPHA = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
INJECT = "linkerd.io/inject"


def reading(language: str, text: str) -> TextReading:
    """Read a text, and check that all positions say what they must."""
    reader = reader_of_language(language)
    assert reader is not None
    result = reader.read(text)
    assert_exact(text, result)
    assert reader.read(text) == result
    return result


def assert_exact(text: str, result: TextReading) -> None:
    """Each key, value and run stands where the reading says."""
    for fragment in result.fragments:
        for setting in fragment.settings:
            assert text[slice(*setting.key_span)] == setting.key
            if setting.value_span is not None and isinstance(setting.value, str):
                assert text[slice(*setting.value_span)] == setting.value
            elif setting.value_span is None:
                assert setting.value is None
    for inner in result.texts:
        assert_runs(text, inner)
    for start, end in result.unread:
        assert 0 <= start < end <= len(text)


def assert_runs(text: str, inner: InnerText) -> None:
    """Each character of an inner text stands where its runs say, but for holes and escapes."""
    assert inner.runs[0][0] == 0
    starts, outsides = zip(*inner.runs, strict=True)
    assert list(starts) == sorted(set(starts))
    assert list(outsides) == sorted(outsides)
    in_holes = {position for start, end in inner.holes for position in range(start, end)}
    for position, outside in positions(inner):
        if position not in in_holes:
            is_escape = "\\" in text[max(outside - 1, 0) : outside + 1]
            assert is_escape or inner.text[position] == text[outside]


def positions(inner: InnerText) -> Iterator[tuple[int, int]]:
    """Each position in an inner text with its position outside."""
    ends = [start for start, _ in inner.runs[1:]] + [len(inner.text)]
    for (start, outside), end in zip(inner.runs, ends, strict=True):
        for position in range(start, end):
            yield position, outside + position - start


def short(text: str, fragment: Fragment) -> str:
    """Write a fragment: its target, its branch, whether it may be edited, and its settings."""
    words = [fragment.target.name, fragment.branch.name.lower() * (fragment.branch.name != "ALWAYS")]
    words += ["report"] if fragment.reason else []
    for setting in fragment.settings:
        key = {KEY: "KEY", ALPHA: "ALPHA", INJECT: "INJECT"}.get(setting.key, setting.key)
        if not setting.is_set:
            words.append(f"-{key}")
        elif setting.delivery is Delivery.EXPRESSION:
            words.append(f"{key}=?")
        else:
            sign = ":" if setting.delivery is Delivery.TEXT else "="
            bare = "!" if setting.quotes else ""
            words.append(f"{key}{sign}{text[slice(*setting.value_span or (0, 0))]}{bare}")
    return " ".join(filter(None, words))


def shorts(language: str, text: str) -> list[str]:
    """Read a text, and write its fragments in their order."""
    return [short(text, fragment) for fragment in reading(language, text).fragments]


def texts(language: str, text: str) -> list[tuple[str, str]]:
    """Read a text, and return the languages and texts inside it."""
    return [(inner.language, inner.text) for inner in reading(language, text).texts]
