"""Files in folders that are neither YAML nor JSON, and name Linkerd's keys: nobody should take them for read.

autofix reads such a file only where the user names it or its pattern, because it may be anything.
"""

from __future__ import annotations

import os
import re
from typing import Final

from autofix.rules.interest import LINKERD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A file without text, such as a picture, has a zero byte in its first bytes (as git decides it).
_START: Final = 1 << 16
# A key that stands only behind these bytes of a file is not looked for.
_LONGEST: Final = 1 << 20
# A domain with a key behind it, as annotations, JSON Pointers and Helm's parameters write it.
_DOMAINS: Final = [word.partition(".") for word in LINKERD.words]
_KEY: Final = re.compile(
    "|".join(rf"{stem}(?:\\|\.{end}(?:/[a-z]|~1))" for stem, _, end in _DOMAINS).encode()
)
_LONGEST_WORD: Final = 128
_WORD: Final = b"-./0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
# What tools write before a key: spark.kubernetes.driver.annotation.linkerd.io/inject.
_HOLDERS: Final = (b"annotation.", b"annotations.", b"label.", b"labels.")


def naming_keys(names: Iterable[str]) -> Iterator[str]:
    """Find the files of other kinds that name Linkerd's keys.

    Args:
        names: files that are neither YAML nor JSON by their name.

    Yields:
        Those texts that name a key in their first megabyte, in their order; no file that cannot be read.
    """
    for name in names:
        data = _first_bytes(name)
        if _names_key(data):
            yield name


def pattern_of(name: str) -> str:
    """Write the pattern for ``--include`` that takes a file and those like it.

    Args:
        name: its name, with or without folders.
    """
    name = name.rpartition("/")[2]
    dot = name.rfind(".")
    return f"*{name[dot:]}" if dot > 0 else name


def _first_bytes(name: str) -> bytes:
    """Read the start of a file; nothing of a file that cannot be read, or is no text."""
    try:
        handle = os.open(name, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return b""
    try:
        data = os.read(handle, _START)
        if b"\0" in data:
            return b""
        return data + os.read(handle, _LONGEST - _START) if len(data) == _START else data
    except OSError:
        return b""
    finally:
        os.close(handle)


def _names_key(data: bytes) -> bool:
    return any(_is_key(data, match) for match in _KEY.finditer(data))


def _is_key(data: bytes, match: re.Match[bytes]) -> bool:
    """Tell a key from an address such as https://linkerd.io/releases or run.linkerd.io/install."""
    if match[0].endswith((b"\\", b"~1")):
        return True
    before = data[max(0, match.start() - _LONGEST_WORD) : match.start()]
    before = before[len(before.rstrip(_WORD)) :]
    if not before or before.lower().endswith(_HOLDERS):
        return True
    if not before.endswith(b"."):
        return False
    # Imported here: few files get this far.
    from autofix.linkerd.keys import key_within

    # Of a word with an unknown subdomain only the domain itself would be the key.
    word = before.rpartition(b"/")[2] + match[0]
    return not match[0].startswith(key_within(word.decode()).encode())
