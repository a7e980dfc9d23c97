"""Mappings that an operation of a JSON patch sets: its path says whose keys they have."""

from __future__ import annotations

import pytest
from builders import ALPHA, WRONG

from autofix.text.owners import owned_mappings


@pytest.mark.parametrize(
    ("pointer", "level"),
    [
        ("/metadata/annotations", "pod"),
        ("/spec/template/metadata/annotations", "pod"),
        ("/metadata/labels", "labels"),
        ("/spec/template/metadata/labels", "labels"),
        ("/spec/namespaceAnnotations", "namespace"),
        ("/spec/managedNamespaceMetadata/annotations", "namespace"),
    ],
)
@pytest.mark.parametrize("around", [(), ("patch", 0, "ops")])
def test_the_path_of_the_operation_says_whose_keys_they_are(
    pointer: str, level: str, around: tuple[str | int, ...]
) -> None:
    document: object = [{"op": "add", "path": pointer, "value": {WRONG: "true"}}]
    for part in reversed(around):
        document = [document] if part == 0 else {part: document}
    [(path, node, owner)] = owned_mappings(document)
    assert (path, node, owner) == ((*around, 0, "value"), {WRONG: "true"}, level)


def test_an_own_path_is_that_of_the_patched_object() -> None:
    document = [{"op": "add", "path": "/metadata/annotations", "value": {WRONG: "true"}}]
    assert [owner for _, _, owner in owned_mappings(document, "namespace")] == ["namespace"]
    assert [owner for _, _, owner in owned_mappings(document, "workload")] == ["workload"]


@pytest.mark.parametrize("pointer", ["", "labels", None, 1])
def test_other_mappings_called_value_stand_for_themselves(pointer: object) -> None:
    document = [{"op": "add", "path": pointer, "value": {WRONG: "true"}}, {"value": {ALPHA: "true"}}]
    assert [owner for _, _, owner in owned_mappings(document)] == ["pod", "pod"]
