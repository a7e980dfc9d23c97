"""A Namespace's value that breaks the injector's patch: no proxy without us, what was meant with us."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from builders import ALPHA, BETA, GA, KEYS, WRONG
from looking import CONTAINER, NATIVE, NONE, pod_of, proxies
from mesh import VERSIONS, Mesh
from reviews import outcomes_of, tried, warnings_of

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)

Annotations = dict[str, str]
LEVEL = "config.linkerd.io/proxy-log-level"
# The native-sidecar keys that each era copies from a Namespace.
COPIED = {"alpha": [ALPHA], "beta": [ALPHA, BETA], "ga": [ALPHA, GA]}
BROKEN = {"quotes": '"true"', "newline": "true\n", "tab": "\ttrue"}


@dataclass(frozen=True)
class Case:
    """A Namespace, a pod, and the container that its author meant."""

    namespace: Annotations
    meant: str
    own: Annotations = field(default_factory=dict)


def cases_of(era: str) -> dict[str, Case]:
    """Namespaces whose value can be read by a person, and no JSON patch."""
    cases = {}
    for number, key in enumerate(COPIED[era]):
        for name, value in BROKEN.items():
            cases[f"{name}-{number}"] = Case({key: value}, NATIVE)
        cases[f"off-{number}"] = Case({key: '"false"'}, CONTAINER)
        cases[f"pod-wins-{number}"] = Case({key: '"true"'}, CONTAINER, {WRONG: "false"})
        cases[f"pod-on-{number}"] = Case({key: '"false"'}, NATIVE, {WRONG: "true"})
        cases[f"right-on-pod-{number}"] = Case({key: '"false"'}, NATIVE, {KEYS[era]: "true"})
        cases[f"own-key-{number}"] = Case({key: '"false"'}, NATIVE, {key: "true"})
        cases[f"alpha-on-pod-{number}"] = Case({key: '"false"'}, NATIVE, {ALPHA: "true"})
    if len(COPIED[era]) > 1:
        cases["two"] = Case(dict.fromkeys(COPIED[era], '"true"'), NATIVE)
    return cases


def failing(configuration: dict[str, Any]) -> dict[str, Any]:
    """As in Linkerd's chart for high availability."""
    return {
        **configuration,
        "webhooks": [{**webhook, "failurePolicy": "Fail"} for webhook in configuration["webhooks"]],
    }


@pytest.mark.parametrize("policy", ["Ignore", "Fail"])
def test_a_value_that_can_be_read_reaches_the_pod_in_a_readable_form(mesh: Mesh, policy: str) -> None:
    cases = cases_of(mesh.era)
    change = failing if policy == "Fail" else None
    with (
        mesh.linkerd(change=change),
        mesh.namespaces(**{name: case.namespace for name, case in cases.items()}) as spaces,
    ):
        pods = [pod_of(name, spaces[name], case.own) for name, case in cases.items()]
        without = tried(mesh.cluster, pods)
        whole = {name for name, case in cases.items() if set(case.namespace) <= set(case.own)}
        assert {name for name, kind in proxies(without.objects).items() if kind != NONE} == whole
        if policy == "Fail":
            assert len(without.objects) == len(whole)
            assert "undecodable patch" in without.err
        with mesh.autofix(spaces):
            together = tried(mesh.cluster, pods)
    assert proxies(together.objects) == {name: case.meant for name, case in cases.items()}


@pytest.mark.parametrize("native", [False, True])
def test_it_is_what_was_meant_under_both_defaults_of_the_injector(mesh: Mesh, native: bool) -> None:
    cases = cases_of(mesh.era)
    with (
        mesh.linkerd(native=native),
        mesh.namespaces(**{name: case.namespace for name, case in cases.items()}) as spaces,
        mesh.autofix(spaces, native_sidecar_default=not native),
    ):
        made = tried(mesh.cluster, [pod_of(name, spaces[name], case.own) for name, case in cases.items()])
    assert proxies(made.objects) == {name: case.meant for name, case in cases.items()}


@pytest.mark.parametrize(
    "namespace",
    [
        {LEVEL: 'warn,"linkerd"=info'},
        {ALPHA: '"maybe"'},
        {ALPHA: "tr\\ue"},
        {ALPHA: '"true"', LEVEL: 'warn,"linkerd"=info'},
    ],
)
def test_what_cannot_be_repaired_on_the_pod_is_warned_of(mesh: Mesh, namespace: Annotations) -> None:
    with mesh.linkerd(), mesh.namespaces(broken=namespace) as spaces, mesh.autofix(spaces) as endpoint:
        answer = tried(mesh.cluster, [pod_of("web", spaces["broken"], {})])
        assert proxies(answer.objects) == {"web": NONE}
        told = [text for text in warnings_of(answer) if text.startswith("linkerd-autofix: ")]
        assert any("AFX406" in text or key in text for text in told for key in namespace)
        assert outcomes_of(endpoint)["fixed"] == 0
