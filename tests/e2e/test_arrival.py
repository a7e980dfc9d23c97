"""A pod that arrives with a proxy, such as by ``linkerd inject --manual``: it is too late to repair it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from builders import KEYS, WRONG, Object
from looking import CONTAINER, NATIVE, pod_of, proxies
from mesh import VERSIONS, Mesh
from reviews import keys_of, outcomes_of, tried, warnings_of

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)

Annotations = dict[str, str]
APP: Object = {"name": "app", "image": "app"}
PROXY: Object = {"name": "linkerd-proxy", "image": "proxy"}
SPECS: dict[str, Object] = {
    CONTAINER: {"containers": [APP, PROXY]},
    NATIVE: {"containers": [APP], "initContainers": [{**PROXY, "restartPolicy": "Always"}]},
}


@dataclass(frozen=True)
class Arrival:
    """A pod with a proxy of some kind, and whether another kind was meant."""

    kind: str
    own: Annotations
    late: bool
    namespace: Annotations = field(default_factory=dict)


def arrivals_of(era: str) -> dict[str, Arrival]:
    right = KEYS[era]
    return {
        "wrong-on-container": Arrival(CONTAINER, {WRONG: "true"}, late=True),
        "wrong-off-container": Arrival(CONTAINER, {WRONG: "false"}, late=False),
        "wrong-on-native": Arrival(NATIVE, {WRONG: "true"}, late=False),
        "wrong-off-native": Arrival(NATIVE, {WRONG: "false"}, late=True),
        "right-on-container": Arrival(CONTAINER, {right: "true"}, late=True),
        "right-off-native": Arrival(NATIVE, {right: "false"}, late=True),
        "right-on-native": Arrival(NATIVE, {right: "true"}, late=False),
        "word-on-container": Arrival(CONTAINER, {right: "yes"}, late=True),
        "nothing-container": Arrival(CONTAINER, {}, late=False),
        "nothing-native": Arrival(NATIVE, {}, late=False),
        "namespace-container": Arrival(CONTAINER, {}, late=True, namespace={WRONG: "true"}),
        "namespace-native": Arrival(NATIVE, {}, late=False, namespace={WRONG: "true"}),
    }


def test_it_is_left_alone_and_named_where_another_kind_was_meant(mesh: Mesh) -> None:
    arrivals = arrivals_of(mesh.era)
    spaces_of = {name: arrival.namespace for name, arrival in arrivals.items()}
    with mesh.linkerd(), mesh.namespaces(**spaces_of) as spaces:
        outcomes, warned, made = {}, {}, []
        with mesh.autofix(spaces) as endpoint:
            for name, arrival in arrivals.items():
                pod = pod_of(name, spaces[name], arrival.own)
                before = outcomes_of(endpoint)
                answer = tried(mesh.cluster, [{**pod, "spec": SPECS[arrival.kind]}])
                made += answer.objects
                outcomes[name] = outcomes_of(endpoint) - before
                warned[name] = [text for text in warnings_of(answer) if text.startswith("linkerd-autofix: ")]
    assert proxies(made) == {name: arrival.kind for name, arrival in arrivals.items()}
    assert {pod["metadata"]["name"]: keys_of(pod) for pod in made} == {
        name: arrival.own for name, arrival in arrivals.items()
    }
    assert {name: outcome["too_late"] for name, outcome in outcomes.items()} == {
        name: int(arrival.late) for name, arrival in arrivals.items()
    }
    assert {name: outcome.total() for name, outcome in outcomes.items()} == dict.fromkeys(arrivals, 1)
    assert all(warned[name] for name, arrival in arrivals.items() if arrival.late)
