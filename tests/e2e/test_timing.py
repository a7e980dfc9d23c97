"""When we are called and when the injector decides: too late, with other values, or not called at all."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from balancer import balancer
from builders import ALPHA, BETA, GA, KEYS, WRONG
from looking import CONTAINER, NATIVE, pod_of, proxies, proxy_of
from mesh import Change, Endpoint, Mesh, Spaces
from processes import free_port
from reviews import fixes_of, keys_of, outcomes_of, tried, warnings_of
from scanning import autofix

SEED = 20261128
COMBINATIONS = 24
VALUES = ["true", "false", "yes", "no", "1", "F"]
Annotations = dict[str, str]


def asked_again(configuration: dict[str, Any]) -> dict[str, Any]:
    """The configuration of somebody who lets the API server call us again after the injector."""
    webhooks = [{**webhook, "reinvocationPolicy": "IfNeeded"} for webhook in configuration["webhooks"]]
    return {**configuration, "webhooks": webhooks}


def as_shipped(configuration: dict[str, Any]) -> dict[str, Any]:
    return configuration


@contextmanager
def losing_the_first_call(mesh: Mesh, spaces: Spaces, change: Change) -> Iterator[Endpoint]:
    """Our webhook behind an address that ends the first connection, and takes every other."""
    with mesh.start_webhook(spaces.known, native_sidecar_default=False) as endpoint:
        backends = [free_port(), int(endpoint.url.rpartition(":")[2])]
        port = free_port()
        with (
            balancer(port, lambda: backends),
            mesh.configured(change(mesh.shipped()), Endpoint(f"https://127.0.0.1:{port}")),
        ):
            yield endpoint


def test_we_ask_to_be_called_once(newest: Mesh) -> None:
    assert {one["reinvocationPolicy"] for one in newest.shipped()["webhooks"]} == {"Never"}


def test_a_pod_whose_call_was_lost_is_as_without_us_and_scan_names_it(mesh: Mesh) -> None:
    wrong = {WRONG: "true"}
    with mesh.linkerd(), mesh.namespaces(lost={}) as spaces:
        mesh.cluster.apply(pod_of("without", spaces["lost"], wrong))
        with losing_the_first_call(mesh, spaces, as_shipped) as endpoint:
            for name in ("lost", "next"):
                mesh.cluster.apply(pod_of(name, spaces["lost"], wrong))
            assert outcomes_of(endpoint) == {"fixed": 1}
        pods = mesh.cluster.get("pods", "-n", spaces["lost"])["items"]
        assert proxies(pods) == {"without": CONTAINER, "lost": CONTAINER, "next": NATIVE}
        keys = {pod["metadata"]["name"]: set(keys_of(pod)) for pod in pods}
        assert keys == {"without": {WRONG}, "lost": {WRONG}, "next": {KEYS[mesh.era]}}
        ran = autofix(mesh.cluster, "scan", "-n", spaces["lost"], "-o", "json", "-q", "-t", mesh.release)
        said = {
            one["name"]: (one["today"], {finding["code"] for finding in one["findings"]})
            for one in ran.objects
            if any(finding["code"] == "AFX101" for finding in one["findings"])
        }
        assert {name: today for name, (today, _) in said.items()} == {"without": CONTAINER, "lost": CONTAINER}


@pytest.mark.parametrize(
    ("annotations", "late"),
    [({WRONG: "true"}, True), ({WRONG: "false"}, False), ({ALPHA: "yes"}, True), ({}, False)],
)
def test_a_call_after_the_injector_writes_nothing_and_says_that_it_is_too_late(
    mesh: Mesh, annotations: Annotations, late: bool
) -> None:
    with (
        mesh.linkerd(),
        mesh.namespaces(late={}) as spaces,
        losing_the_first_call(mesh, spaces, asked_again) as endpoint,
    ):
        answer = mesh.cluster.apply(pod_of("web", spaces["late"], annotations))
        [pod] = mesh.cluster.get("pods", "-n", spaces["late"])["items"]
        assert proxy_of(pod) == CONTAINER
        assert keys_of(pod) == annotations
        outcomes = outcomes_of(endpoint)
        assert (outcomes["too_late"], outcomes["fixed"], outcomes.total()) == (int(late), 0, 1)
        assert not late or any(text.startswith("linkerd-autofix: ") for text in warnings_of(answer))


def some_annotations(chance: random.Random) -> Annotations:
    keys = chance.sample([ALPHA, BETA, GA, WRONG], chance.choice([0, 1, 1, 2]))
    return {key: chance.choice(VALUES) for key in keys}


@pytest.mark.parametrize("native", [False, True])
def test_being_called_again_changes_no_pod_and_counts_no_fix_twice(mesh: Mesh, native: bool) -> None:
    """The injector copies the Namespace's keys to the pod; they do not become the pod's own for us."""
    chance = random.Random(f"{SEED} {mesh.release} {native}")  # noqa: S311  # not a secret
    cases = {f"r{n}": (some_annotations(chance), some_annotations(chance)) for n in range(COMBINATIONS)}
    cases["alpha-yes-beta-false"] = ({}, {ALPHA: "yes", BETA: "false"})
    cases["alpha-no-ga-true"] = ({}, {ALPHA: "no", GA: "true"})
    results = []
    with (
        mesh.linkerd(native=native),
        mesh.namespaces(**{name: outer for name, (_, outer) in cases.items()}) as spaces,
    ):
        pods = [pod_of(name, spaces[name], own) for name, (own, _) in cases.items()]
        for change in (as_shipped, asked_again):
            with mesh.autofix(spaces, change, native_sidecar_default=native) as endpoint:
                made = tried(mesh.cluster, pods).objects
                results.append(
                    (
                        {
                            pod["metadata"]["name"]: (pod["metadata"]["annotations"], proxy_of(pod))
                            for pod in made
                        },
                        fixes_of(endpoint),
                        outcomes_of(endpoint)["fixed"],
                    )
                )
    assert results[0] == results[1], f"seed {SEED}"
    assert len(results[0][0]) == len(cases)


def forms_of(era: str, *, on: bool) -> dict[str, tuple[Annotations, Annotations]]:
    """Annotations of the pod and of its Namespace that mean true or false, whatever Helm's default is."""
    value, word = ("true", "yes") if on else ("false", "no")
    foreign = GA if era != "ga" else BETA
    return {
        "wrong-key": ({WRONG: value}, {}),
        "wrong-word": ({KEYS[era]: word}, {}),
        "wrong-both": ({WRONG: word}, {}),
        "other-era": ({foreign: value}, {}),
        "right": ({KEYS[era]: value}, {}),
        "leftover": ({KEYS[era]: value, WRONG: value}, {}),
        "namespace": ({}, {WRONG: value}),
        "namespace-word": ({}, {ALPHA: word}),
        "namespace-right": ({}, {KEYS[era]: value}),
        "pod-before-namespace": ({WRONG: value}, {WRONG: "false" if on else "true"}),
    }


@pytest.mark.parametrize("read", [None, False, True], ids=["no values", "read false", "read true"])
@pytest.mark.parametrize("native", [False, True], ids=["injector false", "injector true"])
def test_what_is_meant_does_not_depend_on_helms_default(mesh: Mesh, read: bool | None, native: bool) -> None:
    """The injector's mounted copy of the values is older than what we read, or we cannot read them."""
    cases = {
        f"{name}-{kind}": (*form, expected)
        for kind, expected, on in (("on", NATIVE, True), ("off", CONTAINER, False))
        for name, form in forms_of(mesh.era, on=on).items()
    }
    with (
        mesh.linkerd(native=native),
        mesh.namespaces(**{name: outer for name, (_, outer, _) in cases.items()}) as spaces,
        mesh.autofix(spaces, native_sidecar_default=read),
    ):
        pods = [pod_of(name, spaces[name], own) for name, (own, _, _) in cases.items()]
        made = tried(mesh.cluster, pods).objects
    assert proxies(made) == {name: expected for name, (_, _, expected) in cases.items()}
