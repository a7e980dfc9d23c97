"""How a value looks that a program fills in, as a whole or in part, in any language."""

from __future__ import annotations

import re
from typing import Final

# Variables and commands of shells, expressions of CI systems, and the actions of templates.
_HOLE: Final = re.compile(r"\$[{(]|\$\w+\Z|\{\{|<%|%\{")


def has_holes(text: str) -> bool:
    """Tell whether a program fills in a part of a value.

    Args:
        text: the value, such as ``${NAME}``, ``$(date +%s)``, ``$NAME`` or ``{{ .Values.native }}``.
    """
    return _HOLE.search(text) is not None
