"""Linkerd's keys in HCL's strings: whole ones, ones in a longer word, and ones behind a path of Helm's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from autofix.linkerd.keys import is_linkerd_key, key_within
from autofix.readers.hcl.syntax import HclString, HclText
from autofix.readers.model import Escapes, Fragment, Setting, Target, TextSpan

# A dot in a path of Helm's, in a string of HCL: both have the backslash for their escape.
HCL_HELM_PATH: Final[Escapes] = ((".", "\\\\."),)
_BEFORE: Final = re.compile(r"[A-Za-z0-9.\\-]")
_KEY: Final = re.compile(r"linkerd(?:\\{0,2}\.io|-autofix\.io)/[\w.-]*\w")
_LONGEST_DOMAIN: Final = 253
_STEM: Final = "linkerd"


def names_key(text: str) -> bool:
    """Tell whether a string may name a key with a domain of Linkerd's."""
    return _STEM in text and "/" in text


def is_helm_path(text: str) -> bool:
    """Tell whether a string names a key of Linkerd's behind a path of Helm's, with escaped dots."""
    return "\\." in text and names_key(text)


def prefix_of(key: str) -> str:
    """Return what stands before Linkerd's key in a longer word, such as a prefix of Spark's."""
    return key.partition(key_within(key))[0] if is_linkerd_key(key) else ""


def span_of(name: HclString, start: int, end: int) -> TextSpan:
    """Return where a part of a string stands in the text."""
    return name.positions[start], name.positions[end]


def keys_in(syntax: HclText, node: Node, target: Target, reason: str) -> Iterator[Fragment]:
    """Yield a fragment that nobody edits for every key that a node names.

    Args:
        syntax: the text.
        node: the node.
        target: whose annotations they may be.
        reason: why they may not be edited.
    """
    text, last = syntax.text, node.start_byte
    for position in syntax.words_within(node.start_byte, node.end_byte):
        match = _KEY.match(text, position, node.end_byte) if position >= last else None
        if match is None:
            continue
        start = position
        while start > max(last, position - _LONGEST_DOMAIN) and _BEFORE.match(text, start - 1):
            start -= 1
        last = match.end()
        whole = text[start:last].replace("\\", "").lstrip(".-")
        key = key_within(whole) if is_linkerd_key(whole) else whole
        span = (_start_of(text, last, len(key)), last)
        yield Fragment(target, (Setting(key, span),), reason=reason)


def _start_of(text: str, end: int, length: int) -> int:
    """Return where a word of some length begins, without its backslashes, if it ends at a position."""
    position = end
    while length:
        position -= 1
        length -= text[position] != "\\"
    return position
