"""Replacing a file by a new version of it, as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from autofix.source.document import SourceError


def replace_file(path: Path, before: bytes, after: bytes) -> None:
    """Write a file anew: a temporary file beside it takes its place in one step.

    Mode and owner stay as they are. Whatever happens, the file holds either all of the old or all of the new.

    Args:
        path: the file.
        before: what was read from it.
        after: what it shall hold.

    Raises:
        SourceError: when it is a link, has changed since it was read, or cannot be written.
    """
    if path.is_symlink():
        raise SourceError(str(path), "is a link and was not written; name the file that it leads to")
    try:
        if path.read_bytes() != before:
            raise SourceError(str(path), "has changed since it was read and was not written; run again")
        if not os.access(path, os.W_OK):
            raise SourceError(str(path), "is read-only and was not written; change its mode first")
        _replace(path, after)
    except OSError as error:
        message = f"{error.strerror or error}; nothing was written, check the folder's rights and space"
        raise SourceError(str(path), message) from None


def _replace(path: Path, after: bytes) -> None:
    status = path.stat()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".autofix")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            # An owner other than ours can only be kept by root.
            with suppress(PermissionError):
                os.fchown(file.fileno(), status.st_uid, status.st_gid)
            os.fchmod(file.fileno(), status.st_mode & 0o7777)
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
