"""Linkerd's releases and annotations as data, each row with its upstream source."""

from __future__ import annotations

import json
import os
from typing import Any


def load(name: str) -> dict[str, Any]:
    """Read one of the packaged JSON tables.

    Args:
        name: file name in this package, such as ``releases.json``.

    Returns:
        The decoded table.
    """
    # Neither importlib.resources nor pathlib, whose imports cost more than the rest of this package.
    with open(os.path.join(os.path.dirname(__file__), name), "rb") as file:
        table: dict[str, Any] = json.loads(file.read())
    return table
