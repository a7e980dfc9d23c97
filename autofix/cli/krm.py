"""``autofix krm``: a KRM function for kustomize and kpt, ResourceList in, ResourceList out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from autofix.cli import exit_codes
from autofix.cli.options import options_from
from autofix.cli.output import put_text
from autofix.engine.api import Item, Result, fix_all
from autofix.errors import AutofixError
from autofix.rules.finding import Finding, Severity
from autofix.text.file import read_bytes
from autofix.text.yaml import write_yaml

_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


def krm(arguments: argparse.Namespace) -> int:
    """Run the command; see ``autofix krm --help``.

    Findings that are left are in the list's ``results``, as the specification demands. They do not change the
    exit code.

    Returns:
        The exit code.

    Raises:
        AutofixError: when an option or standard input cannot be read.

    Source: kustomize, cmd/config/docs/api-conventions/functions-spec.md.
    """
    documents = read_bytes(sys.stdin.buffer.read(), "<stdin>")
    resource_list = documents[0].value if len(documents) == 1 else None
    if not isinstance(resource_list, dict) or resource_list.get("kind") != "ResourceList":
        raise AutofixError(
            "<stdin>: a KRM function takes one ResourceList; for plain manifests use `autofix fix -`"
        )
    [result] = fix_all([resource_list], options_from(arguments))
    patched = result.object if isinstance(result.object, dict) else resource_list
    before = resource_list.get("results") or []
    if not isinstance(before, list):
        raise AutofixError("<stdin>: results must be a list; look at the function before this one")
    results = [*before, *_results(result)]
    put_text(write_yaml({**patched, "results": results} if results else patched))
    return exit_codes.CLEAN


def _results(result: Result) -> Iterator[dict[str, Any]]:
    for item in result.items:
        for finding in item.remaining:
            yield _entry(item, finding)


def _entry(item: Item, finding: Finding) -> dict[str, Any]:
    reference = {"kind": item.kind, "name": item.name, "namespace": item.namespace}
    entry: dict[str, Any] = {
        "message": f"{finding.code}: {finding.message}",
        "severity": _SEVERITIES[finding.severity],
        "resourceRef": {name: value for name, value in reference.items() if value},
    }
    path = finding.path[len(item.path) :]
    return entry | ({"field": {"path": ".".join(map(str, path))}} if path else {})
