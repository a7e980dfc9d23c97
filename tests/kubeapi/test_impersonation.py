"""Whom a user acts as: the headers, and what kubectl would not take either."""

from __future__ import annotations

from typing import Any

import pytest

from autofix.errors import AutofixError
from autofix.kubeapi.impersonation import impersonation


@pytest.mark.parametrize(
    ("user", "headers"),
    [
        ({}, []),
        ({"as": None, "as-uid": None, "as-groups": None, "as-user-extra": None}, []),
        ({"as": "", "as-groups": [], "as-user-extra": {}}, []),
        ({"as": "jane", "as-uid": "7"}, [("Impersonate-User", "jane"), ("Impersonate-Uid", "7")]),
        ({"as-groups": ["a", "b"]}, [("Impersonate-Group", "a"), ("Impersonate-Group", "b")]),
        ({"as-user-extra": {"a/b": ["1"], "c": None}}, [("Impersonate-Extra-a%2Fb", "1")]),
    ],
)
def test_each_field_has_its_header(user: dict[str, Any], headers: list[tuple[str, str]]) -> None:
    assert list(impersonation(user)) == headers


@pytest.mark.parametrize(
    ("user", "why"),
    [
        ({"as": 5}, "as of the kubeconfig's user must be a text; a number there needs quotes$"),
        ({"as-uid": 1000}, "as-uid of the kubeconfig's user must be a text"),
        (
            {"as-groups": "admins"},
            r"as-groups of the .* must be a list of texts, such as \[admins\]; a number",
        ),
        ({"as-groups": [5]}, "as-groups of the kubeconfig's user must be a list of texts"),
        ({"as-groups": {"admins": None}}, "as-groups of the kubeconfig's user must be a list of texts"),
        ({"as-user-extra": "a"}, "as-user-extra of the kubeconfig's user must be a mapping of keys to lists"),
        ({"as-user-extra": ["a"]}, "as-user-extra of the kubeconfig's user must be a mapping"),
        (
            {"as-user-extra": {"scopes": "view"}},
            "as-user-extra, 'scopes', of the kubeconfig's user must be a list",
        ),
        ({"as-user-extra": {5: ["a"]}}, "a key of as-user-extra of the kubeconfig's user must be a text"),
    ],
)
def test_what_kubectl_does_not_take_is_a_clear_error(user: dict[str, Any], why: str) -> None:
    with pytest.raises(AutofixError, match=why):
        list(impersonation(user))
