"""The files that the paths on a command line mean."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

from autofix.errors import AutofixError
from autofix.source.document import SourceError

_SUFFIXES: Final = frozenset({".yaml", ".yml", ".json"})
# Folders of code that is not the project's own.
_OTHERS: Final = frozenset({"__pycache__", "node_modules", "vendor", "venv"})
# Folders with the patterns of their .gitignore, the deepest first.
Ignored = tuple[tuple[Path, GitIgnoreSpec], ...]
_MISSING: Final = "no such file or folder; check the path"


def find_files(
    paths: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
    force_exclude: bool = False,
) -> Iterator[Path | SourceError]:
    """Find the files to read: those named, and the YAML and JSON files under the folders named.

    Hidden folders, folders of other people's code, links to folders, and what ``.gitignore`` files name are
    not entered unless they are named themselves. Within a folder, files and folders come in the order of
    their names, links to files behind all of them.

    Args:
        paths: files and folders. What is no folder is a file, whatever its name.
        exclude: patterns as in ``.gitignore``, relative to each folder named, of what to leave out.
        include: such patterns of what to read beside YAML and JSON.
        force_exclude: whether to leave out what is named, too, when it is excluded from the current folder.

    Yields:
        Each file once, however many paths and links lead to it; an error in the place of a path or folder
        that cannot be read, so that the others are still found.

    Raises:
        AutofixError: when a pattern is none.
    """
    seen: set[str] = set()
    chosen = Chosen(_patterns(exclude, "--exclude"), _patterns(include, "--include"))
    for path in paths:
        if force_exclude and _is_excluded(path, chosen.exclude):
            continue
        for file in _under(path, chosen):
            if isinstance(file, Path):
                real = os.path.realpath(file)
                if real in seen:
                    continue
                seen.add(real)
            yield file


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the caller leaves out, and reads beside the usual."""

    exclude: GitIgnoreSpec
    include: GitIgnoreSpec


def _is_excluded(path: str, exclude: GitIgnoreSpec) -> bool:
    try:
        name = Path(path).absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return False
    return exclude.match_file(f"{name}/" if Path(path).is_dir() else name)


def _under(path: str, chosen: Chosen) -> Iterator[Path | SourceError]:
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
        yield from _walk(Path(path), chosen)
    else:
        yield Path(path)


def _walk(top: Path, chosen: Chosen) -> Iterator[Path | SourceError]:
    links: list[Path] = []
    pending: list[tuple[Path, bool, Ignored]] = [(top, True, _above(top))]
    while pending:
        path, is_folder, ignored = pending.pop()
        if not is_folder:
            if path.is_symlink():
                links.append(path)
            else:
                yield path
            continue
        try:
            ignored = _with(path, ignored)
            with os.scandir(path) as entries:
                inside = sorted(
                    (entry.name, _is_folder(entry))
                    for entry in entries
                    if _is_wanted(entry, top, chosen) and not _is_ignored(entry, ignored)
                )
        except OSError as error:
            yield _unreadable(str(path), error)
            continue
        pending.extend((path / name, folder, ignored) for name, folder in reversed(inside))
    # Last, so that what they lead to is read under its own name where that is in the folder, too.
    yield from links


def _above(top: Path) -> Ignored:
    """Collect the ``.gitignore`` files above a folder, as far as its repository goes.

    There are none for a folder that is ignored itself, since it has been named.
    """
    above: Ignored = ()
    here = top.absolute()
    folders = [here, *here.parents]
    root = next((number for number, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    for folder in reversed(folders[1 : root + 1]):
        above = _with(folder, above)
    return (
        () if any(spec.match_file(f"{here.relative_to(base).as_posix()}/") for base, spec in above) else above
    )


def _with(folder: Path, ignored: Ignored) -> Ignored:
    """Add a folder's own ``.gitignore``; it counts before those above it."""
    try:
        lines = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ignored
    return ((folder.absolute(), GitIgnoreSpec.from_lines(filter(_is_pattern, lines))), *ignored)


def _patterns(lines: Sequence[str], flag: str) -> GitIgnoreSpec:
    for line in lines:
        if not _is_pattern(line):
            raise AutofixError(f"{flag} {line!r}: no pattern as in .gitignore; correct it")
    return GitIgnoreSpec.from_lines(lines)


def _is_pattern(line: str) -> bool:
    """Tell whether a line can be understood; git passes over those of a .gitignore that cannot."""
    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True


def _is_ignored(entry: os.DirEntry[str], ignored: Ignored) -> bool:
    path = Path(entry.path).absolute()
    for folder, spec in ignored:
        verdict = spec.check_file(_relative(path, folder, entry)).include
        if verdict is not None:
            return verdict
    return False


def _relative(path: Path, folder: Path, entry: os.DirEntry[str]) -> str:
    return path.relative_to(folder).as_posix() + ("/" if _is_folder(entry) else "")


def _is_wanted(entry: os.DirEntry[str], top: Path, chosen: Chosen) -> bool:
    name = _relative(Path(entry.path), top, entry)
    if chosen.exclude.match_file(name):
        return False
    if _is_folder(entry):
        return not entry.name.startswith(".") and entry.name not in _OTHERS
    wanted = Path(entry.name).suffix.lower() in _SUFFIXES or chosen.include.match_file(name)
    return wanted and _may_be_file(entry)


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
