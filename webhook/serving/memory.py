"""Keeps the memory that every review takes, and gives back what only a crowd needed."""

from __future__ import annotations

import ctypes
import gc
from typing import Final

# mallopt(3), malloc.h: parameters of glibc's malloc.
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
_MIB: Final = 1024 * 1024


def keep_memory() -> bool:
    """Let glibc take pieces of up to 1 MiB from its heap, and keep up to 8 MiB of that when it is free.

    uvloop takes 256 KiB for every read from a TLS connection. By default glibc maps so much anew and gives it
    back, with three system calls and four page faults: a quarter of what a review costs, in most processes;
    in those that happened to free something larger before, it does not.

    Returns:
        Whether the C library can do that; musl has no such knobs.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:
        return False
    # Setting one ends glibc's adjusting of the other: a heap that is trimmed at once would be no better.
    return bool(mallopt(_MMAP_THRESHOLD, _MIB)) and bool(mallopt(_TRIM_THRESHOLD, 8 * _MIB))


def give_back() -> bool:
    """Give free memory back to the kernel, in the middle of the heap too: malloc_trim(3).

    Returns:
        Whether the C library can do that.
    """
    # Connections and their protocols refer to each other.
    gc.collect()
    try:
        malloc_trim = ctypes.CDLL(None).malloc_trim
    except AttributeError:
        return False
    malloc_trim(0)
    return True
