"""With mutate-workloads the same manifest twice changes nothing and fails nowhere, whatever kubectl sends."""

from __future__ import annotations

import pytest
from builders import ALPHA, BETA, GA, TEMPLATES, WRONG, Object
from control_plane import Answer, Cluster
from looking import workload_of
from mesh import VERSIONS, Mesh

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)

KINDS = [kind for kind in TEMPLATES if kind != "ReplicaSet"]
# Each with what a manifest has, and what is stored of it.
FORMS = {
    "wrong": ({WRONG: "true"}, {BETA: "true"}),
    "word": ({BETA: "yes"}, {BETA: "true"}),
    "leftover": ({BETA: "true", WRONG: "true"}, {BETA: "true"}),
    "right": ({ALPHA: "true"}, {ALPHA: "true"}),
    "early": ({GA: "true"}, {GA: "true", BETA: "true"}),
    # Its Namespace has the beta key, and asks for a native sidecar.
    "overruled": ({ALPHA: "false"}, {ALPHA: "false", BETA: "false"}),
}
WAYS = {
    "apply": ("apply",),
    "server-side apply": ("apply", "--server-side"),
}


def objects_of(namespace: str, **labels: str) -> dict[str, Object]:
    """A workload of each kind with each form, by its name."""
    objects = {}
    for kind in KINDS:
        for form, (own, _) in FORMS.items():
            name = f"{kind.lower()}-{form}"
            objects[name] = workload_of(kind, name, namespace, own)
            objects[name]["metadata"]["labels"] = labels
            if kind == "CronJob":
                objects[name]["spec"]["suspend"] = True
    return objects


def written(cluster: Cluster, way: tuple[str, ...], objects: dict[str, Object], check: bool = True) -> Answer:
    whole = {"apiVersion": "v1", "kind": "List", "items": list(objects.values())}
    return cluster.kubectl(*way, "-f", "-", given=whole, check=check)


def stored(cluster: Cluster, namespace: str) -> dict[str, tuple[Object, dict[str, str]]]:
    """The spec of each workload, and the annotations of its pods."""
    found: dict[str, tuple[Object, dict[str, str]]] = {}
    for kind in KINDS:
        for obj in cluster.get(kind.lower(), "-n", namespace)["items"]:
            template = obj
            for part in TEMPLATES[kind][1]:
                template = template[part]
            spec = {part: value for part, value in obj.items() if part in ("spec", "template")}
            found[obj["metadata"]["name"]] = (spec, template["metadata"]["annotations"])
    return found


def expected_of(objects: dict[str, Object]) -> dict[str, dict[str, str]]:
    return {name: FORMS[name.rpartition("-")[2]][1] for name in objects}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_manifest_twice_changes_nothing(newest: Mesh, way: str) -> None:
    cluster = newest.cluster
    with newest.namespaces(twice={BETA: "true"}) as spaces, newest.autofix(spaces, mutate_workloads=True):
        objects = objects_of(spaces["twice"])
        written(cluster, WAYS[way], objects)
        first = stored(cluster, spaces["twice"])
        assert {name: annotations for name, (_, annotations) in first.items()} == expected_of(objects)
        difference = written(cluster, ("diff", *WAYS[way][1:]), objects, check=False)
        assert (difference.code, difference.out) == (0, ""), difference
        written(cluster, WAYS[way], objects)
        assert stored(cluster, spaces["twice"]) == first


def test_the_other_way_changes_nothing_either(newest: Mesh) -> None:
    cluster = newest.cluster
    with newest.namespaces(mixed={BETA: "true"}) as spaces, newest.autofix(spaces, mutate_workloads=True):
        objects = objects_of(spaces["mixed"])
        written(cluster, ("apply",), objects)
        first = stored(cluster, spaces["mixed"])
        written(cluster, ("apply", "--server-side", "--force-conflicts"), objects)
        assert stored(cluster, spaces["mixed"]) == first


def test_what_was_stored_before_us_is_left_where_it_cannot_change(newest: Mesh) -> None:
    cluster = newest.cluster
    with newest.namespaces(before={BETA: "true"}) as spaces:
        objects = objects_of(spaces["before"])
        written(cluster, ("apply",), objects)
        first = stored(cluster, spaces["before"])
        with newest.autofix(spaces, mutate_workloads=True):
            changed = objects_of(spaces["before"], version="2")
            written(cluster, ("apply",), changed)
            second = stored(cluster, spaces["before"])
            jobs = {name for name in objects if name.startswith("job-")}
            assert {name: second[name] for name in jobs} == {name: first[name] for name in jobs}
            annotations = {name: own for name, (_, own) in second.items() if name not in jobs}
            assert annotations == {
                name: own for name, own in expected_of(objects).items() if name not in jobs
            }
            written(cluster, ("apply",), changed)
            assert stored(cluster, spaces["before"]) == second


def test_a_change_of_a_jobs_template_is_still_refused_by_the_api_server(newest: Mesh) -> None:
    cluster = newest.cluster
    with newest.namespaces(changed={}) as spaces, newest.autofix(spaces, mutate_workloads=True):
        cluster.apply(workload_of("Job", "web", spaces["changed"], {WRONG: "true"}))
        for own in ({WRONG: "false"}, {WRONG: "true", "team": "a"}):
            answer = cluster.apply(workload_of("Job", "web", spaces["changed"], own), check=False)
            assert answer.code != 0
            assert "field is immutable" in answer.err
