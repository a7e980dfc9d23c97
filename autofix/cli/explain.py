"""``autofix explain``: what Linkerd does with each pod, in words."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from autofix.cli import exit_codes
from autofix.cli.files import read_files
from autofix.cli.inputs import Input
from autofix.cli.options import options_from
from autofix.cli.output import count, put, say, say_errors
from autofix.cli.release import doubt
from autofix.engine.api import fix_all
from autofix.engine.explain import Explanation, explain_all
from autofix.engine.options import options
from autofix.errors import AutofixError
from autofix.kubernetes.pointer import pointer
from autofix.linkerd.completion import DEBUG_CONTAINER
from autofix.linkerd.injection import DEBUG_SIDECAR, Cause
from autofix.report.json_lines import json_lines
from autofix.report.titles import title
from autofix.rules.registry import UNREADABLE
from autofix.text.document import Document
from autofix.text.document_kinds import is_object
from autofix.text.file import TextFile
from autofix.text.lines import Lines, lines_of
from autofix.text.yaml import Node, lay_out, nearest

# Metadata that cannot be read is unreadable input for every command.
_MALFORMED = options(select=UNREADABLE)


def explain(arguments: argparse.Namespace, inputs: Iterable[Input | AutofixError]) -> int:
    """Run the command; see ``autofix explain --help``.

    Args:
        arguments: the command's.
        inputs: all inputs, as ``inputs.preflight`` returns them.

    Returns:
        The exit code.

    Raises:
        AutofixError: when an option cannot be read.
    """
    options = options_from(arguments)
    errors: list[AutofixError] = []
    files = tuple(read_files(arguments, inputs, errors))
    documents = [document for file in files for document in file.documents]
    objects = [document for document in documents if is_object(document.value)]
    if not arguments.quiet and len(objects) < len(documents):
        skipped = len(documents) - len(objects)
        say(f"skipped {count(skipped, 'document')} without a Kubernetes object")
    explanations = explain_all([document.value for document in objects], options)
    texts = [file for file in files if not file.has_documents]
    if not arguments.quiet and texts:
        say(f"skipped {count(len(texts), 'text')} of other languages: explain reads only Kubernetes objects")
    lines = _lines(files, objects, explanations)
    if arguments.output == "json":
        rows = [
            _as_json(objects[explanation.document], explanation, line)
            for explanation, line in zip(explanations, lines, strict=True)
        ]
        put(json_lines(rows, indent=2))
    else:
        put(_as_text(objects, explanations, lines, options.release.text))
    depends = any(explanation.decision.native is None for explanation in explanations)
    if depends and not arguments.quiet and (message := doubt(options.release)):
        say(message)
    malformed = _malformed(objects)
    say_errors(malformed)
    return exit_codes.ABNORMAL if errors or malformed else exit_codes.CLEAN


def _malformed(objects: Sequence[Document]) -> list[AutofixError]:
    """Return an error for each object whose metadata cannot be read."""
    results = fix_all([document.value for document in objects], _MALFORMED)
    return [
        AutofixError(f"{document.source}:{document.line}: {finding.message}")
        for document, result in zip(objects, results, strict=True)
        for finding in result.findings
    ]


def _lines(
    files: Sequence[TextFile], objects: Sequence[Document], explanations: Sequence[Explanation]
) -> list[int]:
    """Return the line at which each explained object begins, also within a List."""
    by_source = {file.source: file for file in files}
    layouts: dict[str, tuple[dict[int, Node], Lines]] = {}
    lines = []
    for explanation in explanations:
        document = objects[explanation.document]
        if not explanation.place:
            lines.append(document.line)
            continue
        if document.source not in layouts:
            file = by_source[document.source]
            layouts[document.source] = lay_out(file.text, file.documents), lines_of(file.text)
        roots, lines_of_file = layouts[document.source]
        lines.append(lines_of_file.number(nearest(roots[document.index], explanation.place).start))
    return lines


def _as_text(
    objects: Sequence[Document], explanations: Sequence[Explanation], lines: Sequence[int], release: str
) -> Iterator[str]:
    for explanation, line in zip(explanations, lines, strict=True):
        position = f"{objects[explanation.document].source}:{line}"
        yield f"{position}: {_title(explanation)}: {_summary(explanation)} (Linkerd {release})"
        yield from (f"  - {reason}" for reason in _reasons(explanation))


def _summary(explanation: Explanation) -> str:
    """Say what the pod gets, and whether it completes if it is meant to."""
    endings = {True: "; it completes", False: "; it never completes", None: ""}
    return f"{explanation.answer}{endings[explanation.completes]}"


def _reasons(explanation: Explanation) -> Iterator[str]:
    """Yield why the pod gets what it gets."""
    injection, decision = explanation.injection, explanation.decision
    if injection.cause is Cause.BROKEN_PATCH:
        yield decision.reasons[0]
    elif injection.proxy is False:
        kind = "" if explanation.has_proxy else "it gets no proxy: "
        yield f"{kind}{injection.reason}"
    elif injection.proxy is None:
        yield f"{injection.reason}: what follows holds if Linkerd injects the pod"
    else:
        yield injection.reason
    if injection.proxy is not False:
        yield from decision.reasons
    for key in explanation.unread:
        where = pointer(key.path)
        yield f"{key.name} in {where} is ignored: Linkerd reads only annotations of pods and Namespaces"
    if explanation.stays == DEBUG_CONTAINER:
        yield (
            f"the container {DEBUG_CONTAINER} never ends, and keeps a pod running whose proxy is a native "
            f"sidecar, too: remove {DEBUG_SIDECAR}"
        )
    elif explanation.stays:
        yield f"the container {explanation.stays} runs on after the others have ended"
    elif explanation.completes and explanation.has_proxy and not explanation.native:
        yield "it ends the proxy itself"
    if explanation.missing:
        yield (
            f'there is no native-sidecar key: {explanation.missing}: "true" in {pointer(explanation.path)} '
            "makes the proxy a native sidecar"
        )


def _title(explanation: Explanation) -> str:
    name = title(explanation.kind, explanation.namespace, explanation.name)
    return f"pods of {name}" if explanation.kind == "Namespace" else name


def _as_json(document: Document, explanation: Explanation, line: int) -> dict[str, Any]:
    decision = explanation.decision
    return {
        "file": document.source,
        "line": line,
        "kind": explanation.kind,
        "namespace": explanation.namespace,
        "name": explanation.name,
        "pointer": pointer(explanation.path),
        "answer": explanation.answer,
        "injected": explanation.injection.proxy,
        "injectionReason": explanation.injection.reason,
        "breakingKeys": list(explanation.injection.keys),
        "hasProxy": explanation.has_proxy,
        "native": explanation.native if explanation.has_proxy else None,
        "denied": explanation.is_denied,
        "key": decision.key,
        "level": decision.level,
        "runsToCompletion": explanation.traits.completes,
        "completes": explanation.completes,
        "keptRunningBy": explanation.stays,
        "unreadKeys": [{"key": key.name, "pointer": pointer(key.path)} for key in explanation.unread],
        "missingKey": explanation.missing,
        "reasons": list(_reasons(explanation)),
    }
