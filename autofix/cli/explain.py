"""``autofix explain``: what Linkerd would do with each pod, in words."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from autofix.cli import exit_codes
from autofix.cli.common import chosen, count, read_files
from autofix.cli.inputs import complain, inputs
from autofix.cli.output import put, say
from autofix.engine.api import fix_all
from autofix.engine.explain import Explanation, explain_all
from autofix.engine.options import options
from autofix.errors import AutofixError
from autofix.kubernetes.pointer import pointer
from autofix.report.json_lines import json_lines
from autofix.report.places import title
from autofix.rules import afx001_malformed
from autofix.text.document import Document
from autofix.text.file import TextFile
from autofix.text.fragments import is_fragment
from autofix.text.lines import Lines, lines_of
from autofix.text.yaml import Node, lay_out, nearest

# Metadata that cannot be read is unreadable input for every command.
_MALFORMED = options(select=afx001_malformed.CODE)


def explain(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix explain --help``.

    Raises:
        AutofixError: when an option cannot be read.
    """
    wanted = chosen(arguments)
    errors: list[AutofixError] = []
    files = tuple(read_files(arguments, inputs(arguments, errors, everything=True), errors))
    documents = [one for file in files for one in file.documents]
    objects = [one for one in documents if not is_fragment(one.value)]
    if not arguments.quiet and len(objects) < len(documents):
        skipped = len(documents) - len(objects)
        say(f"skipped {count(skipped, 'document')} without a Kubernetes object")
    found = explain_all([one.value for one in objects], wanted)
    lines = _lines(files, objects, found)
    if arguments.output == "json":
        told = [_as_json(objects[one.document], one, line) for one, line in zip(found, lines, strict=True)]
        put(json_lines(told, indent=2))
    else:
        put(_as_text(objects, found, lines, wanted.release.text))
    if not arguments.quiet and any(one.decision.native is None for one in found):
        say("the Linkerd release is not known; name it with --linkerd")
    broken = [
        AutofixError(f"{one.source}:{one.line}: {finding.message}")
        for one, result in zip(objects, fix_all([one.value for one in objects], _MALFORMED), strict=True)
        for finding in result.findings
    ]
    complain(broken)
    return exit_codes.ABNORMAL if errors or broken else exit_codes.CLEAN


def _lines(
    files: Sequence[TextFile], documents: Sequence[Document], found: Sequence[Explanation]
) -> list[int]:
    """Count the line at which each object begins, also within a List."""
    by_source = {file.source: file for file in files}
    layouts: dict[str, tuple[dict[int, Node], Lines]] = {}
    lines = []
    for one in found:
        document = documents[one.document]
        if not one.place:
            lines.append(document.line)
            continue
        if document.source not in layouts:
            file = by_source[document.source]
            layouts[document.source] = lay_out(file.text, file.documents), lines_of(file.text)
        roots, lines_of_file = layouts[document.source]
        lines.append(lines_of_file.number(nearest(roots[document.index], one.place).start))
    return lines


def _as_text(
    documents: Sequence[Document], found: Sequence[Explanation], lines: Sequence[int], release: str
) -> Iterator[str]:
    for one, line in zip(found, lines, strict=True):
        yield f"{documents[one.document].source}:{line}: {_title(one)}: {_answer(one)} (Linkerd {release})"
        if one.injected is None:
            yield "  - nothing here says linkerd.io/inject: this holds where Linkerd injects the pod"
        for reason in one.decision.reasons:
            yield f"  - {reason}"


def _answer(one: Explanation) -> str:
    return (
        f"{one.answer}, for linkerd.io/inject does not ask for one" if one.injected is False else one.answer
    )


def _title(one: Explanation) -> str:
    name = title(one.kind, one.namespace, one.name)
    return f"pods of {name}" if one.kind == "Namespace" else name


def _as_json(document: Document, one: Explanation, line: int) -> dict[str, Any]:
    decision = one.decision
    return {
        "file": document.source,
        "line": line,
        "kind": one.kind,
        "namespace": one.namespace,
        "name": one.name,
        "pointer": pointer(one.path),
        "injected": one.injected,
        "native": decision.native,
        "denied": decision.denied,
        "key": decision.key,
        "level": decision.level,
        "reasons": list(decision.reasons),
    }
