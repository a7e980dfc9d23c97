"""``autofix fix -``: standard input to standard output, fixed on its way."""

from __future__ import annotations

import argparse
import codecs
import io
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from autofix.cli import exit_codes
from autofix.cli.common import chosen
from autofix.cli.fixing import end, look_again
from autofix.cli.inputs import STDIN, complain
from autofix.cli.output import put_bytes, put_on_stderr
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.report import as_text
from autofix.text.check import check_files, has_namespace
from autofix.text.file import TextFile, read_file
from autofix.text.prefilter import may_concern_linkerd, split_stream

# What is longer is fixed document by document, in as much memory as the longest of them takes.
_AT_ONCE: Final = 32 * 1024 * 1024


def pass_through(arguments: argparse.Namespace) -> int:
    """Copy standard input to standard output, fixed; what cannot be read passes as it is.

    Args:
        arguments: the command's.

    Raises:
        AutofixError: when an option cannot be read, or a path stands beside standard input.
    """
    wanted = chosen(arguments)
    if arguments.paths != [STDIN]:
        raise AutofixError("- makes a filter of standard input; give no other path beside it")
    start = sys.stdin.buffer.read(_AT_ONCE)
    if len(start) < _AT_ONCE or start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _pass(arguments, wanted, start + sys.stdin.buffer.read(), "<stdin>", [])
    # Too long to be held: document by document then, with the Namespaces that stand above as their context.
    lines = chain(io.BytesIO(start).readlines(), sys.stdin.buffer)
    worst = exit_codes.CLEAN
    namespaces: list[TextFile] = []
    for first, data in split_stream(_whole(lines)):
        if may_concern_linkerd(data):
            worst = max(worst, _pass(arguments, wanted, data, f"<stdin> from line {first}", namespaces))
        else:
            put_bytes(data)
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


def _pass(
    arguments: argparse.Namespace, wanted: Options, data: bytes, source: str, namespaces: list[TextFile]
) -> int:
    """Pass some documents on, fixed.

    Args:
        arguments: the command's.
        wanted: its options.
        data: the documents.
        source: what to call them.
        namespaces: what was read above that may be their context; they are added where they may be, too.
    """
    try:
        checked = check_files([*namespaces, read_file(data, source)], wanted)
    except Exception as error:
        # Whatever it was, who reads the stream gets what came.
        put_bytes(data)
        if not isinstance(error, AutofixError):
            raise
        complain([error])
        return exit_codes.ABNORMAL
    one = checked[-1]
    put_bytes(one.text.encode(one.file.encoding))
    problems = [one.problem] if one.problem else []
    complain(problems)
    [*_, now] = look_again(checked, wanted)
    if any(map(has_namespace, now.file.documents)):
        namespaces.append(now.file)
    left = [now]
    if not arguments.quiet:
        put_on_stderr(as_text.render(left, ()))
    return end(arguments, [one], left, abnormal=bool(problems))
