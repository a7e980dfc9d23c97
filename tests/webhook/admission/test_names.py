"""Names are let through as the API server lets them, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook.admission import names

HOSTILE = [
    *("", ".", "..", "../x", "a/b", "a%2fb", "a?b", "a#b", "a b", "a\n", "\n", "a\r\nb", "a\0", "\x1b[31m"),
    *("\u202ea", "a\u2028", "\ud800", "é", "a" * 254, "a" * 1_000_000, "::stop-commands::x"),
]
NO_TEXTS: list[object] = [None, 5, 1.5, True, [], {}, b"a"]


@pytest.mark.parametrize(
    "check", [names.label, names.subdomain, names.kind, names.api_version, names.uid, names.operation]
)
@pytest.mark.parametrize("text", [*HOSTILE, *NO_TEXTS])
def test_what_is_no_name_is_empty(check: Callable[[Any], object], text: object) -> None:
    # A group and a version have a slash between them.
    assert check(text) == ("a/b" if (check, text) == (names.api_version, "a/b") else "")


@pytest.mark.parametrize("text", [text for text in HOSTILE if text not in (".", "..", "::stop-commands::x")])
def test_what_is_no_name_of_an_object_is_empty(text: str) -> None:
    assert names.object_name(text) == ""


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (names.label, ["default", "a", "0", "a-b", "a" * 63], ["-a", "a-", "a.b", "A", "a" * 64, "a_b"]),
        (
            names.subdomain,
            ["web", "a.b-c.d", "0", "a" * 253, "apps"],
            ["a..b", ".a", "a.", "-a", "a-.b", "A"],
        ),
        (names.kind, ["Pod", "ReplicaSet", "pod", "K8s"], ["1Pod", "Pod/x", "K" * 64]),
        (
            names.api_version,
            ["v1", "apps/v1", "a.b.io/v1beta2"],
            ["/v1", "apps/", "a/b/v1", "apps/V1", "v1/"],
        ),
        (names.uid, ["09a3889f-c8ed-496b-bd7a-239422392000", "u1"], ["u" * 65, "u.1"]),
        (names.operation, ["CREATE", "UPDATE", "DELETE", "CONNECT"], ["create", "PATCH", "CREATE "]),
        (names.object_name, ["web-", "system:node", "Web_1", "a.b"], ["a/b", "a b"]),
    ],
)
def test_the_api_servers_rules(check: Callable[[Any], object], good: list[str], bad: list[str]) -> None:
    assert [check(text) for text in good] == good
    assert [check(text) for text in bad] == [""] * len(bad)


@pytest.mark.parametrize(
    ("group", "kind", "checked"),
    [
        ("", "Pod", ("", "Pod")),
        ("apps", "Deployment", ("apps", "Deployment")),
        ("a b", "Pod", ("", "")),
        ("apps", "Dep loyment", ("", "")),
        ("", "", ("", "")),
    ],
)
def test_no_kind_passes_for_one_of_another_group(group: str, kind: str, checked: tuple[str, str]) -> None:
    assert names.group_and_kind(group, kind) == checked


@pytest.mark.parametrize(
    "key", ["a", "linkerd.io/inject", "config.alpha.linkerd.io/x_y.Z-1", f"{'a' * 253}/{'b' * 63}"]
)
def test_keys_of_annotations(key: str) -> None:
    assert names.is_qualified(key)


@pytest.mark.parametrize(
    "key", ["", "/a", "a/", "a/b/c", "A.io/x", "a b", "x\u202e", "a" * 64, f"{'a' * 254}/b", "-a"]
)
def test_what_is_no_key_of_an_annotation(key: str) -> None:
    assert not names.is_qualified(key)


@given(st.text())
def test_whatever_passes_needs_no_quoting(text: str) -> None:
    checks = (names.label, names.subdomain, names.kind, names.api_version, names.uid, names.object_name)
    for check in checks:
        passed = check(text)
        assert passed in ("", text)
        assert all(char.isascii() and (char.isalnum() or char in "-._:/") for char in passed)
        assert len(passed) <= 253 + 64
