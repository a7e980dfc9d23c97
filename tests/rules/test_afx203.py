"""AFX203: a boolean word on an annotation that wants enabled or disabled."""

from __future__ import annotations

import pytest
from builders import ALPHA, namespace, pod_annotations
from fixing import codes, fix, fixed, found

SWITCHES = ["linkerd.io/inject", "config.linkerd.io/proxy-await", "config.linkerd.io/proxy-admin-shutdown"]


@pytest.mark.parametrize("key", SWITCHES)
@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("true", "enabled"),
        ("yes", "enabled"),
        ("1", "enabled"),
        ("enable", "enabled"),
        ("Enabled", "enabled"),
        ("false", "disabled"),
        ("off", "disabled"),
        (" disabled", "disabled"),
    ],
)
def test_it_is_rewritten_only_with_unsafe_fixes(key: str, value: str, word: str) -> None:
    assert fixed({key: value}) == {key: value}
    assert fixed({key: value}, unsafe=True) == {key: word}
    [finding] = found({key: value}, "AFX203")
    assert finding.applicability == "unsafe"
    assert f'write "{word}"' in finding.message


def test_on_a_namespace() -> None:
    result = fix(namespace({"linkerd.io/inject": "true"}), unsafe=True)
    assert pod_annotations(result.object) == {"linkerd.io/inject": "enabled"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *((key, word) for key in SWITCHES for word in ("enabled", "disabled")),
        ("linkerd.io/inject", "ingress"),
        ("linkerd.io/inject", "maybe"),
        (ALPHA, "enabled"),
        ("example.com/inject", "true"),
    ],
)
def test_other_words_and_keys_are_left_alone(key: str, value: str) -> None:
    assert "AFX203" not in codes({key: value})
