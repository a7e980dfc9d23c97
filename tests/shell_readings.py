"""What a reader says of a shell text, as rows that a test can compare, and whether its spans are true."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.readers.model import Escapes, InnerText, Setting, TextReading

# Target, key, value, how it reaches the object, whether it is set.
Row = tuple[str, str, object, str, bool]


def rows(reading: TextReading) -> list[Row]:
    """All settings, without those that are only reported."""
    return [
        (fragment.target.name, setting.key, setting.value, setting.delivery.name, setting.is_set)
        for fragment in reading.fragments
        if not fragment.reason
        for setting in fragment.settings
    ]


def reported(reading: TextReading) -> list[tuple[str, str]]:
    """The keys that are only reported, and why."""
    return [
        (setting.key, fragment.reason)
        for fragment in reading.fragments
        if fragment.reason
        for setting in fragment.settings
    ]


def check(text: str, reading: TextReading) -> None:
    """Every span of a reading slices to what the reading says."""
    for fragment in reading.fragments:
        for setting in fragment.settings:
            check_setting(text, setting, is_edited=not fragment.reason)
    for inner in reading.texts:
        check_inner(text, inner)
    for start, end in reading.unread:
        assert 0 <= start < end <= len(text)


def check_setting(text: str, setting: Setting, *, is_edited: bool) -> None:
    start, end = setting.key_span
    assert 0 <= start <= end <= len(text)
    if is_edited and "linkerd" in setting.key:
        assert text[start:end] == escaped(setting.key, setting.escapes)
    if setting.value_span is None:
        assert setting.value is None
        return
    value = text[slice(*setting.value_span)].replace("\\", "")
    if isinstance(setting.value, str):
        assert value == setting.value.replace("\\", "")
    else:
        words = {"True": "true", "False": "false", "None": "null"}
        assert value.lower() == words.get(str(setting.value), str(setting.value))


def check_inner(text: str, inner: InnerText) -> None:
    assert inner.runs[0][0] == 0
    starts = [start for start, _ in inner.runs]
    assert starts == sorted(set(starts))
    outsides = [outside for _, outside in inner.runs]
    assert outsides == sorted(outsides)
    in_holes = {position for start, end in inner.holes for position in range(start, end)}
    for position, outside in pairs(inner):
        if position not in in_holes:
            assert inner.text[position] == text[outside] or text[outside - 1] == "\\"


def pairs(inner: InnerText) -> Iterator[tuple[int, int]]:
    """Each position in an inner text with its position outside."""
    ends = [start for start, _ in inner.runs[1:]] + [len(inner.text)]
    for (start, outside), end in zip(inner.runs, ends, strict=True):
        for position in range(start, end):
            yield position, outside + position - start


def escaped(key: str, escapes: Escapes) -> str:
    for character, written in escapes:
        key = key.replace(character, written)
    return key
