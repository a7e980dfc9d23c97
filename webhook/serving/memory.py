"""Gives memory back to the kernel that only a crowd of callers needed.

The other half of the memory's rules stands in the image's environment: ``MALLOC_MMAP_THRESHOLD_`` and
``MALLOC_TRIM_THRESHOLD_`` let glibc keep the 256 KiB that uvloop takes for each read from a TLS connection.
"""

from __future__ import annotations

import ctypes
import gc


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
