"""Replaces a file by a new version of it, and keeps its owner, rights, attributes and other names.

Usually a new file takes the place of the old file in one step. If that would lose something (another name of
the same file, an owner or an attribute that we may not give to a new file) the file is written in place, as
editors do; a copy of the old content stands beside it until the whole new content is on the disk.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from autofix.text.document import SourceError, changed_error, unwritten_error

_MODE: Final = 0o7777
_SUFFIX: Final = ".autofix"
# How much of a file's name the name of its temporary file has, in characters of up to four bytes.
_NAME_LENGTH: Final = 40


class _Status(NamedTuple):
    """What must not change when a file is written.

    Attributes:
        owner, group, mode: of the file.
        attributes: its extended attributes, with access control lists and security labels; empty if Python
            cannot ask for them. None stands for a value that we may not read.
    """

    owner: int
    group: int
    mode: int
    attributes: Mapping[str, bytes | None]


class _NotKeptError(Exception):
    """A new file cannot have the same owner, mode and attributes as the old file."""


def replace_file(path: Path, before: bytes, after: bytes) -> tuple[str, ...]:
    """Write the new content of a file.

    Its owner, group, mode, extended attributes and other names (hard links) stay. Until the last byte is
    written, the whole old content is in the file, or in a copy beside it that the error names.

    Args:
        path: the file.
        before: the content that was read from it.
        after: its new content.

    Returns:
        What could not be kept, in words; empty if everything was kept.

    Raises:
        SourceError: when the path is a link, or the file has changed since it was read or cannot be written.
    """
    if path.is_symlink():
        raise SourceError(str(path), "is a link and was not written; name the file that it leads to")
    try:
        if path.read_bytes() != before:
            raise changed_error(str(path))
        if not os.access(path, os.W_OK):
            raise SourceError(str(path), "is read-only and was not written; change its mode first")
        status = path.stat()
        before_status = _status(path, status)
        if status.st_nlink > 1:
            _write_in_place(path, before, after, before_status)
        else:
            try:
                _exchange(path, after, before_status)
            except _NotKeptError:
                _write_in_place(path, before, after, before_status)
        return tuple(_differences(before_status, _status(path, path.stat())))
    except OSError as error:
        raise unwritten_error(str(path), error) from None


def _status(file: Path | int, status: os.stat_result) -> _Status:
    return _Status(status.st_uid, status.st_gid, status.st_mode & _MODE, _attributes(file))


def _attributes(file: Path | int) -> dict[str, bytes | None]:
    if not hasattr(os, "listxattr"):
        return {}
    try:
        names = os.listxattr(file)
    except OSError:
        # The file system has no extended attributes.
        return {}
    attributes: dict[str, bytes | None] = dict.fromkeys(names)
    for name in names:
        with suppress(OSError):
            attributes[name] = os.getxattr(file, name)
    return attributes


def _exchange(path: Path, after: bytes, expected: _Status) -> None:
    """Put a new file in the place of the old one.

    Raises:
        _NotKeptError: when the new file cannot be made like the old file, which is still there.
    """
    with _temporary(path) as (handle, temporary):
        _write(handle, after)
        _set_status(handle, expected)
        os.fsync(handle)
        temporary.replace(path)
    _sync_folder(path)


def _set_status(handle: int, expected: _Status) -> None:
    """Give a new file the owner, mode and attributes of the old file, and nothing that the folder adds."""
    try:
        status = os.fstat(handle)
        if (status.st_uid, status.st_gid) != (expected.owner, expected.group):
            os.fchown(handle, expected.owner, expected.group)
        present = _attributes(handle)
        for name in present.keys() - expected.attributes.keys():
            os.removexattr(handle, name)
        for name, value in expected.attributes.items():
            if value is None:
                raise _NotKeptError
            if present.get(name) != value:
                os.setxattr(handle, name, value)
        # Last: a new owner takes away bits of the mode, and an access control list changes its group bits.
        os.fchmod(handle, expected.mode)
    except OSError as error:
        raise _NotKeptError from error
    if _status(handle, os.fstat(handle)) != expected:
        raise _NotKeptError


def _write_in_place(path: Path, before: bytes, after: bytes, expected: _Status) -> None:
    """Write into the file itself; a copy of the old content is beside it until the new is on the disk."""
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if _read(handle, len(before) + 1) != before:
            raise changed_error(str(path))
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
                os.fchmod(handle, expected.mode)
    finally:
        os.close(handle)


def _restore(handle: int, path: Path, copy: Path, before: bytes, error: BaseException) -> None:
    """Put the old content back; if that fails, too, it stays in the copy."""
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
    """Reserve the space before anything is overwritten; the file may then end in zeros.

    Raises:
        OSError: when there is no space.
    """
    if not hasattr(os, "posix_fallocate") or size <= os.fstat(handle).st_size:
        return
    try:
        os.posix_fallocate(handle, 0, size)
    except OSError as error:
        # Some file systems cannot reserve space; then nothing is reserved.
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise


def _overwrite(handle: int, data: bytes) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    _write(handle, data)
    os.ftruncate(handle, len(data))
    os.fsync(handle)


@contextmanager
def _temporary(path: Path) -> Iterator[tuple[int, Path]]:
    """Make a file beside another file; it is deleted afterwards unless it has been renamed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:_NAME_LENGTH]}.", suffix=_SUFFIX)
    try:
        yield handle, Path(name)
    finally:
        os.close(handle)
        Path(name).unlink(missing_ok=True)


def _write(handle: int, data: bytes) -> None:
    remaining = memoryview(data)
    while remaining:
        remaining = remaining[os.write(handle, remaining) :]


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


def _differences(before: _Status, now: _Status) -> Iterator[str]:
    """Say in words what is not as it was."""
    if before.owner != now.owner:
        yield f"its owner is {now.owner} and was {before.owner}"
    if before.group != now.group:
        yield f"its group is {now.group} and was {before.group}"
    if before.mode != now.mode:
        yield f"its mode is {now.mode:o} and was {before.mode:o}"
    names = [name for name, value in before.attributes.items() if now.attributes.get(name) != value]
    if names:
        yield f"its extended attributes {', '.join(names)} are not what they were"
