"""Paths of Helm values, as ``helm --set`` and many tools that call Helm take them.

Source: helm.sh/docs/intro/using_helm, "The format and limitations of --set".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from autofix.linkerd.keys import is_linkerd_key, key_within
from autofix.readers.helm_path import BARE_DOTS, helm_assignments, helm_parts
from autofix.readers.model import HELM_PATH, Setting, TextSpan
from autofix.text.inner.decode import Decoded
from autofix.text.inner.settings import escapes_in

TWO_BACKSLASHES: Final = "Helm divides the path behind two backslashes; write one before each dot of the key"
ESCAPED_DOT: Final = "\\."
_TWICE: Final = "\\\\."
# Names of lists and mappings of paths, such as ``setValues``.
_SET: Final = re.compile(r"(?:--)?set(?:[A-Z_-]|s?\Z)|parameters\Z")


def is_set_name(name: str) -> bool:
    """Tell whether a name is one of a list or mapping of paths, where a key without escapes is a mistake."""
    return _SET.match(name) is not None


class HelmPath(NamedTuple):
    """A path to an annotation.

    Attributes:
        parents: the names above the annotation.
        key: the annotation's key, without escapes.
        start, end: where the key stands in the path.
        reason: why the path does not lead to the annotation; empty if it does.
    """

    parents: tuple[str, ...]
    key: str
    start: int
    end: int
    reason: str = ""


def read_path(path: str, start: int = 0) -> HelmPath | None:
    """Read a path that ends with a key of Linkerd's.

    Args:
        path: the path.
        start: where it stands in the text that the positions shall count in.

    Returns:
        The path; None if it does not end with such a key.
    """
    if "linkerd" not in path or "/" not in path:
        return None
    end = start + len(path)
    if _TWICE in path:
        key = path.replace("\\", "")
        return _broken(path, key, start, TWO_BACKSLASHES) if is_linkerd_key(key) else None
    *parents, last = helm_parts(path)
    if ESCAPED_DOT in path and is_linkerd_key(last.text):
        return HelmPath(tuple(part.text for part in parents), last.text, start + last.start, end)
    word = path.replace("\\", "")
    return _broken(path, word, start, BARE_DOTS) if is_linkerd_key(word) else None


def _broken(path: str, word: str, start: int, reason: str) -> HelmPath | None:
    """Read a path that Helm divides inside the key; None if the whole path is a key, and no path at all."""
    key = key_within(word)
    index = path.rfind(key)
    if path == key or not key:
        return None
    above = word[: max(0, word.rfind(key))].rstrip(".")
    parents = tuple(above.split(".")) if above else ()
    if index < 0:
        return HelmPath(parents, key, start, start + len(path), reason)
    return HelmPath(parents, key, start + index, start + index + len(key), reason)


def assignments(text: str, start: int = 0) -> Iterator[tuple[HelmPath, int, int]]:
    """Read assignments such as ``a.b=true,c=d``.

    Args:
        text: the text.
        start: where they begin in it.

    Yields:
        Each path to a key of Linkerd's, and the start and end of its value.
    """
    for assignment in helm_assignments(text, start):
        begin, end = assignment.span
        if assignment.value is not None and (path := read_path(text[begin:end], begin)) is not None:
            yield path, *assignment.value


def setting_at(path: HelmPath, word: Decoded, style: str) -> Setting:
    """Make the setting of a key in a path, without its value.

    Args:
        path: the path.
        word: the scalar that the path stands in.
        style: the style of the scalar.
    """
    span: TextSpan = word.span(path.start, path.end)
    return Setting(path.key, span, escapes=escapes_in(style, HELM_PATH))
