"""What to search a text for before it is parsed; it follows from what the rules are interested in.

This module loads in no time, because every run needs it, also a run that finds nothing to do.
"""

from __future__ import annotations

import re
from typing import Final

from autofix.rules.interest import INTERESTS, LINKERD

# Each with a word that the document holds, too, where a rule has something to say; empty for none. A search
# for a pattern looks in one go for the first bytes that its words share.
PATTERNS: Final = {
    re.compile(b"|".join(map(re.escape, interest.in_text()))): interest.beside.encode()
    for interest in INTERESTS
}
# A domain up to its first dot: a Helm parameter has a backslash there.
_STEMS: Final = sorted(
    {word.partition(b".")[0] for interest in INTERESTS for word in interest.in_text() if b"." in word}
)
# The domains as a Helm parameter writes them; escapes that can hide a letter or join halves of a word.
ESCAPES: Final = (
    re.compile(b"|".join(re.escape(stem + b"\\") for stem in _STEMS)),
    re.compile(rb"\\[xuU\n\r]"),
)
# codecs.BOM_UTF16_LE and _BE.
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
# Keys of every Kubernetes object.
_OBJECT: Final = (b"apiVersion", b"kind")
_LINKERD: Final = LINKERD.words[0].partition(".")[0]


def may_concern_linkerd(data: bytes) -> bool:
    """Tell cheaply whether a rule may have anything to say of a file; if not, it need not be parsed.

    Args:
        data: the whole file. UTF-16 hides all words, so such a file may always concern Linkerd.
    """
    return any(pattern.search(data) for pattern in PATTERNS) or data.startswith(_UTF16)


def is_unrelated(data: bytes) -> bool:
    """Tell of a file that cannot be read whether it is no Kubernetes object and has no word for any rule.

    Args:
        data: the whole file.
    """
    if data.startswith(_UTF16) or all(word in data for word in _OBJECT):
        return False
    return not any(beside in data for pattern, beside in PATTERNS.items() if pattern.search(data))


def may_hold_key(text: str) -> bool:
    """Tell cheaply whether a text may hold a key in Linkerd's domain, with or without escapes.

    Args:
        text: the text.
    """
    return _LINKERD in text
