"""Settings in lines: a name, a separator, and a value that is always text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from autofix.readers.blocks import line_spans
from autofix.readers.guess import guess_language
from autofix.readers.holes import has_holes
from autofix.readers.keys import fragments_of, matters
from autofix.readers.model import Delivery, Fragment, InnerText, Setting, Target, TextReading, TextSpan
from autofix.readers.names import target_of_name
from autofix.readers.prefixes import target_of_property

_HEADER: Final = re.compile(r"[ \t]{0,80}\[{1,2}([^\]\n]{1,200})\]{1,2}[ \t\r]*\Z")
# A name ends at the first separator: ``=``, ``:`` or space. Source: java.util.Properties.load.
_NAME: Final = re.compile(
    r"""[ \t\f]*(?:export[ \t]+)?(?P<quote>["']?)(?P<name>[^\s=:"']+)(?P=quote)"""
    r"""(?:[ \t\f]*[=:][ \t\f]*|[ \t\f]+)"""
)
_COMMENTS: Final = ("#", "!", ";", "//")
# ``KEY:VALUE`` or ``KEY=VALUE`` in a list with commas, as Spring Cloud Data Flow and Flink read them.
_ENTRY: Final = re.compile(
    r"""[\s\\]*+(?P<key>[^\s:=,"']+)[ \t]*[:=][ \t]*+"""
    r"""(?P<value>(?:[^,\s\\]+(?:[^\S\n]+[^,\s\\]+)*)?)[\s\\]*(?=,|\Z)"""
)
# Nextflow: ``pod = [annotation: 'KEY', value: 'VALUE']``.
_NEXTFLOW: Final = re.compile(
    r"""\b(?P<kind>annotation|label)[ \t]{0,8}:[ \t]{0,8}(?P<quote>["'])(?P<key>[^"'\n]{1,300})(?P=quote)"""
    r"""[ \t]{0,8},[ \t]{0,8}value[ \t]{0,8}:[ \t]{0,8}(?P<sign>["'])(?P<value>[^"'\n$]{0,300})(?P=sign)"""
)
_WORDS: Final = re.compile(r"linkerd\.io|[Ss]idecar|SIDECAR")


class _Found(NamedTuple):
    """What a line says."""

    settings: tuple[Setting, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    texts: tuple[InnerText, ...] = ()
    is_read: bool = True


def read_lines(text: str) -> TextReading:
    """Read a file of settings.

    Args:
        text: the file.

    Returns:
        The annotations in it; lines with other keys are unread.
    """
    fragments: list[Fragment] = []
    texts: list[InnerText] = []
    unread: list[TextSpan] = []
    section, settings = "", list[Setting]()
    for start, end in _logical_lines(text):
        line = text[start:end]
        bare = line.lstrip()
        header = _HEADER.match(line.rstrip("\n"))
        if header is not None:
            fragments += _of_section(section, settings)
            section, settings = header[1].strip("\"' "), []
        elif _WORDS.search(line) and not bare.startswith(_COMMENTS):
            content = _line(text, start, end)
            settings += content.settings
            fragments += content.fragments
            texts += content.texts
            unread += [] if content.is_read else [(start, end)]
    fragments += _of_section(section, settings)
    ordered = sorted(fragments, key=lambda fragment: fragment.settings[0].key_span)
    return TextReading(tuple(ordered), tuple(texts), tuple(unread))


def _of_section(section: str, settings: list[Setting]) -> Iterator[Fragment]:
    target = target_of_name(re.split(r"[.\s]", section)[-1]) or Target.UNKNOWN
    return fragments_of(settings, target)


def _logical_lines(text: str) -> Iterator[TextSpan]:
    """Join each line to the next if it ends with an odd number of backslashes."""
    begin = -1
    for start, end in line_spans(text):
        begin = start if begin < 0 else begin
        line = text[start:end].rstrip("\r\n")
        is_comment = text[begin : start + 3].lstrip().startswith(_COMMENTS) if begin == start else False
        if (len(line) - len(line.rstrip("\\"))) % 2 and not is_comment:
            continue
        yield begin, end
        begin = -1
    if begin >= 0:
        yield begin, len(text)


def _line(text: str, start: int, end: int) -> _Found:
    match = _NAME.match(text, start, end)
    if match is not None and matters(match["name"]):
        setting = _setting(text, match, end)
        return _Found(settings=(setting,)) if setting is not None else _Found(is_read=False)
    if match is not None:
        content = _list(text, match, end)
        if content is not None:
            return content
    pod_options = tuple(
        fragment for option in _NEXTFLOW.finditer(text, start, end) for fragment in _pod_option(option)
    )
    return _Found(fragments=pod_options, is_read=bool(pod_options))


def _pod_option(option: re.Match[str]) -> Iterator[Fragment]:
    setting = Setting(option["key"], option.span("key"), option["value"], option.span("value"))
    return fragments_of([setting], Target.LABELS if option["kind"] == "label" else Target.POD)


def _value_span(text: str, start: int, end: int) -> TextSpan:
    """Return the span of a value without the quotes and the space around it."""
    value = text[start:end]
    start += len(value) - len(value.lstrip())
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return start + 1, start + len(value) - 1
    return start, start + len(value)


def _setting(text: str, match: re.Match[str], end: int) -> Setting | None:
    """Read the value behind a key; nothing if it goes on in the next line, or is an expression."""
    span = _value_span(text, match.end(), end)
    value = text[slice(*span)]
    if "\n" in value or "\\" in value:
        return None
    key, key_span = match["name"], match.span("name")
    if has_holes(value) or not value:
        return Setting(key, key_span, delivery=Delivery.EXPRESSION)
    return Setting(key, key_span, value, span, Delivery.TEXT)


def _list(text: str, match: re.Match[str], end: int) -> _Found | None:
    """Read a value that is a list of annotations, or a JSON object of them."""
    name = match["name"]
    target = target_of_name(name.rpartition(".")[2])
    span = _value_span(text, match.end(), end)
    value = text[slice(*span)]
    if guess_language(value) == "json" and "\\" not in value:
        return _Found(texts=(InnerText("json", value, ((0, span[0]),), target=target or Target.UNKNOWN),))
    if target is None:
        return None
    target = target_of_property(name)
    settings, position = [], span[0]
    while position < span[1]:
        entry = _ENTRY.match(text, position, span[1])
        if entry is None:
            return None
        settings.append(
            Setting(entry["key"], entry.span("key"), entry["value"], entry.span("value"), Delivery.TEXT)
        )
        position = entry.end() + 1
    return _Found(fragments=tuple(fragments_of(settings, target)))
