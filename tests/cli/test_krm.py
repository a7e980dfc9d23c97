"""``autofix krm``: a KRM function."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from builders import ALPHA, IGNORE, WAIT, WRONG, namespace, pod
from command_line import Run

RESOURCES = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList"}


def krm(run: Any, *items: object, **more: object) -> Any:
    text = yaml.safe_dump({**RESOURCES, "items": list(items), **more})
    ended = run("krm", "-t", "2.17", stdin=text.encode())
    assert (ended.code, ended.err) == (0, "")
    return yaml.safe_load(ended.out)


def test_items_are_repaired_and_the_rest_stays(run: Run) -> None:
    config = {"kind": "Anything", "data": {"a": "b"}}
    output = krm(run, pod({WRONG: "true"}), namespace({WRONG: "false"}), functionConfig=config)
    assert output["items"] == [pod({ALPHA: "true"}), namespace({ALPHA: "false"})]
    assert output["functionConfig"] == config


def test_findings_that_are_left_are_in_the_results(run: Run) -> None:
    found = krm(run, pod({WRONG: "true", WAIT: "5"}), results=[{"message": "of another function"}])
    other, first, *_ = found["results"]
    assert other == {"message": "of another function"}
    assert first["message"].startswith("AFX101: no release of Linkerd reads")
    assert first["severity"] == "error"
    assert first["resourceRef"] == {"kind": "Pod", "name": "web", "namespace": "shop"}
    assert first["field"]["path"] == f"metadata.annotations.{WRONG}"


def test_a_list_without_findings_is_as_it_was(run: Run) -> None:
    assert krm(run, pod({WRONG: "true", IGNORE: "*"}), pod()) == {
        **RESOURCES,
        "items": [pod({WRONG: "true", IGNORE: "*"}), pod()],
    }


@pytest.mark.parametrize(
    "text", [b"", b"kind: Pod\n", b"a: b: c\n", b"- a\n", b"kind: ResourceList\n---\na: b\n"]
)
def test_anything_else_is_an_error(run: Run, text: bytes) -> None:
    ended = run("krm", stdin=text)
    assert (ended.code, ended.out) == (2, "")
    assert "<stdin>" in ended.err


def test_values_that_yaml_reads_in_its_own_way_stay_the_same(run: Run) -> None:
    item = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "data": {"a": "yes", "b": "0443"},
        "x": [0.50, 1.0, True, None],
    }
    text = (
        "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- &a {kind: X, size: 2.10}\n- *a\n"
    )
    assert krm(run, item)["items"] == [item]
    ended = run("krm", stdin=text.encode())
    assert ended.out.count("size: 2.10") == 2
