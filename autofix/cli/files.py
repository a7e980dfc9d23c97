"""Inputs as text files with documents, for the commands that read files."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence

from autofix.cli.inputs import Input
from autofix.cli.output import names, say, say_errors
from autofix.engine.options import Options
from autofix.errors import AutofixError
from autofix.text.file import PLAIN, TextFile, read_file
from autofix.text.prefilter import read_relevant_parts


def read_files(
    arguments: argparse.Namespace,
    inputs: Iterable[Input | AutofixError],
    errors: list[AutofixError],
    *,
    in_parts: Options | None = None,
) -> Iterator[TextFile]:
    """Read inputs as documents; read what is no YAML as plain text.

    An input that cannot be read does not stop the others. Standard error shows its error at the end.

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
    for item in inputs:
        if isinstance(item, AutofixError):
            errors.append(item)
            continue
        for file in _read(item, errors, None if item.is_named else in_parts):
            plain += [item.source] if file.language == PLAIN else []
            yield file
    say_errors(errors)
    if plain and not arguments.quiet:
        say(f"read as plain text, for keys and the values right behind them: {names(plain)}")


def _read(item: Input, errors: list[AutofixError], in_parts: Options | None) -> Sequence[TextFile]:
    try:
        parts = read_relevant_parts(item.data, item.source, in_parts) if in_parts else []
        return parts or (read_file(item.data, item.source),)
    except AutofixError as error:
        errors.append(error)
        return ()
