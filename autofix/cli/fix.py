"""``autofix fix``: repair files in place; with ``-``, copy standard input to standard output, fixed."""

from __future__ import annotations

import argparse
import codecs
import io
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import chain, groupby
from pathlib import Path
from typing import Final

from autofix.cli import exit_codes
from autofix.cli.exit_codes import exit_code
from autofix.cli.files import read_files
from autofix.cli.inputs import STDIN, Input
from autofix.cli.options import options_from
from autofix.cli.output import count, put, put_bytes, put_on_stderr, say, say_errors, unread
from autofix.cli.release import doubt
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.report import FORMATS, Report
from autofix.text.check import CheckedFile, check_files, has_namespace
from autofix.text.edit.atomic_write import replace_file
from autofix.text.file import TextFile, moved_by, read_file, reread, whole_file
from autofix.text.prefilter import may_concern_linkerd, split_stream

# autofix fixes this many bytes of standard input as a whole. It fixes a longer stream document by document,
# and so needs only the memory that the longest document takes.
_AT_ONCE: Final = 32 * 1024 * 1024


def fix(arguments: argparse.Namespace, inputs: Iterable[Input | AutofixError]) -> int:
    """Run the command; see ``autofix fix --help``.

    Args:
        arguments: the command's.
        inputs: the inputs, as ``inputs.preflight`` returns them.

    Returns:
        The exit code.

    Raises:
        AutofixError: when an option cannot be read, or a path stands beside standard input.
    """
    options = options_from(arguments)
    if STDIN in arguments.paths:
        return _filter(arguments, options)
    errors: list[AutofixError] = []
    before = check_files(tuple(read_files(arguments, inputs, errors, in_parts=options)), options)
    problems = [file.problem for file in before if file.problem]
    failures = _write(before, quiet=arguments.quiet)
    say_errors([*problems, *failures.values()])
    after = _check_again(before, options, unwritten=failures)
    put(FORMATS["text"](Report(after)))
    if not arguments.quiet:
        _summarise(before, after, failures, errors)
        _say_doubt(before, options)
    return _exit_code(arguments, before, after, abnormal=bool(errors or problems or failures))


def _exit_code(
    arguments: argparse.Namespace,
    before: Sequence[CheckedFile],
    after: Sequence[CheckedFile],
    *,
    abnormal: bool,
) -> int:
    return exit_code(
        (finding for file in after for finding in file.findings),
        abnormal=abnormal,
        changed=arguments.exit_non_zero_on_fix and any(file.text != file.file.text for file in before),
        zero=arguments.exit_zero,
    )


def _write(files: Sequence[CheckedFile], *, quiet: bool) -> dict[str, AutofixError]:
    """Write the files that change, and say which attributes they lost; return the errors by file name."""
    failures: dict[str, AutofixError] = {}
    changes = [file for file in files if file.text != file.file.text]
    identities: set[tuple[int, int]] = set()
    for source, parts in groupby(changes, lambda file: file.file.source):
        if (identity := _identity(source)) in identities:
            # It was written already, under another of its names.
            continue
        try:
            losses = replace_file(Path(source), *whole_file([(part.file, part.text) for part in parts]))
        except AutofixError as error:
            failures[source] = error
            continue
        identities |= {identity} if identity else set()
        if not quiet:
            for loss in losses:
                say(f"warning: {source}: {loss}; it could not be kept")
    return failures


def _identity(source: str) -> tuple[int, int] | None:
    """Return the device and the inode of a file with several names; None for any other file."""
    try:
        status = Path(source).stat()
    except OSError:
        # Writing the file fails, too, and says why.
        return None
    return (status.st_dev, status.st_ino) if status.st_nlink > 1 else None


def _check_again(
    files: Sequence[CheckedFile], options: Options, unwritten: Container[str] = ()
) -> list[CheckedFile]:
    """Check the files as they are after the fix.

    Args:
        files: the files before the fix, with their new texts.
        options: the options.
        unwritten: names of files that could not be written.
    """
    if all(file.text == file.file.text for file in files):
        return list(files)
    return check_files(list(_after_fix(files, unwritten)), options)


def _after_fix(files: Sequence[CheckedFile], unwritten: Container[str]) -> Iterator[TextFile]:
    """Read files again; a part of a file may stand at another line, because of the fixes above it."""
    for source, parts in groupby(files, lambda file: file.file.source):
        lines = 0
        for part in parts:
            text = part.file.text if source in unwritten else part.text
            moved = moved_by(part.file, lines)
            yield moved if text == moved.text else reread(moved, text)
            lines += text.count("\n") - moved.text.count("\n")


def _summarise(
    before: Sequence[CheckedFile],
    after: Sequence[CheckedFile],
    failures: Container[str],
    errors: Sequence[AutofixError],
) -> None:
    # A file that was read in parts is one file.
    sources = dict.fromkeys(
        file.file.source
        for file in before
        if file.text != file.file.text and file.file.source not in failures
    )
    for source in sources:
        say(f"fixed {source}")
    findings = sum(len(file.findings) for file in after)
    say(f"fixed {count(len(sources), 'file')}, {count(findings, 'finding')} left{unread(errors)}")


def _say_doubt(before: Sequence[CheckedFile], options: Options) -> None:
    """Say that the release is not known, if there was anything to judge."""
    if (message := doubt(options.release)) and any(file.findings for file in before):
        say(message)


def _filter(arguments: argparse.Namespace, options: Options) -> int:
    """Copy standard input to standard output, fixed; copy what cannot be read as it is."""
    if arguments.paths != [STDIN]:
        raise AutofixError("- makes a filter of standard input; give no other path beside it")
    start = sys.stdin.buffer.read(_AT_ONCE)
    if len(start) < _AT_ONCE or start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _fix_documents(arguments, options, start + sys.stdin.buffer.read(), "<stdin>", [])
    # Too long to keep in memory: fix document by document, with the Namespaces above as their context.
    lines = chain(io.BytesIO(start).readlines(), sys.stdin.buffer)
    worst = exit_codes.CLEAN
    namespaces: list[TextFile] = []
    for first, data in split_stream(_whole_lines(lines)):
        if options.reads_every_object or may_concern_linkerd(data):
            source = f"<stdin> from line {first}"
            worst = max(worst, _fix_documents(arguments, options, data, source, namespaces))
        else:
            put_bytes(data)
    return worst


def _whole_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join the line that was cut at the end of the first part of the stream."""
    rest = b""
    for line in lines:
        rest += line
        if rest.endswith(b"\n"):
            yield rest
            rest = b""
    if rest:
        yield rest


def _fix_documents(
    arguments: argparse.Namespace, options: Options, data: bytes, source: str, namespaces: list[TextFile]
) -> int:
    """Write documents on standard output, fixed.

    Args:
        arguments: the command's.
        options: the options.
        data: the documents.
        source: their name in messages.
        namespaces: the documents above that have Namespaces; these documents are added if they have any.
    """
    try:
        files = check_files([*namespaces, read_file(data, source)], options)
    except Exception as error:
        # The reader of the stream gets the documents, whatever went wrong.
        put_bytes(data)
        if not isinstance(error, AutofixError):
            raise
        say_errors([error])
        return exit_codes.ABNORMAL
    before = files[-1]
    put_bytes(before.text.encode(before.file.encoding))
    problems = [before.problem] if before.problem else []
    say_errors(problems)
    [*_, after] = _check_again(files, options)
    if any(map(has_namespace, after.file.documents)):
        namespaces.append(after.file)
    if not arguments.quiet:
        put_on_stderr(FORMATS["text"](Report([after])))
        _say_doubt([before], options)
    return _exit_code(arguments, [before], [after], abnormal=bool(problems))
