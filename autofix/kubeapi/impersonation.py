"""Whom the user of a kubeconfig acts as.

Source: Kubernetes documentation, "User impersonation"; client-go, tools/clientcmd/api/v1/types.go, AuthInfo.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from autofix.errors import AutofixError


def impersonation(user: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name whom a user acts as.

    Args:
        user: the section of the kubeconfig for the user.

    Yields:
        The names and values of headers.

    Raises:
        AutofixError: when a field has a value that kubectl does not take.
    """
    for field, header in (("as", "Impersonate-User"), ("as-uid", "Impersonate-Uid")):
        if value := user.get(field):
            yield header, _text(value, field)
    for group in _texts(user.get("as-groups"), "as-groups"):
        yield "Impersonate-Group", group
    extra = user.get("as-user-extra") or {}
    if not isinstance(extra, Mapping):
        raise _error("as-user-extra", "a mapping of keys to lists of texts, such as {reason: [incident]}")
    for key, values in extra.items():
        name = f"Impersonate-Extra-{quote(_text(key, 'a key of as-user-extra'), safe='')}"
        for text in _texts(values, f"as-user-extra, {key!r},"):
            yield name, text


def _texts(value: object, field: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise _error(field, "a list of texts, such as [admins]; a number there needs quotes")
    return value


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise _error(field, "a text; a number there needs quotes")
    return value


def _error(field: str, form: str) -> AutofixError:
    return AutofixError(f"{field} of the kubeconfig's user must be {form}")
