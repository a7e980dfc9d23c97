"""Paths and selectors for the API server: the only place where a name becomes a part of a request.

The API server decodes a path before it reads it, so ``%2f`` in a name means ``/``, and would lead a request
with our rights to another place. Such names are refused, and the rest is percent-encoded.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from autofix.errors import AutofixError
from autofix.kubernetes.kinds import Kind

# RFC 1123 subdomain: the longest name there is (Kubernetes documentation, "Object Names and IDs").
_LONGEST: Final = 253
_SHOWN: Final = 60
_LABEL_VALUE: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", re.ASCII)


class PathError(AutofixError):
    """A name cannot be a part of a request; nothing has been sent."""


class ApiPath(str):
    """A path of the API server, as it is sent. It is always made of parts, never of a text with slashes.

    Args:
        parts: its segments, not encoded: ``ApiPath("api", "v1", "namespaces", "shop")``.

    Raises:
        PathError: when a part is no path segment name.

    Source: Kubernetes documentation, "Object Names and IDs", "Path Segment Names".
    """

    __slots__ = ()

    def __new__(cls, *parts: str) -> ApiPath:
        """Check and encode the parts."""
        return super().__new__(cls, "".join(f"/{quote(check_segment(part), safe='')}" for part in parts))

    def child(self, *parts: str) -> ApiPath:
        """Return a path below this path.

        Args:
            parts: as for a new path.

        Returns:
            The longer path.

        Raises:
            PathError: as for a new path.
        """
        return super().__new__(ApiPath, f"{self}{ApiPath(*parts)}")


def resource_path(kind: Kind, namespace: str | None = None, name: str | None = None) -> ApiPath:
    """Return where the objects of a kind are at the API server.

    Args:
        kind: the kind.
        namespace: of the objects; None for those of all Namespaces.
        name: of one object; None for all.

    Returns:
        The path.

    Raises:
        PathError: when no object can have such a name, or when a namespaced object has a name and no
            Namespace.
    """
    root = ApiPath("apis", kind.group, kind.version) if kind.group else ApiPath("api", kind.version)
    if kind.namespaced and namespace is None and name is not None:
        raise PathError(f"{kind.kind} {name!r} has no Namespace; name it")
    if kind.namespaced and namespace is not None:
        root = root.child("namespaces", namespace)
    return root.child(kind.plural, *(() if name is None else (name,)))


def check_segment(part: str) -> str:
    """Return a name unchanged if it may be a segment of a path.

    Args:
        part: the name.

    Returns:
        The same name.

    Raises:
        PathError: when it may not be a segment.
    """
    if why := _problem_of(part):
        shown = repr(part[:_SHOWN]) + ("..." if len(part) > _SHOWN else "")
        raise PathError(f"{shown} cannot be the name of anything in Kubernetes: {why}; correct the name")
    return part


def _problem_of(part: str) -> str:
    if not part:
        return "it is empty"
    if len(part) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    if part in (".", ".."):
        return "it means another folder"
    if "/" in part or "%" in part:
        return "it holds / or %"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in part):
        return "it holds a control character"
    return ""


def field_selector(name: str) -> str:
    """Return the field selector for one object.

    Args:
        name: of the object.

    Returns:
        The selector, such as ``metadata.name=web``.

    Raises:
        PathError: when no object can have the name.

    Source: Kubernetes apimachinery, pkg/fields/selector.go, EscapeValue.
    """
    return "metadata.name=" + re.sub(r"([\\,=])", r"\\\1", check_segment(name))


def label_selector(key: str, value: str) -> str:
    """Return the label selector for one value of a label.

    Args:
        key: of the label, from our own code.
        value: of the label, from any source.

    Returns:
        The selector, such as ``app=web``.

    Raises:
        PathError: when no label can have the value.

    Source: Kubernetes documentation, "Labels and Selectors", "Syntax and character set".
    """
    if not _LABEL_VALUE.fullmatch(value):
        raise PathError(f"{value[:_SHOWN]!r} cannot be the value of a label; correct it")
    return f"{key}={value}"


VERSION: Final = ApiPath("version")
