"""Linkerd's releases and annotations as data, each row with its upstream source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def load(name: str) -> dict[str, Any]:
    """Read one of the packaged JSON tables.

    Args:
        name: file name in this package, such as ``releases.json``.

    Returns:
        The decoded table.
    """
    # Not importlib.resources, whose import costs more than the rest of this package.
    table: dict[str, Any] = json.loads(Path(__file__).with_name(name).read_bytes())
    return table
