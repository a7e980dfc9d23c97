"""Every span of a reading is what the reading says, whatever the text; and reading takes linear time."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from hcl_texts import RESOURCES, damaged
from hypothesis import given
from hypothesis import strategies as st
from readings import assert_runs

from autofix.readers.hcl import read
from autofix.readers.hcl.syntax import decode, parse
from autofix.readers.model import Delivery, Setting, TextReading


def written_key(text: str, setting: Setting) -> str:
    """What stands at the span of a key, without the escapes."""
    written = text[slice(*setting.key_span)]
    for plain, escaped in reversed(setting.escapes):
        written = written.replace(escaped, plain) if escaped else plain + written
    key = decode(written, 0).value
    # Helm takes any character behind a backslash as it is (Helm, pkg/strvals/parser.go, runesUntil).
    return re.sub(r"\\(.)", r"\1", key) if setting.escapes else key


def check_spans(text: str, reading: TextReading) -> None:
    for fragment in reading.fragments:
        for setting in fragment.settings:
            assert 0 <= setting.key_span[0] < setting.key_span[1] <= len(text)
            if not fragment.reason:
                assert written_key(text, setting) == setting.key
            if setting.value_span is not None:
                check_value(text, setting)
    for inner in reading.texts:
        assert_runs(text, inner)
        spans = (*inner.holes, *inner.conditions, *inner.alternatives)
        assert all(0 <= start <= end <= len(inner.text) for start, end in spans)
    assert all(0 <= start <= end <= len(text) for start, end in reading.unread)


def check_value(text: str, setting: Setting) -> None:
    assert setting.value_span is not None
    written = text[slice(*setting.value_span)]
    if setting.delivery is Delivery.EXPRESSION:
        assert written == setting.value
    elif isinstance(setting.value, str):
        assert decode(written, 0).value == setting.value
    else:
        names: dict[object, str] = {True: "true", False: "false", None: "null"}
        assert written == names.get(setting.value, written)


@given(RESOURCES)
def test_spans_say_what_the_reading_says(text: str) -> None:
    reading = read(text)
    check_spans(text, reading)
    assert read(text) == reading


@given(RESOURCES, st.data())
def test_a_damaged_text_is_read_or_unread(text: str, data: st.DataObject) -> None:
    changed = damaged(text, data)
    check_spans(changed, read(changed))


@given(RESOURCES)
def test_every_key_in_a_sound_map_is_seen(text: str) -> None:
    reading = read(text)
    if reading.unread or any(fragment.reason for fragment in reading.fragments):
        return
    starts = {setting.key_span[0] for fragment in reading.fragments for setting in fragment.settings}
    position = text.find('"linkerd.io/inject"')
    while position >= 0:
        assert position + 1 in starts
        position = text.find('"linkerd.io/inject"', position + 1)


KEY = '"linkerd.io/a"'
HOSTILE: dict[str, Callable[[int], str]] = {
    "resources": lambda size: (
        'resource "kubernetes_pod" "a" {\n  metadata {\n    annotations = { "linkerd.io/a" = "b" }\n  }\n}\n'
        * (size // 100)
    ),
    "one map": lambda size: "a = {\n" + '  "linkerd.io/a" = "true"\n' * (size // 26) + "}\n",
    "sets": lambda size: (
        'resource "helm_release" "a" {\n'
        + '  set {\n    name = "podAnnotations.linkerd\\\\.io/a"\n    value = "b"\n  }\n' * (size // 70)
        + "}\n"
    ),
    "a document": lambda size: (
        "a = <<-EOT\n"
        + "  linkerd.io/a: ${b}\n  %{ if c }\n  d: e\n  %{ endif }\n" * (size // 55)
        + "  EOT\n"
    ),
    "escapes": lambda size: 'command = "' + 'a \\"linkerd.io/a\\"\\n' * (size // 20) + '"\n',
    "expressions on a line": lambda size: f'a = "{"${b} " * (size // 5)}\\nlinkerd.io/a"\n',
    "directives in directives": lambda size: (
        f"a = <<E\n{'%{ if a }' * (size // 20)}\nlinkerd.io/a{'%{ endif }' * (size // 20)}\nE\n"
    ),
    "parentheses": lambda size: f"a = {'(' * (size // 2)}{KEY}{')' * (size // 2)}\n",
    "lists": lambda size: f"a = {'[' * (size // 2)}{KEY}{']' * (size // 2)}\n",
    "maps": lambda size: f"a = {'{a=' * (size // 4)}{KEY}{'}' * (size // 4)}\n",
    "blocks": lambda size: "a {\n" * (size // 6) + f"b = {{ {KEY} = 1 }}\n" + "}\n" * (size // 6),
    "choices": lambda size: f"a = {'b ? ' * (size // 8)}{KEY}{' : 1' * (size // 8)}\n",
    "open braces": lambda size: f"a = {'{' * size}{KEY}",
    "open quotes": lambda size: 'linkerd.io/a "' * (size // 14),
    "a long word": lambda size: f'a = "{"a" * size}linkerd.io/x"\n',
    "many words": lambda size: f'a = "{"linkerd" * (size // 7)}"\n',
    "backslashes": lambda size: 'a = { "' + "\\\\." * (size // 3) + 'linkerd\\\\.io/x" = 1 }\n',
}


def seconds(text: str, function: Callable[[str], object]) -> float:
    start = time.process_time()
    function(text)
    return time.process_time() - start


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_takes_a_few_times_what_parsing_takes(name: str) -> None:
    """Parsing grows with the text; a reading whose time grows faster misses this by a factor of its size."""
    text = HOSTILE[name](120_000)
    assert any(seconds(text, read) < 12 * seconds(text, parse) for _ in range(5))
