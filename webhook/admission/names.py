"""Names in a review, checked once by the API server's rules.

Anybody who reaches the port can write anything into a review. So a name is checked here before it goes into
a log line, an Event, a cache, a metric or a URL. A name that no API server would store becomes empty. The
review itself is answered all the same.

Source: k8s.io/apimachinery v0.34, pkg/util/validation (DNS-1123, qualified names) and
pkg/api/validation/path (path segments).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, NewType

from autofix.kubeapi.types import OwnerReference

# A text of limited length without characters that mean something in a URL or a log; it may be empty.
Checked = NewType("Checked", str)

NONE: Final = Checked("")

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_SUBDOMAIN: Final = re.compile(
    r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*", re.ASCII
)
_LONGEST_SUBDOMAIN: Final = 253
LONGEST_LINE: Final = 120
# Names of objects of any kind: names in RBAC have colons, and the prefix of a generated name ends in a dash.
_OBJECT_NAME: Final = re.compile(r"[A-Za-z0-9:._-]{1,253}", re.ASCII)
# Kinds are DNS-1035 labels in any case.
_KIND: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,62}", re.ASCII)
_VERSION: Final = re.compile(r"[a-z][a-z0-9]{0,62}", re.ASCII)
_UID: Final = re.compile(r"[A-Za-z0-9-]{1,64}", re.ASCII)
_QUALIFIED: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", re.ASCII)
_OPERATIONS: Final = frozenset({"CREATE", "UPDATE", "DELETE", "CONNECT"})


def _matched(pattern: re.Pattern[str], text: object) -> Checked:
    return Checked(text) if isinstance(text, str) and pattern.fullmatch(text) else NONE


def label(text: object) -> Checked:
    """Check a DNS-1123 label, such as the name of a Namespace.

    Args:
        text: the text, or any other JSON value.

    Returns:
        The text; empty when the API server would not store it.
    """
    return _matched(_LABEL, text)


def subdomain(text: object) -> Checked:
    """Check a DNS-1123 subdomain: an API group, or the name of most objects.

    Args:
        text: the text, or any other JSON value.

    Returns:
        The text; empty when the API server would not store it.
    """
    if not isinstance(text, str) or len(text) > _LONGEST_SUBDOMAIN:
        return NONE
    return _matched(_SUBDOMAIN, text)


def object_name(text: object) -> Checked:
    """Check the name of an object of any kind, or the prefix of a generated name.

    Args:
        text: the text, or any other JSON value.

    Returns:
        The text; empty when the API server would not store it.
    """
    return _matched(_OBJECT_NAME, text)


def kind(text: object) -> Checked:
    """Check a kind.

    Args:
        text: the text, or any other JSON value.

    Returns:
        The text; empty when the API server would not store it.
    """
    return _matched(_KIND, text)


def api_version(text: object) -> Checked:
    """Check an API version, with its group where it has one.

    Args:
        text: the text, or any other JSON value.

    Returns:
        The text; empty when the API server would not store it.
    """
    if not isinstance(text, str):
        return NONE
    group, slash, version = text.rpartition("/")
    good = _VERSION.fullmatch(version) and (subdomain(group) if slash else True)
    return Checked(text) if good else NONE


def uid(text: object) -> Checked:
    """Check a uid.

    Args:
        text: the text, or any other JSON value.

    Returns:
        The text; empty when the API server would not store it.
    """
    return _matched(_UID, text)


def operation(text: object) -> Checked:
    """Check an admission operation.

    Args:
        text: the text, or any other JSON value.

    Returns:
        The text; empty when the API server would not store it.
    """
    return Checked(text) if isinstance(text, str) and text in _OPERATIONS else NONE


def is_qualified(key: str) -> bool:
    """Check whether a text can be the key of an annotation.

    Args:
        key: the text.

    Returns:
        True when it can.
    """
    prefix, slash, name = key.rpartition("/")
    return bool(_QUALIFIED.fullmatch(name) and (subdomain(prefix) if slash else True))


def group_and_kind(group_text: str, kind_text: str) -> tuple[Checked, Checked]:
    """Check a group and a kind together, so that a kind of another group is not taken for ours.

    Args:
        group_text: the group; empty for the core group.
        kind_text: the kind.

    Returns:
        The group and the kind; both are empty when either is wrong.
    """
    checked_group, checked_kind = subdomain(group_text), kind(kind_text)
    if not checked_kind or (group_text and not checked_group):
        return NONE, NONE
    return checked_group, checked_kind


class CheckedOwner(NamedTuple):
    """A controller whose names an API server would store; the fields of an ownerReference."""

    api_version: Checked
    kind: Checked
    name: Checked
    uid: Checked


def check_owner(owner: OwnerReference) -> CheckedOwner | None:
    """Check the names of a controller.

    Args:
        owner: the ownerReference.

    Returns:
        The names; None when one of them is wrong.
    """
    checked = CheckedOwner(
        api_version(owner.api_version), kind(owner.kind), subdomain(owner.name), uid(owner.uid)
    )
    return checked if all(checked) else None


def one_line(text: str) -> str:
    """Make a text fit for a warning, an answer or a log line: short, and without control characters.

    Args:
        text: the text.

    Returns:
        At most 120 printable characters.

    Source: kube-apiserver v1.34 and v1.36, measured: it drops warnings with control characters, and cuts long
    warnings.
    """
    # Nearly always it is printable, and this takes no time.
    line = text if text.isprintable() else "".join(char if char.isprintable() else " " for char in text)
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"
