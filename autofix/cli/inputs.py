"""What the command line is given to look at, found and read before anything else of the library is loaded."""

from __future__ import annotations

import os
import sys
from itertools import chain

from autofix.cli import exit_codes
from autofix.cli.output import say
from autofix.errors import AutofixError
from autofix.linkerd.forms import is_plainly_release
from autofix.text.discovery import find_files, written
from autofix.text.prefilter import may_concern_linkerd

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from autofix.text.document import SourceError

    # A file's bytes, its name, and whether it was named rather than found in a folder.
    Input = tuple[bytes, str, bool]

STDIN = "-"
# Bytes that hold most files.
_AT_ONCE = 1 << 16
_SILENT_WITHOUT_FINDINGS = ("diff", "text")


def begin(arguments: argparse.Namespace, errors: list[AutofixError], *, idle: str) -> Iterator[Input] | int:
    """Look for the first input that concerns Linkerd.

    Args:
        arguments: the command's.
        errors: where to put what cannot be read.
        idle: what to say when there is nothing to do.

    Returns:
        The inputs; the exit code, once everything is said, when there is none and the options are sound.
    """
    found = inputs(arguments, errors)
    if not _are_plain(arguments):
        return found
    first = next(found, None)
    if first is not None:
        return chain((first,), found)
    complain(errors)
    if not arguments.quiet:
        say(idle)
    return exit_codes.ABNORMAL if errors else exit_codes.CLEAN


def _are_plain(arguments: argparse.Namespace) -> bool:
    """Tell whether the options are surely sound, and nothing is to be written about nothing."""
    return (
        getattr(arguments, "output", "diff") in _SILENT_WITHOUT_FINDINGS
        and arguments.kubernetes is arguments.select is arguments.ignore is None
        and arguments.native_sidecar_default in (None, "true", "false")
        and arguments.wait_before_exit_seconds == 0
        and (arguments.linkerd is None or is_plainly_release(arguments.linkerd))
    )


def inputs(
    arguments: argparse.Namespace, errors: list[AutofixError], *, everything: bool = False
) -> Iterator[Input]:
    """Read the given files, the YAML and JSON files in the given folders, and standard input.

    Args:
        arguments: the command's.
        errors: where to put what cannot be read; it does not stop the others.
        everything: whether to yield what was found in a folder and has nothing to do with Linkerd, too.

    Yields:
        Standard input first, then in the order of the arguments and of the files in folders.
    """
    paths: list[str] = arguments.paths
    if STDIN in paths:
        yield sys.stdin.buffer.read(), "<stdin>", True
    named = [path for path in paths if path != STDIN]
    as_found = {written(path) for path in named}
    found = find_files(
        named,
        exclude=arguments.exclude,
        include=arguments.include,
        force_exclude=arguments.force_exclude,
    )
    for file in _shown(found, quiet=arguments.quiet):
        if isinstance(file, AutofixError):
            errors.append(file)
            continue
        try:
            data = _bytes_of(file)
        except OSError as error:
            errors.append(AutofixError(f"{file}: {error.strerror or error}; check that it can be read"))
            continue
        # What was only found in a folder is not parsed without need; what is named is, whatever it holds.
        is_named = file in as_found
        if everything or is_named or may_concern_linkerd(data):
            yield data, file, is_named


def _bytes_of(file: str) -> bytes:
    """Read a file in as few calls as its size allows."""
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(handle, _AT_ONCE)
        if len(data) == _AT_ONCE and (size := os.fstat(handle).st_size) > _AT_ONCE:
            # Once more from its start: parts that are joined take twice the memory.
            os.lseek(handle, 0, os.SEEK_SET)
            data = os.read(handle, size)
        # A pipe has no size, and a disk may give less than it was asked for: only an empty answer is the end.
        parts = [data]
        while parts[-1]:
            parts.append(os.read(handle, _AT_ONCE))
    finally:
        os.close(handle)
    return data if parts[1:] == [b""] else b"".join(parts)


def _shown(files: Iterator[str | SourceError], *, quiet: bool) -> Iterable[str | SourceError]:
    """Show on a terminal how far a long run has come."""
    if quiet or not sys.stderr.isatty():
        return files
    # Imported here: only a terminal needs it.
    from tqdm import tqdm

    return tqdm(files, desc="autofix", unit=" files", delay=1, leave=False)


def complain(errors: Iterable[AutofixError]) -> None:
    """Say what went wrong on standard error."""
    for error in errors:
        say(f"error: {error}")
