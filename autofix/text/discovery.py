"""The files that the paths on a command line mean."""

from __future__ import annotations

import os
import stat

from autofix.errors import AutofixError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pathspec import GitIgnoreSpec

    from autofix.text.document import SourceError

    # Folders, ending in a slash, with the patterns of their .gitignore, the deepest first.
    Ignored = tuple[tuple[str, GitIgnoreSpec], ...]
    # The patterns of --exclude and of --include; None for no pattern.
    Patterns = tuple[GitIgnoreSpec | None, GitIgnoreSpec | None]
    # A file or folder below a folder in the arguments: its path, its path from that folder, whether it is a
    # folder, and the patterns for it.
    FolderEntry = tuple[str, str, bool, Ignored]
    # A file in a folder that is not read because of its name: its path, its absolute path, and the patterns
    # for it.
    OtherFile = tuple[str, str, Ignored]
    # What a walk puts aside: links to files, which come last, and files that are not read.
    Aside = tuple[list[str], list[OtherFile] | None]

_SUFFIXES = (".yaml", ".yml", ".json")
# Folders of code that is not the project's own.
_FOREIGN_FOLDERS = frozenset({"__pycache__", "node_modules", "vendor", "venv"})
_GITIGNORE = ".gitignore"
# autofix reads no more characters of a .gitignore.
_LONGEST_GITIGNORE = 1024 * 1024
_MISSING = "no such file or folder; check the path"


def find_files(
    paths: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    include: Sequence[str] = (),
    force_exclude: bool = False,
    others: list[OtherFile] | None = None,
) -> Iterator[str | SourceError]:
    """Find the files to read: the files in ``paths``, and the YAML and JSON files under the folders in it.

    autofix does not enter hidden folders, folders of other people's code, links to folders, and folders that
    a ``.gitignore`` file names, unless they are in ``paths`` themselves. It leaves out files that a
    ``.gitignore`` file names. Files and folders come in the order of their names, links to files last.

    Args:
        paths: files and folders. A path that is no folder is a file, with any name.
        exclude: patterns of files to leave out, as in ``.gitignore``, relative to each folder in ``paths``.
        include: patterns of files to read, also if they are neither YAML nor JSON.
        force_exclude: whether ``exclude`` also leaves out paths in ``paths``; the patterns are then relative
            to the current folder.
        others: the files in folders that are not read because of their names are added here.

    Yields:
        Each file once, however many paths and links lead to it; an error in place of a path or folder that
        cannot be read, so that the other files are still found.

    Raises:
        AutofixError: when a pattern cannot be understood.
    """
    real_paths: set[str] = set()
    patterns = _spec(exclude, "--exclude"), _spec(include, "--include")
    for path in paths:
        if force_exclude and _is_excluded(path, patterns[0]):
            continue
        for file, real in _files_under(path, patterns, others):
            if real not in real_paths:
                if real is not None:
                    real_paths.add(real)
                yield file


def _is_excluded(path: str, exclude: GitIgnoreSpec | None) -> bool:
    here = os.path.join(os.getcwd(), "")
    name = os.path.join(here, normal_path(path))
    if exclude is None or not name.startswith(here):
        return False
    return exclude.match_file(name.removeprefix(here) + ("/" if os.path.isdir(path) else ""))


def normal_path(path: str) -> str:
    """Return a path as messages show it and ``pathlib`` writes it: without parts that are empty or a dot.

    Args:
        path: the path as the user wrote it.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    # POSIX does not say what exactly two slashes at the start mean, so they stay.
    slashes = len(path) - len(path.lstrip("/"))
    root = "//" if slashes == len("//") else "/" if slashes else ""
    return root + "/".join(parts) or "."


def is_ignored(file: OtherFile) -> bool:
    """Tell whether a ``.gitignore`` file names a file that is not read because of its own name."""
    _, absolute, ignored = file
    return _is_ignored(absolute, ignored)


def _files_under(
    path: str, patterns: Patterns, others: list[OtherFile] | None
) -> Iterator[tuple[str | SourceError, str | None]]:
    """Find the files of a path, each with its real path; None for an error."""
    # The path "" would be the current folder. A variable in a script that is not set should not mean that.
    if not path:
        yield _error("''", _MISSING), None
        return
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        yield _unreadable(path, error), None
        return
    top = normal_path(path)
    if stat.S_ISDIR(mode):
        yield from _walk(top, patterns, others)
    else:
        yield top, os.path.realpath(top)


def _walk(
    top: str, patterns: Patterns, others: list[OtherFile] | None
) -> Iterator[tuple[str | SourceError, str | None]]:
    aside: Aside = ([], others)
    links, _ = aside
    # Folders that are links are not entered, so every file here has a real path that begins with this.
    real, absolute = (os.path.join(path, "") for path in (os.path.realpath(top), os.path.abspath(top)))
    pending: list[Iterator[FolderEntry]] = [iter([(top, "", True, _patterns_above(os.path.abspath(top)))])]
    while pending:
        for path, name, is_folder, ignored in pending[-1]:
            if not is_folder:
                yield path, real + name
                continue
            try:
                inside = _entries_to_read((path, name, True, ignored), patterns, absolute, aside)
            except OSError as error:
                yield _unreadable(path, error), None
                continue
            # Everything in this folder comes before the entries after the folder.
            pending.append(iter(inside))
            break
        else:
            pending.pop()
    # Links come last, so that a file that is also in the folder is read under its own name.
    yield from ((link, os.path.realpath(link)) for link in links)


def _entries_to_read(
    folder: FolderEntry, patterns: Patterns, absolute: str, aside: Aside
) -> list[FolderEntry]:
    """List what to read in one folder, in the order of the names; other files are put aside."""
    path, name, _, ignored = folder
    links, others = aside
    entries_to_read: list[FolderEntry] = []
    prefix, own = "" if path == "." else os.path.join(path, ""), name and f"{name}/"
    with os.scandir(path) as scan:
        inside = sorted(scan, key=_name)
    if any(entry.name == _GITIGNORE for entry in inside):
        ignored = _with_own_patterns(absolute + name, path, ignored)
    for entry in inside:
        is_folder = entry.is_dir(follow_symlinks=False)
        relative = own + entry.name
        pattern = relative + "/" if is_folder else relative
        if not _is_to_read(entry, pattern, patterns, is_folder=is_folder):
            continue
        if not is_folder and not _is_included(entry.name, relative, patterns):
            if others is not None:
                others.append((prefix + entry.name, absolute + relative, ignored))
            continue
        if ignored and _is_ignored(absolute + pattern, ignored):
            continue
        if not is_folder and entry.is_symlink():
            links.append(prefix + entry.name)
        else:
            entries_to_read.append((prefix + entry.name, relative, is_folder, ignored))
    return entries_to_read


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _patterns_above(top: str) -> Ignored:
    """Collect the ``.gitignore`` files above a folder, up to the top of its repository.

    The user named the folder. So nothing counts if one of these files ignores the folder itself.
    """
    folders = [top]
    while not os.path.exists(os.path.join(folders[-1], ".git")):
        parent = os.path.dirname(folders[-1])
        if parent == folders[-1]:
            # The folder is in no repository.
            return ()
        folders.append(parent)
    above: Ignored = ()
    for folder in reversed(folders[1:]):
        above = _with_own_patterns(folder, folder, above)
    inside = os.path.join(top, "")
    return () if any(spec.match_file(inside.removeprefix(base)) for base, spec in above) else above


def _with_own_patterns(absolute: str, folder: str, ignored: Ignored) -> Ignored:
    """Add a folder's own ``.gitignore``; it counts before the files above it."""
    path = os.path.join(folder, _GITIGNORE)
    try:
        # git follows no link here, and a device or pipe may never end.
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return ignored
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read(_LONGEST_GITIGNORE).splitlines()
    except OSError:
        return ignored
    # Imported here: most folders have no patterns.
    from autofix.text.gitignore import is_pattern, spec_of

    return ((os.path.join(absolute, ""), spec_of(filter(is_pattern, lines))), *ignored)


def _spec(lines: Sequence[str], flag: str) -> GitIgnoreSpec | None:
    if not lines:
        return None
    from autofix.text.gitignore import is_pattern, spec_of

    for line in lines:
        if not is_pattern(line):
            raise AutofixError(f"{flag} {line!r}: no pattern as in .gitignore; correct it")
    return spec_of(lines)


def _is_ignored(path: str, ignored: Ignored) -> bool:
    for folder, spec in ignored:
        verdict = spec.check_file(path.removeprefix(folder)).include
        if verdict is not None:
            return verdict
    return False


def _is_to_read(entry: os.DirEntry[str], relative: str, patterns: Patterns, *, is_folder: bool) -> bool:
    exclude, _ = patterns
    if exclude is not None and exclude.match_file(relative):
        return False
    if is_folder:
        return not entry.name.startswith(".") and entry.name not in _FOREIGN_FOLDERS
    return _may_be_file(entry)


def _is_included(name: str, relative: str, patterns: Patterns) -> bool:
    _, include = patterns
    return _has_suffix(name) or (include is not None and include.match_file(relative))


def _has_suffix(name: str) -> bool:
    # A name such as ".yaml" has no suffix.
    return (name.endswith(_SUFFIXES) or name.lower().endswith(_SUFFIXES)) and name.rfind(".") > 0


def _may_be_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        # The link cannot be followed. Reading the file will say why.
        return True


def _unreadable(path: str, error: OSError | ValueError) -> SourceError:
    if not isinstance(error, OSError) or isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return _error(path, _MISSING)
    return _error(path, f"{error.strerror or error}; check that it can be read")


def _error(path: str, message: str) -> SourceError:
    # Imported here: most runs do not need this module.
    from autofix.text.document import SourceError

    return SourceError(path, message)
