"""How the release of Linkerd is written; loads in no time, for every run of the command line needs it."""

from __future__ import annotations

ACCEPTED_FORMS = (
    "edge-24.10.1, 2.16, stable-2.14.10, enterprise-2.17.1, preview-25.10.7, 2024.3.5 (edge chart), "
    "each with or without a leading v, or dev-… / git-… for an unknown build"
)
# Beyond it there may be more digits than a version has.
_LONGEST = 6


def is_plainly_release(text: str) -> bool:
    """Tell the usual form, 2.M or 2.M.P, which ``parse_release`` surely reads, without its table."""
    two, *numbers = text.split(".")
    is_short = len(numbers) in (1, 2) and len(text) <= _LONGEST
    return two == "2" and is_short and all(number.isascii() and number.isdigit() for number in numbers)
