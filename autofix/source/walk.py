"""The files that the paths on a command line mean."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from autofix.source.document import SourceError

_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
_MISSING: Final = "no such file or folder; check the path"


def find_files(paths: Sequence[str]) -> Iterator[Path | SourceError]:
    """Find the files to read: those named, and the YAML and JSON files under the folders named.

    Hidden folders and links to folders are not entered unless they are named themselves. Within a folder,
    files and folders come in the order of their names.

    Args:
        paths: files and folders. What is no folder is a file, whatever its name.

    Yields:
        Each file once, however many paths and links lead to it; an error in the place of a path or folder
        that cannot be read, so that the others are still found.
    """
    seen: set[str] = set()
    for path in paths:
        for file in _under(path):
            if isinstance(file, Path):
                real = os.path.realpath(file)
                if real in seen:
                    continue
                seen.add(real)
            yield file


def _under(path: str) -> Iterator[Path | SourceError]:
    # Path("") would be the current folder, and an unset variable in a script should not mean that.
    if not path:
        yield SourceError("''", _MISSING)
        return
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError) as error:
        yield _unreadable(path, error)
        return
    if stat.S_ISDIR(mode):
        yield from _walk(Path(path))
    else:
        yield Path(path)


def _walk(top: Path) -> Iterator[Path | SourceError]:
    pending = [(top, True)]
    while pending:
        path, is_folder = pending.pop()
        if not is_folder:
            yield path
            continue
        try:
            with os.scandir(path) as entries:
                inside = sorted((entry.name, _is_folder(entry)) for entry in entries if _is_wanted(entry))
        except OSError as error:
            yield _unreadable(str(path), error)
            continue
        pending.extend((path / name, folder) for name, folder in reversed(inside))


def _is_wanted(entry: os.DirEntry[str]) -> bool:
    if _is_folder(entry):
        return not entry.name.startswith(".")
    return Path(entry.name).suffix.lower() in _SUFFIXES and _may_be_file(entry)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _may_be_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        # A link that cannot be followed: whoever reads it will say why.
        return True


def _unreadable(path: str, error: OSError | ValueError) -> SourceError:
    if not isinstance(error, OSError) or isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return SourceError(path, _MISSING)
    return SourceError(path, f"{error.strerror or error}; check that it can be read")
