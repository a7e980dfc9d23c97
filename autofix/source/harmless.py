"""Documents in which Linkerd is named and nothing can be found, told by their lines down to its last name.

Only plain documents are understood here (see ``block_reader``): what such lines say, nothing below them can
change. Of an object that Kubernetes defines the engine then judges the part that was read, as if it ended
there. No rule looks at what is left out but for those that decide about native sidecars, which are never
passed over, and the one for what stands in the place of a mapping, which is looked for here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from autofix.batch import examine_alone
from autofix.chosen import Options
from autofix.engine import NOTHING
from autofix.linkerd.release import wait_before_exit_key
from autofix.source.block_line import BELOW, OddLineError, read_line
from autofix.source.block_reader import read_mapping
from autofix.typed import Final

# Tells of the bytes of a document whether surely nothing is found in it.
Harmless = Callable[[bytes], bool]

# What decides about native sidecars, opts out, or is not what it looks like. All of it names Linkerd but for
# near misses, which are looked for by themselves.
_DECISIVE: Final = (b"idecar", b"IDECAR", wait_before_exit_key().encode(), b"autofix", b"\\")
_MARKER: Final = b"---\n"
# What says anew which kind of object it is, or may say so.
_KIND_AGAIN: Final = re.compile(rb"\n(?:kind|apiVersion|[^A-Za-z# \n-])")
_NEXT: Final = re.compile(rb"(?:[ ]*\n)*([ ]*)")
# Mappings on the way to annotations, and what may follow them that is none.
_MAPPINGS: Final = (b"annotations:", b"labels:", b"metadata:", b"emplate:", b"spec:")
_BROKEN: Final = re.compile(rb"[ ]+[^ \n]|[ ]*\n(?:[ ]*#[^\n]*\n)*(?:[ ]*-|(?![ ]*#)[^:\n]*(?:\n|\Z))")


def harmless(chosen: Options) -> Harmless:
    """Make the test for a run.

    Args:
        chosen: the options.
    """

    def is_harmless(data: bytes) -> bool:
        start = len(_MARKER) if data.startswith(_MARKER) else 0
        end = data.find(b"\n", data.rfind(b"linkerd")) + 1
        read = data[start:end]
        if not end or any(word in read for word in _DECISIVE):
            return False
        if not _ends_with_value(data, end) or _KIND_AGAIN.search(data, end - 1) or _is_broken(data, end):
            return False
        obj = read_mapping(read.decode(), 0)
        return obj is not None and examine_alone(obj, chosen, None) is NOTHING

    return is_harmless


def _ends_with_value(data: bytes, end: int) -> bool:
    """Tell whether the line that ends at a position holds a value, and all of it."""
    try:
        line = read_line(data[data.rfind(b"\n", 0, end - 1) + 1 : end - 1].decode())
    except OddLineError:
        return False
    following = _NEXT.match(data, end)
    return (
        line.indent >= 0
        and line.value is not BELOW
        and following is not None
        and len(following[1]) <= line.column
    )


def _is_broken(data: bytes, start: int) -> bool:
    """Tell whether something else may stand where a mapping should (AFX001)."""
    for name in _MAPPINGS:
        at = data.find(name, start)
        while at >= 0:
            if _BROKEN.match(data, at + len(name)):
                return True
            at = data.find(name, at + 1)
    return False
