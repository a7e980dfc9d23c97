"""``autofix fix``: repair files in place, or a stream on its way."""

from __future__ import annotations

import argparse
import codecs
import io
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from autofix.checking import CheckedFile, check_files
from autofix.cli import exit_codes
from autofix.cli.common import STDIN, chosen, complain, count, exit_code, read_files
from autofix.errors import AutofixError
from autofix.options import Options
from autofix.report import as_text
from autofix.source.replace_file import replace_file
from autofix.source.stream import chunks, may_concern_linkerd
from autofix.source.text_file import TextFile, read_file

# What is longer is fixed document by document, in as much memory as the longest of them takes.
_AT_ONCE: Final = 32 * 1024 * 1024


def fix(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix fix --help``.

    Raises:
        AutofixError: when an option cannot be read.
    """
    wanted = chosen(arguments)
    if STDIN in arguments.paths:
        if arguments.paths != [STDIN]:
            raise AutofixError("- makes a filter of standard input; give no other path beside it")
        return _filter(arguments, wanted)
    files, errors = read_files(arguments)
    checked = check_files(files, wanted)
    problems = [one.problem for one in checked if one.problem]
    failures = _write(checked)
    complain([*problems, *failures.values()])
    left = _left(checked, wanted, unwritten=failures)
    for line in as_text.render(left, ()):
        print(line)
    if not arguments.quiet:
        _summarise(checked, left, failures)
    abnormal = bool(errors or problems or failures)
    return _end(arguments, checked, left, abnormal=abnormal)


def _filter(arguments: argparse.Namespace, wanted: Options) -> int:
    """Copy standard input to standard output, fixed; what cannot be read passes as it is."""
    start = sys.stdin.buffer.read(_AT_ONCE)
    if len(start) < _AT_ONCE or start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _pass(arguments, wanted, start + sys.stdin.buffer.read(), "<stdin>")
    # Too long to be held: document by document then, and no Namespace is context for another document.
    lines = chain(io.BytesIO(start).readlines(), sys.stdin.buffer)
    worst = exit_codes.CLEAN
    for first, data in chunks(_whole(lines)):
        if may_concern_linkerd(data):
            worst = max(worst, _pass(arguments, wanted, data, f"<stdin> from line {first}"))
        else:
            _put(data)
    return worst


def _whole(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join a line that was cut where the first part of the stream ended."""
    held = b""
    for line in lines:
        held += line
        if held.endswith(b"\n"):
            yield held
            held = b""
    if held:
        yield held


def _pass(arguments: argparse.Namespace, wanted: Options, data: bytes, source: str) -> int:
    try:
        checked = check_files([read_file(data, source)], wanted)
    except Exception as error:
        complain([error] if isinstance(error, AutofixError) else [])
        # Whatever it was, who reads the stream gets what came.
        _put(data)
        if isinstance(error, AutofixError):
            return exit_codes.ABNORMAL
        raise
    [one] = checked
    _put(_bytes(one))
    problems = [one.problem] if one.problem else []
    complain(problems)
    left = _left(checked, wanted)
    if not arguments.quiet:
        for line in as_text.render(left, ()):
            print(line, file=sys.stderr)
    return _end(arguments, checked, left, abnormal=bool(problems))


def _end(
    arguments: argparse.Namespace,
    checked: Sequence[CheckedFile],
    left: Sequence[CheckedFile],
    *,
    abnormal: bool,
) -> int:
    return exit_code(
        (finding for one in left for finding in one.findings),
        abnormal=abnormal,
        changed=arguments.exit_non_zero_on_fix and any(one.text != one.file.text for one in checked),
        zero=arguments.exit_zero,
    )


def _put(data: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(data)


def _write(checked: Sequence[CheckedFile]) -> dict[str, AutofixError]:
    """Write the files that change; return the errors by the file's name."""
    failures: dict[str, AutofixError] = {}
    for one in checked:
        if one.text == one.file.text:
            continue
        try:
            replace_file(Path(one.file.source), one.file.text.encode(one.file.encoding), _bytes(one))
        except AutofixError as error:
            failures[one.file.source] = error
    return failures


def _bytes(one: CheckedFile) -> bytes:
    return one.text.encode(one.file.encoding)


def _left(
    checked: Sequence[CheckedFile], wanted: Options, unwritten: dict[str, AutofixError] | None = None
) -> list[CheckedFile]:
    """Look again at the files as they are now."""
    if all(one.text == one.file.text for one in checked):
        return list(checked)

    def now(one: CheckedFile) -> TextFile:
        if one.text == one.file.text or one.file.source in (unwritten or {}):
            return one.file
        return read_file(_bytes(one), one.file.source)

    return check_files([now(one) for one in checked], wanted)


def _summarise(checked: Sequence[CheckedFile], left: Sequence[CheckedFile], failures: Container[str]) -> None:
    changed = [
        one.file.source for one in checked if one.text != one.file.text and one.file.source not in failures
    ]
    for name in changed:
        print(f"autofix: fixed {name}", file=sys.stderr)
    findings = sum(len(one.findings) for one in left)
    print(f"autofix: fixed {count(len(changed), 'file')}, {count(findings, 'finding')} left", file=sys.stderr)
