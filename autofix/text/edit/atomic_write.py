"""Replacing a file by a new version of it, with all that hangs on the file.

Usually a new file takes the place of the old one in one step. Where that would break something off (another
name of the same file, an owner or an attribute that we may not give to a new file) the file is written in
place, as editors do; a copy of the old content stands beside it until all of the new one is on the disk.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from autofix.text.document import SourceError

_MODE: Final = 0o7777
_SUFFIX: Final = ".autofix"
# Of a name that is part of another one, in characters of up to four bytes.
_NAME: Final = 40


class _Kept(NamedTuple):
    """What has to stay as it is.

    Attributes:
        owner, group, mode: the file's.
        attributes: its extended attributes, access control lists and security labels among them; none where
            Python cannot ask for them. None stands for one that we may not read.
    """

    owner: int
    group: int
    mode: int
    attributes: Mapping[str, bytes | None]


class _NotKeptError(Exception):
    """A new file cannot be given all that the old one has."""


def replace_file(path: Path, before: bytes, after: bytes) -> tuple[str, ...]:
    """Write a file anew.

    Its owner, group, mode, extended attributes and other names (hard links) stay. Until the last byte is
    written, all of the old content is in the file, or in a copy beside it that the error names.

    Args:
        path: the file.
        before: what was read from it.
        after: what it shall hold.

    Returns:
        What could not be kept, in words.

    Raises:
        SourceError: when it is a link, has changed since it was read, or cannot be written.
    """
    if path.is_symlink():
        raise SourceError(str(path), "is a link and was not written; name the file that it leads to")
    try:
        if path.read_bytes() != before:
            raise _changed(path)
        if not os.access(path, os.W_OK):
            raise SourceError(str(path), "is read-only and was not written; change its mode first")
        status = path.stat()
        kept = _kept(path, status)
        if status.st_nlink > 1:
            _write_in_place(path, before, after, kept)
        else:
            try:
                _exchange(path, after, kept)
            except _NotKeptError:
                _write_in_place(path, before, after, kept)
        return tuple(_lost(kept, _kept(path, path.stat())))
    except OSError as error:
        message = f"{error.strerror or error}; nothing was written, check the folder's rights and space"
        raise SourceError(str(path), message) from None


def _changed(path: Path) -> SourceError:
    return SourceError(str(path), "has changed since it was read and was not written; run again")


def _kept(file: Path | int, status: os.stat_result) -> _Kept:
    return _Kept(status.st_uid, status.st_gid, status.st_mode & _MODE, _attributes(file))


def _attributes(file: Path | int) -> dict[str, bytes | None]:
    if not hasattr(os, "listxattr"):
        return {}
    try:
        names = os.listxattr(file)
    except OSError:
        # The file system has none.
        return {}
    found: dict[str, bytes | None] = dict.fromkeys(names)
    for name in names:
        with suppress(OSError):
            found[name] = os.getxattr(file, name)
    return found


def _exchange(path: Path, after: bytes, kept: _Kept) -> None:
    """Put a new file in the place of the old one.

    Raises:
        _NotKeptError: when the new file cannot be made like the old one; that is still there.
    """
    with _temporary(path) as (handle, temporary):
        _write(handle, after)
        _give(handle, kept)
        os.fsync(handle)
        temporary.replace(path)
    _sync_folder(path)


def _give(handle: int, kept: _Kept) -> None:
    """Give a new file what the old one has, and nothing that the folder adds by itself."""
    try:
        status = os.fstat(handle)
        if (status.st_uid, status.st_gid) != (kept.owner, kept.group):
            os.fchown(handle, kept.owner, kept.group)
        present = _attributes(handle)
        for name in present.keys() - kept.attributes.keys():
            os.removexattr(handle, name)
        for name, value in kept.attributes.items():
            if value is None:
                raise _NotKeptError
            if present.get(name) != value:
                os.setxattr(handle, name, value)
        # Last: a new owner takes away bits of it, and a list of rights changes those of the group.
        os.fchmod(handle, kept.mode)
    except OSError as error:
        raise _NotKeptError from error
    if _kept(handle, os.fstat(handle)) != kept:
        raise _NotKeptError


def _write_in_place(path: Path, before: bytes, after: bytes, kept: _Kept) -> None:
    """Write into the file itself; the old content is in a copy beside it until the new one is on the disk."""
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if _read(handle, len(before) + 1) != before:
            raise _changed(path)
        with _temporary(path) as (backup, copy):
            _write(backup, before)
            os.fsync(backup)
            _sync_folder(path)
            try:
                _reserve(handle, len(after))
                _overwrite(handle, after)
            except BaseException as error:
                _restore(handle, path, copy, before, error)
                raise
            # Writing takes away the bits that make a program run as its owner.
            with suppress(OSError):
                os.fchmod(handle, kept.mode)
    finally:
        os.close(handle)


def _restore(handle: int, path: Path, copy: Path, before: bytes, error: BaseException) -> None:
    """Put the old content back; where that fails, too, it stays in the copy."""
    saved = path.with_name(f"{copy.name}.saved")
    try:
        # Under its new name the copy stays, even if this is interrupted once more.
        copy.rename(saved)
    except OSError:
        saved = copy
    try:
        _overwrite(handle, before)
        saved.unlink(missing_ok=True)
    except BaseException:  # noqa: BLE001  # interrupted or not, the user must know where the old content is
        message = f"was written in part ({error}); the old content is in {saved}, copy it back"
        raise SourceError(str(path), message) from None


def _reserve(handle: int, size: int) -> None:
    """Take the room that is needed before anything is overwritten; the end of the file may be zeros then.

    Raises:
        OSError: when there is no room.
    """
    if not hasattr(os, "posix_fallocate") or size <= os.fstat(handle).st_size:
        return
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError as error:
        # Not every file system can.
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise


def _overwrite(handle: int, data: bytes) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    _write(handle, data)
    os.ftruncate(handle, len(data))
    os.fsync(handle)


@contextmanager
def _temporary(path: Path) -> Iterator[tuple[int, Path]]:
    """Make a file beside another one; it is gone afterwards unless it has been renamed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_NAME]}.", suffix=_SUFFIX)
    try:
        yield handle, Path(name)
    finally:
        os.close(handle)
        Path(name).unlink(missing_ok=True)


def _write(handle: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(handle, left) :]


def _read(handle: int, most: int) -> bytes:
    parts: list[bytes] = []
    while most > 0 and (part := os.read(handle, most)):
        parts.append(part)
        most -= len(part)
    return b"".join(parts)


def _sync_folder(path: Path) -> None:
    with suppress(OSError):
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _lost(before: _Kept, now: _Kept) -> Iterator[str]:
    """Say what is not as it was."""
    if before.owner != now.owner:
        yield f"its owner is {now.owner} and was {before.owner}"
    if before.group != now.group:
        yield f"its group is {now.group} and was {before.group}"
    if before.mode != now.mode:
        yield f"its mode is {now.mode:o} and was {before.mode:o}"
    names = [name for name, value in before.attributes.items() if now.attributes.get(name) != value]
    if names:
        yield f"its extended attributes {', '.join(names)} are not what they were"
