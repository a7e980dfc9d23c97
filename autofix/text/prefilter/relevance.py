"""What need not be parsed, told by its bytes. Loads in no time, for every run needs it."""

from __future__ import annotations

import re
from typing import Final

from autofix.rules.interest import INTERESTS

# What the rules search for, each with a word that stands beside it in the same document, empty for none. The
# bytes that all words of a pattern begin with are searched for in one go.
PATTERNS: Final = tuple(
    (re.compile(b"|".join(map(re.escape, interest.in_text()))), interest.beside.encode())
    for interest in INTERESTS
)
# codecs.BOM_UTF16_LE and _BE.
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def may_concern_linkerd(data: bytes) -> bool:
    """Tell cheaply what need not be parsed; UTF-16 hides all words."""
    return any(pattern.search(data) for pattern, _ in PATTERNS) or data.startswith(_UTF16)
