"""The files and the standard input that the command line names; the check whether any concerns Linkerd.

A run in which nothing concerns Linkerd ends here, without the rules and without YAML.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from autofix.cli import exit_codes
from autofix.cli.output import count, say, say_errors, unread
from autofix.cli.output import names as names_of
from autofix.errors import AutofixError
from autofix.linkerd.release import parse_release
from autofix.rules.interest import selects_every_object
from autofix.text.discovery import find_files, normal_path
from autofix.text.prefilter import may_ask_for_proxies, may_concern_linkerd, may_run_to_completion

if TYPE_CHECKING:
    from autofix.text.discovery import OtherFile
    from autofix.text.document import SourceError

STDIN = "-"
# In bytes; most files are not larger.
_READ_SIZE = 1 << 16
# Patterns in the advice on files of other kinds.
_MOST_PATTERNS = 5
_SILENT_WITHOUT_FINDINGS = ("diff", "text")
# What the commands say of no files; kept here so that they need not be imported.
_SUMMARIES = {
    "preview": "0 findings in 0 files, 0 with a safe fix",
    "fix": "fixed 0 files, 0 findings left",
}


class Input(NamedTuple):
    """A file or the standard input, read.

    Attributes:
        data: its bytes.
        source: its name.
        is_named: whether the user named it, rather than a folder that it is in.
        is_whole: whether all its documents matter, also those that do not name Linkerd.
    """

    data: bytes
    source: str
    is_named: bool
    is_whole: bool = False


def preflight(arguments: argparse.Namespace) -> Iterator[Input | AutofixError] | int:
    """Start to read the inputs of a command, and end the run when none of them concerns Linkerd.

    Args:
        arguments: those of ``preview``, ``fix`` or ``explain``.

    Returns:
        The inputs, as ``read_inputs`` yields them; or the exit code, when there is nothing to do.

    Raises:
        AutofixError: when an option cannot be read.
    """
    # explain answers for every object, and so does a rule that was asked to; a filter writes every document.
    everything = arguments.command == "explain" or selects_every_object(arguments.select or "")
    inputs = read_inputs(arguments, everything=everything)
    is_filter = arguments.command == "fix" and STDIN in arguments.paths
    is_silent = getattr(arguments, "output", "diff") in _SILENT_WITHOUT_FINDINGS
    if everything or is_filter or not is_silent:
        return inputs
    _check_options(arguments)
    errors: list[AutofixError] = []
    for item in inputs:
        if isinstance(item, Input):
            return chain(errors, (item,), inputs)
        errors.append(item)
    say_errors(errors)
    if not arguments.quiet:
        say(_SUMMARIES[arguments.command] + unread(errors))
    return exit_codes.ABNORMAL if errors else exit_codes.CLEAN


def _check_options(arguments: argparse.Namespace) -> None:
    """Refuse options that cannot be read, also when nothing will need them."""
    options = (
        arguments.kubernetes,
        arguments.native_sidecar_default,
        arguments.wait_before_exit_seconds or None,
        arguments.select,
        arguments.ignore,
    )
    if any(option is not None for option in options):
        # Imported here: it loads the rules.
        from autofix.cli.options import options_from

        options_from(arguments)
    else:
        parse_release(arguments.linkerd)


def read_inputs(arguments: argparse.Namespace, *, everything: bool = False) -> Iterator[Input | AutofixError]:
    """Read the named files, the YAML and JSON files in the named folders, and standard input.

    Args:
        arguments: the command's.
        everything: whether to yield also files in folders that have nothing to do with Linkerd.

    Yields:
        Standard input first, then the files in the order of the arguments and of the files in folders; an
        error in the place of each file that cannot be read. Files with Jobs that do not name Linkerd come
        last, and only if the release is known and some Namespace asks for proxies.
    """
    paths: list[str] = arguments.paths
    if STDIN in paths:
        yield Input(sys.stdin.buffer.read(), "<stdin>", is_named=True)
    names = [path for path in paths if path != STDIN]
    named_files = {normal_path(path) for path in names}
    others: list[OtherFile] = []
    files = find_files(
        names,
        exclude=arguments.exclude,
        include=arguments.include,
        force_exclude=arguments.force_exclude,
        # explain answers for objects, and other files have none of their own.
        others=None if everything or arguments.quiet else others,
    )
    # Without a release nobody says of a Job without any key that it hangs.
    knows_release = bool(arguments.linkerd)
    jobs: list[str] = []
    asks = False
    for file in _with_progress(files, quiet=arguments.quiet):
        if isinstance(file, AutofixError):
            yield file
            continue
        data = _read_or_error(file)
        if isinstance(data, AutofixError):
            yield data
            continue
        # A file in a folder is parsed only where it may concern Linkerd; a file that is named always is.
        is_named = file in named_files
        if everything or is_named or may_concern_linkerd(data):
            asks = asks or (knows_release and may_ask_for_proxies(data))
            yield Input(data, file, is_named)
        elif knows_release and may_run_to_completion(data):
            jobs.append(file)
    for file in jobs if asks else ():
        data = _read_or_error(file)
        yield data if isinstance(data, AutofixError) else Input(data, file, is_named=False, is_whole=True)
    if others:
        _say_what_is_not_read(others)


def _say_what_is_not_read(others: list[OtherFile]) -> None:
    """Say which files of other kinds name Linkerd's keys, and how to have them read."""
    # Imported here: a folder of YAML needs none of this.
    from autofix.text.discovery import is_ignored
    from autofix.text.other_kinds import naming_keys, pattern_of

    by_name = {file[0]: file for file in others}
    naming = [name for name in naming_keys(by_name) if not is_ignored(by_name[name])]
    if not naming:
        return
    from shlex import quote

    patterns = list(dict.fromkeys(map(pattern_of, naming)))
    flags = " ".join(f"--include {quote(pattern)}" for pattern in patterns[:_MOST_PATTERNS])
    more = f" and {len(patterns) - _MOST_PATTERNS} more" if len(patterns) > _MOST_PATTERNS else ""
    kinds, them = ("another kind names", "it") if len(naming) == 1 else ("other kinds name", "them")
    files = f"{count(len(naming), 'file')} of {kinds} Linkerd's keys ({names_of(naming)})"
    say(f"{files}: read {them} with {flags}{more}")


def _read_or_error(file: str) -> bytes | AutofixError:
    try:
        return _read(file)
    except OSError as error:
        return AutofixError(f"{file}: {error.strerror or error}; check that it can be read")


def _read(file: str) -> bytes:
    """Read a file in as few calls as its size allows."""
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(handle, _READ_SIZE)
        if len(data) == _READ_SIZE and (size := os.fstat(handle).st_size) > _READ_SIZE:
            # Read again from the start: joining two parts takes twice the memory.
            os.lseek(handle, 0, os.SEEK_SET)
            data = os.read(handle, size)
        # A pipe has no size, and a disk may return less than was asked for: only an empty answer is the end.
        parts = [data]
        while parts[-1]:
            parts.append(os.read(handle, _READ_SIZE))
    finally:
        os.close(handle)
    return data if parts[1:] == [b""] else b"".join(parts)


def _with_progress(files: Iterator[str | SourceError], *, quiet: bool) -> Iterable[str | SourceError]:
    """Show the progress of a long run on a terminal."""
    if quiet or not sys.stderr.isatty():
        return files
    # Imported here: only a terminal needs it.
    from tqdm import tqdm

    return tqdm(files, desc="autofix", unit=" files", delay=1, leave=False)
