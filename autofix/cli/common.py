"""What the commands that read documents share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping

from autofix.errors import AutofixError
from autofix.kubernetes.anatomy import kind_of
from autofix.options import Options, options
from autofix.source.document import Document
from autofix.source.read import read_bytes
from autofix.source.walk import find_files

STDIN = "-"


def chosen(arguments: argparse.Namespace) -> Options:
    """Read the library's options from the command line.

    Raises:
        AutofixError: when a release, a version or a code is none.
    """
    default: str | None = arguments.native_sidecar_default
    if default not in (None, "true", "false"):
        raise AutofixError(f"AUTOFIX_NATIVE_SIDECAR_DEFAULT={default}: write true or false")
    return options(
        release=arguments.linkerd,
        kubernetes=getattr(arguments, "kubernetes", None),
        default=None if default is None else default == "true",
        wait_before_exit=arguments.wait_before_exit_seconds,
        unsafe=getattr(arguments, "unsafe_fixes", False),
        select=getattr(arguments, "select", None),
        ignore=getattr(arguments, "ignore", None),
    )


def read_inputs(arguments: argparse.Namespace) -> tuple[list[Document], list[AutofixError]]:
    """Read every document of the given files, folders and standard input.

    One that cannot be read does not stop the others: it is said on standard error.

    Returns:
        The Kubernetes objects, standard input's first, then in the order of the arguments and of the files
        in folders; and the errors.
    """
    errors: list[AutofixError] = []
    documents = list(_documents(arguments.paths, errors))
    for error in errors:
        print(f"autofix: error: {error}", file=sys.stderr)
    objects = [document for document in documents if is_kubernetes(document.value)]
    if not arguments.quiet:
        _say_skipped(documents, objects)
    return objects, errors


def is_kubernetes(value: object) -> bool:
    """Tell a Kubernetes object from other YAML (Helm values, kustomizations' patches, plain data)."""
    return isinstance(value, Mapping) and isinstance(value.get("apiVersion"), str) and kind_of(value) != ""


def _documents(paths: list[str], errors: list[AutofixError]) -> Iterator[Document]:
    if STDIN in paths:
        yield from _parse(sys.stdin.buffer.read(), "<stdin>", errors)
    for file in find_files([path for path in paths if path != STDIN]):
        if isinstance(file, AutofixError):
            errors.append(file)
            continue
        try:
            data = file.read_bytes()
        except OSError as error:
            errors.append(AutofixError(f"{file}: {error.strerror or error}; check that it can be read"))
            continue
        yield from _parse(data, str(file), errors)


def _parse(data: bytes, source: str, errors: list[AutofixError]) -> list[Document]:
    try:
        return read_bytes(data, source)
    except AutofixError as error:
        errors.append(error)
        return []


def _say_skipped(documents: list[Document], objects: list[Document]) -> None:
    skipped = len(documents) - len(objects)
    if skipped:
        files = sorted({one.source for one in documents} - {one.source for one in objects})
        names = f", among them all of {', '.join(files[:3])}{' …' if files[3:] else ''}" if files else ""
        print(
            f"autofix: skipped {skipped} of {len(documents)} documents that are no Kubernetes objects{names}",
            file=sys.stderr,
        )
