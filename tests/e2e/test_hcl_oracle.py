"""The HCL reader and HashiCorp's own library say the same of keys, values and documents."""

from __future__ import annotations

import json
import subprocess
from operator import itemgetter
from typing import Any

from assets import build
from hcl_texts import RESOURCES, damaged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autofix.readers.hcl import read
from autofix.readers.model import Delivery, InnerText, Setting, TextReading

BATCH = st.lists(RESOURCES, min_size=1, max_size=8)
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answers(texts: list[str]) -> list[dict[str, Any]]:
    """What the library says of texts."""
    lines = "\n".join(json.dumps(text) for text in texts)
    program = [build.folder("hcl") / "hcl"]
    done = subprocess.run(program, input=lines, capture_output=True, text=True, check=True, encoding="utf-8")
    return [json.loads(line) for line in done.stdout.splitlines()]


def in_bytes(text: str, position: int) -> int:
    return len(text[:position].encode())


def as_string(value: object) -> str:
    """A value as a string, as Terraform converts it."""
    return value if isinstance(value, str) else json.dumps(value)


def check_setting(text: str, setting: Setting, answer: dict[str, Any]) -> None:
    position = in_bytes(text, setting.key_span[0])
    if setting.escapes:
        # A path of Helm's: the library sees it as the value of an argument.
        names = [str(pair.get("value")) for pair in answer["pairs"] if pair["key"] == "name"]
        assert any(f".{name}".endswith("." + setting.key.replace(".", "\\.")) for name in names)
        return
    [pair] = [pair for pair in answer["pairs"] if pair["start"] <= position < pair["end"]]
    assert pair["key"] == setting.key
    if setting.delivery is Delivery.EXPRESSION:
        assert "value" not in pair or setting.value not in {"true", "false", "null"}
    elif setting.delivery is Delivery.TEXT:
        assert as_string(pair["value"]) == setting.value
    else:
        assert pair["value"] == setting.value


def check_document(text: str, inner: InnerText, answer: dict[str, Any]) -> None:
    if inner.holes:
        return
    position = in_bytes(text, inner.runs[0][1])
    # The library gives its strings in no order: the one that holds a position is the last to start before it.
    before = [string for string in answer["texts"] if string["start"] < position]
    assert max(before, key=itemgetter("start"))["value"] == inner.text


def check_all_keys(text: str, reading: TextReading, answer: dict[str, Any]) -> None:
    seen = {
        in_bytes(text, setting.key_span[0]) for fragment in reading.fragments for setting in fragment.settings
    }
    for pair in answer["pairs"]:
        if pair["key"].startswith(("linkerd.io/", "config.alpha.linkerd.io/")):
            assert any(pair["start"] <= position < pair["end"] for position in seen)


def check(text: str, answer: dict[str, Any]) -> None:
    reading = read(text)
    for fragment in reading.fragments:
        for setting in fragment.settings if not fragment.reason else ():
            check_setting(text, setting, answer)
    for inner in reading.texts:
        check_document(text, inner, answer)
    if not reading.unread:
        check_all_keys(text, reading, answer)


@UNHURRIED
@given(BATCH)
def test_the_library_sees_what_the_reader_sees(texts: list[str]) -> None:
    for text, answer in zip(texts, answers(texts), strict=True):
        if "error" not in answer:
            check(text, answer)


def test_a_sound_text_is_compared() -> None:
    """The comparison says nothing of a text that the library refuses."""
    text = (
        'resource "helm_release" "é" {\n  pod_annotations = {\n"linkerd.io/inject" = "a"\n}\n'
        "  values = [<<-EOT\n    linkerd.io/inject: a\n\n      é: $${a} %%{b}\n  EOT\n  ]\n"
        '  set {\n    name = "podAnnotations.linkerd\\\\.io/inject"\n    value = true\n  }\n}\n'
    )
    [answer] = answers([text])
    assert "error" not in answer
    reading = read(text)
    assert len(reading.fragments) == 2
    assert len(reading.texts) == 1
    check(text, answer)


@UNHURRIED
@given(RESOURCES, st.data())
def test_the_library_sees_the_same_in_damaged_texts(text: str, data: st.DataObject) -> None:
    changed = damaged(text, data).replace("\ud800", "")
    [answer] = answers([changed])
    if "error" not in answer:
        check(changed, answer)
