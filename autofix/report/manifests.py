"""The manifests of live objects: one YAML document each, so that every format for files can show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import yaml

from autofix.cluster.evaluate import Evaluation
from autofix.kubeapi.types import JsonObject
from autofix.text.check import CheckedFile, with_fixes
from autofix.text.checked_document import CheckedDocument
from autofix.text.document import Document
from autofix.text.file import TextFile

_MAPS: Final = ("annotations", "labels")


class _Quoted(str):
    """A value to write in quotes, also where YAML needs none."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes block style, as kubectl does."""


_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)


def manifests(objects: Sequence[Evaluation], context: str = "") -> list[CheckedFile]:
    """Write each object as the file that a user could have applied, as far as it concerns Linkerd.

    Args:
        objects: the live objects, in order.
        context: the kubeconfig's name for their cluster; empty where there is only one cluster.

    Returns:
        One file for each object, named ``NAMESPACE/KIND/NAME``, or ``CONTEXT/NAMESPACE/KIND/NAME``.
    """
    return [_manifest(evaluation, context) for evaluation in objects]


def _manifest(evaluation: Evaluation, context: str) -> CheckedFile:
    reference = evaluation.reference
    source = "/".join(filter(None, (context, reference.namespace, reference.kind, reference.name)))
    text = yaml.dump(
        _marked(evaluation.document), Dumper=_Dumper, sort_keys=False, width=2**20, allow_unicode=True
    )
    document = Document(source, 1, 0, evaluation.document)
    return with_fixes(
        TextFile(source, text, "utf-8", (document,)), (CheckedDocument(document, evaluation.result),)
    )


def _marked(document: JsonObject) -> dict[str, Any]:
    """Mark the values of annotations and labels, which are always strings."""
    marked: dict[str, Any] = {}
    for name, value in document.items():
        if name in _MAPS and isinstance(value, dict):
            marked[name] = {
                key: _Quoted(text) if isinstance(text, str) else text for key, text in value.items()
            }
        else:
            marked[name] = _marked(value) if isinstance(value, dict) else value
    return marked
