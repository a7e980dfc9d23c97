"""What need not be parsed, told by its bytes. Loads in no time, for every run needs it."""

from __future__ import annotations

import re

# Linkerd's own domain, and the annotation that opts out: on a Namespace it counts for other files. The bytes
# that a pattern begins with are searched for in one go.
NAMES = re.compile(rb"linkerd(?:-autofix)?\.io")
# What near misses of a key share; they lack Linkerd's domain. In capitals nobody writes an annotation, and a
# search more takes time.
NEAR_MISS = re.compile(rb"idecar")
# codecs.BOM_UTF16_LE and _BE.
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def may_concern_linkerd(data: bytes) -> bool:
    """Tell cheaply what need not be parsed; UTF-16 hides all words."""
    return bool(NAMES.search(data) or NEAR_MISS.search(data)) or data.startswith(_UTF16)
