"""What a reader says of a shell text, as rows that a test can compare, and whether its spans are true."""

from __future__ import annotations

from readings import assert_runs

from autofix.readers.model import Escapes, Setting, TextReading

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
        assert_runs(text, inner)
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


def escaped(key: str, escapes: Escapes) -> str:
    for character, written in escapes:
        key = key.replace(character, written)
    return key
