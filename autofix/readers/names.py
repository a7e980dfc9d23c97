"""What people call mappings of labels, in any language: Linkerd reads none of them."""

from __future__ import annotations

import re
from typing import Final

# What charts, tools and Terraform call mappings of labels: podLabels, matchLabels, match_labels.
_LABELS: Final = re.compile(
    r"(?:[Ll]abels?|[Ss]electors?|LABELS?|SELECTORS?)(?:[A-Z_-]\w{0,60})?\Z|match_?[Ee]xpressions\Z"
)


def is_labels(name: str | int) -> bool:
    """Tell whether a name is that of labels or of a selector.

    Args:
        name: the name of a mapping, a list or a variable.
    """
    return _LABELS.search(str(name)) is not None
