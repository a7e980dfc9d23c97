"""Why no fix may be made in a text: it has a directive that removes keys, or a branch of ytt.

A search for a word is enough for most texts; the patterns are compiled where they are first used.
"""

from __future__ import annotations

import re
from typing import Final

from autofix.readers.model import BRANCH

_REMOVED: Final = "something is removed by a directive in this text; change it by hand"

_WORDS: Final = ("$patch", "#@", "annotate")
_DIRECTIVE: Final = r"""\$patch["']?[ \t]*:[ \t]*["']?delete|#@overlay/remove"""
# ``kubectl annotate pod web "$KEY-"``: which key the variable holds is not known.
_MINUS_OF_VARIABLE: Final = r"""\bannotate\b[^\n]{0,300}(?:\$\{?\w+\}?|\}\})-(?=["'\s;)]|\Z)"""
_YTT_BRANCH: Final = r"#@[ \t]*(?:else|elif)\b"


def directive_reason(text: str) -> str | None:
    """Say why no fix is made in a text: something in it removes keys, or chooses between branches.

    Args:
        text: the text of a YAML document, or any other text.

    Returns:
        The reason; None if no directive is in the way.
    """
    if not any(word in text for word in _WORDS):
        return None
    if re.search(_DIRECTIVE, text) or re.search(_MINUS_OF_VARIABLE, text):
        return _REMOVED
    return BRANCH if re.search(_YTT_BRANCH, text) else None
