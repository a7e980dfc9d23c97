"""Inputs as text files with documents, for the commands that read files."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence

from autofix.cli.inputs import Input
from autofix.cli.output import count, names, say, say_errors
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.text.file import TextFile, read_file
from autofix.text.languages import PLAIN
from autofix.text.prefilter import is_unrelated, read_relevant_parts


def read_files(
    arguments: argparse.Namespace,
    inputs: Iterable[Input | AutofixError],
    errors: list[AutofixError],
    *,
    in_parts: Options | None = None,
) -> Iterator[TextFile]:
    """Read inputs as documents; read what is no YAML as plain text.

    An input that cannot be read does not stop the others. Standard error shows its error at the end. It is no
    error that a file in a folder cannot be read if it has nothing to do with Linkerd or Kubernetes.

    Args:
        arguments: the command's.
        inputs: the inputs, as ``inputs.read_inputs`` yields them.
        errors: the errors of inputs that cannot be read are added here.
        in_parts: the options, to read only those documents of files in folders in which these options may
            find something; None to read all documents.

    Yields:
        The files in their order; a file that is read in parts comes several times.
    """
    plain: list[str] = []
    skipped: list[str] = []
    for item in inputs:
        if isinstance(item, AutofixError):
            errors.append(item)
            continue
        try:
            files = _read(item, None if item.is_named or item.is_whole else in_parts)
        except AutofixError as error:
            if item.is_named or not is_unrelated(item.data):
                errors.append(error)
            else:
                skipped.append(item.source)
            continue
        plain += [item.source] if files[0].language == PLAIN else []
        yield from files
    say_errors(errors)
    if skipped and not arguments.quiet:
        number = count(len(skipped), "unreadable file")
        say(f"skipped {number} without a Kubernetes object or a key of Linkerd's: {names(skipped)}")
    if plain and not arguments.quiet:
        say(f"read as plain text, for keys and the values right behind them: {names(plain)}")


def _read(item: Input, in_parts: Options | None) -> Sequence[TextFile]:
    parts = read_relevant_parts(item.data, item.source, in_parts) if in_parts else []
    return parts or (read_file(item.data, item.source),)
