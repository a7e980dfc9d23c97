"""Gives memory back to the kernel after a crowd of callers has gone.

The other rule about memory stands in the image's environment: ``MALLOC_MMAP_THRESHOLD_`` and
``MALLOC_TRIM_THRESHOLD_`` let glibc keep the 256 KiB that uvloop takes for each read from a TLS connection.
"""

from __future__ import annotations

import ctypes
import gc
from typing import Final

# So many connections, or so many bytes, are a crowd. A connection leaves buffers behind even when its body is
# refused at once: after eight of them the process kept 18 % more.
_CROWD: Final = (8, 2 * 1024 * 1024)


class Crowd:
    """Remembers how many connections and bytes there were, and so knows when a crowd of them is over."""

    def __init__(self) -> None:
        # Connections and bytes: the maximum since the last crowd, and the maximum since the last check.
        self._most, self._lately = (0, 0), (0, 0)

    def observe(self, connections: int, size: int) -> None:
        """Remember how many there are at this moment.

        Args:
            connections: open connections.
            size: bytes of all requests that are not answered yet.
        """
        self._lately = max(self._lately[0], connections), max(self._lately[1], size)

    def is_over(self, connections: int, size: int) -> bool:
        """Check whether a crowd has gone since the last call, and forget that crowd.

        The connections of the API server stay open, so a crowd is over when half of it is.

        Args:
            connections: open connections at this moment.
            size: bytes of all requests that are not answered yet, at this moment.

        Returns:
            True when it has.
        """
        lately, self._lately = self._lately, (connections, size)
        figures = zip(self._most, lately, _CROWD, strict=True)
        if any(most >= crowd and now <= most // 2 for most, now, crowd in figures):
            self._most = lately
            return True
        self._most = max(self._most[0], lately[0]), max(self._most[1], lately[1])
        return False


def give_back() -> bool:
    """Give free memory back to the kernel, from the middle of the heap too: malloc_trim(3).

    Returns:
        Whether the C library can do that; musl cannot.
    """
    # Connections and their protocols refer to each other, so only a collection frees them.
    gc.collect()
    try:
        malloc_trim = ctypes.CDLL(None).malloc_trim
    except AttributeError:
        return False
    malloc_trim(0)
    return True
