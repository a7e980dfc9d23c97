"""``autofix explain``: what Linkerd would do with each pod, in words."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from autofix.api import fix_all
from autofix.cli import exit_codes
from autofix.cli.common import chosen, complain, count, read_files
from autofix.errors import AutofixError
from autofix.explanation import Explanation, explain_all
from autofix.kubernetes.pointer import pointer
from autofix.loose import is_loose
from autofix.options import options
from autofix.report.places import title
from autofix.rules import afx001_malformed
from autofix.source.document import Document

# Metadata that cannot be read is unreadable input for every command.
_MALFORMED = options(select=afx001_malformed.CODE)
_ANSWERS = {True: "native sidecar", False: "ordinary container", None: "depends on the release"}


def explain(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix explain --help``.

    Raises:
        AutofixError: when an option cannot be read.
    """
    wanted = chosen(arguments)
    files, errors = read_files(arguments, everything=True)
    documents = [one for file in files for one in file.documents]
    objects = [one for one in documents if not is_loose(one.value)]
    if not arguments.quiet and len(objects) < len(documents):
        skipped = len(documents) - len(objects)
        print(f"autofix: skipped {count(skipped, 'document')} without a Kubernetes object", file=sys.stderr)
    found = explain_all([one.value for one in objects], wanted)
    if arguments.output == "json":
        print(json.dumps([_as_json(objects[one.document], one) for one in found], indent=2))
    else:
        for line in _as_text(objects, found, wanted.release.text):
            print(line)
    broken = [
        AutofixError(f"{one.source}:{one.line}: {finding.message}")
        for one, result in zip(objects, fix_all([one.value for one in objects], _MALFORMED), strict=True)
        for finding in result.findings
    ]
    complain(broken)
    return exit_codes.ABNORMAL if errors or broken else exit_codes.CLEAN


def _as_text(documents: Sequence[Document], found: Sequence[Explanation], release: str) -> Iterator[str]:
    for one in found:
        document, decision = documents[one.document], one.decision
        answer = "denied by the injector" if decision.denied else _ANSWERS[decision.native]
        yield f"{document.source}:{document.line}: {_title(one)}: {answer} (Linkerd {release})"
        for reason in decision.reasons:
            yield f"  - {reason}"


def _title(one: Explanation) -> str:
    name = title(one.kind, one.namespace, one.name)
    return f"pods of {name}" if one.kind == "Namespace" else name


def _as_json(document: Document, one: Explanation) -> dict[str, Any]:
    decision = one.decision
    return {
        "file": document.source,
        "line": document.line,
        "kind": one.kind,
        "namespace": one.namespace,
        "name": one.name,
        "pointer": pointer(one.path),
        "native": decision.native,
        "denied": decision.denied,
        "key": decision.key,
        "level": decision.level,
        "reasons": list(decision.reasons),
    }
