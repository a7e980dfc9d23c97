"""The words without which a text cannot concern Linkerd; no other module repeats them.

This module loads in no time, because every run needs it, also a run that finds nothing to do.
"""

from __future__ import annotations

import re

# Linkerd's own domain, and the annotation that opts out: on a Namespace it counts for other files. A search
# for a pattern looks for its first bytes in one go.
NAMES = re.compile(rb"linkerd(?:-autofix)?\.io")
# Near misses of a key share this word; they lack Linkerd's domain. Nobody writes an annotation in capitals,
# and one more search takes time.
SIDECAR = re.compile(rb"idecar")
# Outside Linkerd's domain only a name counts that is written almost like the real name (AFX107): a name with
# "native" in it.
NATIVE = b"ative"
# Linkerd's domain as a Helm parameter writes it; escapes that can hide a letter or join halves of a word.
ESCAPES = (re.compile(rb"linkerd\\"), re.compile(rb"\\[xuU\n\r]"))
# A document with one of these words decides about native sidecars, here or for other documents, or opts out.
DECISIVE = (SIDECAR.pattern, b"autofix")
# codecs.BOM_UTF16_LE and _BE.
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LINKERD = "linkerd"


def may_concern_linkerd(data: bytes) -> bool:
    """Tell cheaply whether a file may concern Linkerd; if not, it need not be parsed.

    Args:
        data: the whole file. UTF-16 hides all words, so such a file may always concern Linkerd.
    """
    return bool(NAMES.search(data) or SIDECAR.search(data)) or data.startswith(_UTF16)


def may_hold_key(text: str) -> bool:
    """Tell cheaply whether a text may hold a key in Linkerd's domain, with or without escapes.

    Args:
        text: the text.
    """
    return _LINKERD in text
