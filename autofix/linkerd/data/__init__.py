"""Linkerd's releases and annotations as data, each row with its upstream source."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any


def load(name: str) -> dict[str, Any]:
    """Read one of the packaged JSON tables.

    Args:
        name: file name in this package, such as ``releases.json``.

    Returns:
        The decoded table.
    """
    table: dict[str, Any] = json.loads(resources.files(__name__).joinpath(name).read_bytes())
    return table
