"""Exit codes, the same for every command and output format (the contract of ``kubectl diff`` and ruff)."""

from __future__ import annotations

from typing import Final

CLEAN: Final = 0
"""Nothing to do, or all done."""
FOUND: Final = 1
"""Findings are left, or a diff was shown."""
ABNORMAL: Final = 2
"""Something could not be read or done, unreadable input included."""
INTERRUPTED: Final = 130
"""Stopped by Ctrl-C (128 + SIGINT)."""
