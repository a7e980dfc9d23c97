"""The mission: a wrong key gets an ordinary container without us, and a native sidecar with us."""

from __future__ import annotations

import json
from typing import Any

import pytest
from builders import KEYS, WAIT, WRONG
from looking import CONTAINER, NATIVE, make_due, pod_of, pods_when, proxies, proxy_of, workload_of
from mesh import Mesh
from paths import DATA

MAPPING = json.loads((DATA / "mapping.json").read_text())
TRUE_WORDS = ["enabled", "enable", "yes", "y", "on", " true", "true ", "tRUE", '"true"']
KINDS = ("Deployment", "Job")


def wrong_forms(era: str) -> list[dict[str, str]]:
    """Every annotation of the table that means true and that Linkerd ignores on a pod of this era."""
    keys = [
        row["wrong"]
        for row in MAPPING["keys"]
        if row["confidence"] >= 0.85
        and row["right_by_era"][era] != "keep"
        and "pod: keep" not in row["right_by_era"][era]
    ]
    return [*({key: "true"} for key in keys), *({KEYS[era]: word} for word in TRUE_WORDS)]


def test_every_wrong_form_on_pods_and_in_the_templates_of_controllers(mesh: Mesh) -> None:
    forms = wrong_forms(mesh.era)
    assert len(forms) > 30
    pods = {f"pod-{number}": form for number, form in enumerate(forms)}
    made = {f"{kind.lower()}-{number}": (kind, form) for number, form in enumerate(forms) for kind in KINDS}

    def create(namespace: str) -> dict[str, str]:
        mesh.cluster.apply(
            *(pod_of(name, namespace, form) for name, form in pods.items()),
            *(workload_of(kind, name, namespace, form) for name, (kind, form) in made.items()),
        )
        found = pods_when(mesh.cluster, namespace, lambda names: names >= {*pods, *made})
        return {name: proxy_of(pod) for name, pod in found.items()}

    with mesh.linkerd(), mesh.namespaces(without={}, together={}) as spaces:
        assert create(spaces["without"]) == dict.fromkeys([*pods, *made], CONTAINER)
        with mesh.autofix(spaces):
            assert create(spaces["together"]) == dict.fromkeys([*pods, *made], NATIVE)


def test_from_cronjob_to_job_to_pod(mesh: Mesh) -> None:
    with mesh.linkerd(), mesh.namespaces(timed={}) as spaces, mesh.autofix(spaces):
        mesh.cluster.apply(
            workload_of("CronJob", "wrong", spaces["timed"], {WRONG: "true"}),
            workload_of("CronJob", "off", spaces["timed"], {WRONG: "false"}),
        )
        make_due(mesh.cluster, spaces["timed"], "wrong", "off")
        found = pods_when(mesh.cluster, spaces["timed"], lambda names: names >= {"wrong", "off"}, seconds=90)
        assert {name: proxy_of(pod) for name, pod in found.items()} == {"wrong": NATIVE, "off": CONTAINER}
        owners = {found["wrong"]["metadata"]["ownerReferences"][0]["kind"]}
        assert owners == {"Job"}


@pytest.mark.parametrize(("value", "kind"), [("true", NATIVE), ("false", CONTAINER)])
def test_the_right_key_is_left_as_it_is(mesh: Mesh, value: str, kind: str) -> None:
    key = KEYS[mesh.era]
    with mesh.linkerd(), mesh.namespaces(right={}) as spaces, mesh.autofix(spaces):
        mesh.cluster.apply(pod_of("web", spaces["right"], {key: value}))
        [pod] = mesh.cluster.get("pods", "-n", spaces["right"])["items"]
        assert proxy_of(pod) == kind
        sidecar = {name: text for name, text in pod["metadata"]["annotations"].items() if "native" in name}
        assert sidecar == {key: value}


@pytest.mark.parametrize("native", [False, True], ids=["off by Helm", "on by Helm"])
def test_a_wrong_false_stays_an_ordinary_container(mesh: Mesh, native: bool) -> None:
    forms = {f"pod-{n}": {key: "false"} for n, form in enumerate(wrong_forms(mesh.era)) for key in form}
    with (
        mesh.linkerd(native=native),
        mesh.namespaces(off={}) as spaces,
        mesh.autofix(spaces, native_sidecar_default=native),
    ):
        mesh.cluster.apply(*(pod_of(name, spaces["off"], form) for name, form in forms.items()))
        assert proxies(mesh.cluster.get("pods", "-n", spaces["off"])["items"]) == dict.fromkeys(
            forms, CONTAINER
        )


def test_the_namespaces_wrong_key_reaches_its_pods(mesh: Mesh) -> None:
    own: dict[str, dict[str, str]] = {
        "none": {},
        "no": {WRONG: "false"},
        **{f"no-{era}": {key: "false"} for era, key in KEYS.items()},
    }
    outer = {"wrong": {WRONG: "true"}, **{f"true-{era}": {key: "true"} for era, key in KEYS.items()}}
    with mesh.linkerd(), mesh.namespaces(**outer) as spaces, mesh.autofix(spaces):
        for namespace, key in outer.items():
            mesh.cluster.apply(*(pod_of(name, spaces[namespace], form) for name, form in own.items()))
            found = proxies(mesh.cluster.get("pods", "-n", spaces[namespace])["items"])
            expected = {name: NATIVE if name == "none" else CONTAINER for name in own}
            assert found == expected, f"a Namespace with {key}"


def test_a_wait_before_exit_is_never_turned_into_a_denial(mesh: Mesh) -> None:
    fixed = mesh.era == "ga"
    with mesh.linkerd(), mesh.namespaces(waiting={}) as spaces, mesh.autofix(spaces):
        answer = mesh.cluster.apply(pod_of("slow", spaces["waiting"], {WRONG: "true", WAIT: "5"}))
        [pod] = mesh.cluster.get("pods", "-n", spaces["waiting"])["items"]
        assert proxy_of(pod) == (NATIVE if fixed else CONTAINER)
        assert ("AFX402" in answer.err) is not fixed


def test_without_our_gate_the_injector_would_have_denied_it(mesh: Mesh) -> None:
    key = KEYS[mesh.era]
    with mesh.linkerd(), mesh.namespaces(denied={}) as spaces:
        answer = mesh.cluster.apply(pod_of("slow", spaces["denied"], {key: "true", WAIT: "5"}), check=False)
        assert (answer.code != 0) is (mesh.era != "ga")


def test_pods_of_controllers_cause_no_warnings_and_no_failures(newest: Mesh) -> None:
    with newest.linkerd(), newest.namespaces(quiet={}) as spaces, newest.autofix(spaces):
        newest.cluster.apply(workload_of("Deployment", "web", spaces["quiet"], {WRONG: "true"}))
        pods_when(newest.cluster, spaces["quiet"], lambda names: "web" in names)
        events: list[Any] = newest.cluster.get("events", "-n", spaces["quiet"])["items"]
        assert [event["reason"] for event in events if event["type"] == "Warning"] == []
