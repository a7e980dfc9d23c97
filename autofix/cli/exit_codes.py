"""Exit codes, the same for every command and output format (the contract of ``kubectl diff`` and ruff)."""

from __future__ import annotations

CLEAN = 0
"""Nothing to do, or all done."""
FOUND = 1
"""Findings are left, or a diff was shown."""
ABNORMAL = 2
"""Something could not be read or done, unreadable input included."""
INTERRUPTED = 130
"""Stopped by Ctrl-C (128 + SIGINT)."""
