"""What a stolen token of our ServiceAccount can do to our configuration: write the caBundle."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from control_plane import Answer, Cluster
from installing import NAME, NAMESPACE
from processes import wait_for
from theft import ACCOUNT, CONFIGURATION, OWNER, POLICIES, Json, Thief, add, bundle, is_refused, thief_in

EVERYTHING = {"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"]}
ELSEWHERE = {"name": NAME, "namespace": "default", "path": "/mutate", "port": 443}
ANOTHER = {
    "name": "another.linkerd-autofix.io",
    "clientConfig": {"service": {"name": NAME, "namespace": NAMESPACE}},
    "rules": [EVERYTHING],
    "admissionReviewVersions": ["v1"],
    "sideEffects": "None",
}
CONFIGURATION_ATTACKS: dict[str, list[Json]] = {
    "all kinds": [add("/webhooks/0/rules", [EVERYTHING])],
    "one more rule": [add("/webhooks/1/rules/-", EVERYTHING)],
    "failurePolicy": [add("/webhooks/0/failurePolicy", "Fail")],
    "a URL": [add("/webhooks/0/clientConfig", {"url": "https://example.com/"})],
    "another Service": [add("/webhooks/0/clientConfig/service", ELSEWHERE)],
    "another path": [add("/webhooks/0/clientConfig/service/path", "/steal")],
    "another port": [add("/webhooks/1/clientConfig/service/port", 8443)],
    "one more webhook": [add("/webhooks/-", ANOTHER)],
    "one webhook less": [{"op": "remove", "path": "/webhooks/1"}],
    "another webhook": [add("/webhooks/1", ANOTHER), {"op": "remove", "path": "/webhooks/2"}],
    "another order": [{"op": "move", "from": "/webhooks/1", "path": "/webhooks/0"}],
    "another name": [add("/webhooks/0/name", "another.linkerd-autofix.io")],
    "all Namespaces": [{"op": "remove", "path": "/webhooks/0/namespaceSelector"}],
    "one more Namespace": [
        {"op": "remove", "path": "/webhooks/0/namespaceSelector/matchExpressions/2/values/0"}
    ],
    "all objects": [add("/webhooks/0/objectSelector", {})],
    "no conditions": [{"op": "remove", "path": "/webhooks/1/matchConditions"}],
    "one more condition": [add("/webhooks/0/matchConditions", [{"name": "never", "expression": "false"}])],
    "matchPolicy": [add("/webhooks/0/matchPolicy", "Exact")],
    "reinvocationPolicy": [add("/webhooks/0/reinvocationPolicy", "IfNeeded")],
    "sideEffects": [add("/webhooks/0/sideEffects", "None")],
    "timeoutSeconds": [add("/webhooks/0/timeoutSeconds", 30)],
    "label": [add("/metadata/labels/stolen", "true")],
    "label removed": [{"op": "remove", "path": "/metadata/labels"}],
    "annotation": [add("/metadata/annotations/cert-manager.io~1inject-ca-from", "default/other")],
    "finalizer": [add("/metadata/finalizers", ["example.com/stay"])],
    "owner": [add("/metadata/ownerReferences", [OWNER])],
}


@pytest.fixture(scope="module")
def thief(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thief]:
    with thief_in(cluster, tmp_path_factory.mktemp("theft")) as thief:
        yield thief


@pytest.mark.parametrize("attack", CONFIGURATION_ATTACKS)
def test_the_configuration_cannot_be_widened(thief: Thief, attack: str) -> None:
    before = thief.cluster.get(CONFIGURATION, NAME)
    # A good change beside it does not help.
    good = add("/webhooks/0/clientConfig/caBundle", bundle("stolen"))
    answer = thief.patch(CONFIGURATION, NAME, [good, *CONFIGURATION_ATTACKS[attack]])
    assert is_refused(answer, POLICIES[0]), answer
    assert thief.cluster.get(CONFIGURATION, NAME) == before


@pytest.mark.parametrize("way", ["replace", "apply", "apply --server-side --force-conflicts"])
def test_it_cannot_be_widened_in_another_way(thief: Thief, way: str) -> None:
    changed = thief.cluster.get(CONFIGURATION, NAME)
    changed["webhooks"][0]["rules"] = [EVERYTHING]
    assert is_refused(thief.kubectl(*way.split(), "-f", "-", given=changed), POLICIES[0])


def test_no_configuration_can_be_made_or_removed(thief: Thief) -> None:
    new = {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "linkerd-autofiy"},
        "webhooks": [ANOTHER],
    }
    thief.cluster.apply({**new, "webhooks": []})
    attempts = [
        thief.kubectl("create", "-f", "-", given={**new, "metadata": {"name": "new"}}),
        thief.kubectl("replace", "-f", "-", given=new),
        thief.kubectl("delete", CONFIGURATION, NAME),
        thief.kubectl("delete", CONFIGURATION, "--all"),
    ]
    thief.cluster.kubectl("delete", CONFIGURATION, "linkerd-autofiy")
    for answer in attempts:
        assert is_refused(answer, POLICIES[0]), answer


def publish(thief: Thief, text: str) -> Answer:
    """Write a caBundle as the webhook does."""
    webhooks = thief.cluster.get(CONFIGURATION, NAME)["webhooks"]
    change = [{"name": webhook["name"], "clientConfig": {"caBundle": bundle(text)}} for webhook in webhooks]
    patch = f"--patch={json.dumps({'webhooks': change})}"
    return thief.kubectl("patch", CONFIGURATION, NAME, "--type=strategic", patch)


def test_the_ca_bundle_can_be_written_and_written_again(thief: Thief) -> None:
    for text in ("first", "second"):
        assert publish(thief, text).code == 0
        webhooks = thief.cluster.get(CONFIGURATION, NAME)["webhooks"]
        assert {webhook["clientConfig"]["caBundle"] for webhook in webhooks} == {bundle(text)}


def test_whoever_poses_as_the_account_is_held_to_the_same(thief: Thief) -> None:
    poses = ("label", CONFIGURATION, NAME, "stolen=true", f"--as={ACCOUNT}")
    assert is_refused(thief.cluster.kubectl(*poses, check=False), POLICIES[0])


def test_a_configuration_of_great_size_can_still_be_kept(thief: Thief) -> None:
    """The cost of a policy's expressions is limited by the API server; ours must not come near."""
    excluded = [f"namespace-{number}" for number in range(1000)]
    ours = thief.cluster.get(CONFIGURATION, NAME)
    first = ours["webhooks"][0]
    first["namespaceSelector"]["matchExpressions"][2]["values"] = excluded
    first["rules"] = [{**first["rules"][0], "resources": [f"kind{rule}"]} for rule in range(200)]
    large = {**ours, "metadata": {"name": NAME}}
    large["webhooks"] = [{**first, "name": f"w{number}.linkerd-autofix.io"} for number in range(10)]
    before = thief.cluster.kubectl("get", CONFIGURATION, NAME, "-o", "json").object
    thief.cluster.kubectl("replace", "-f", "-", given=large)
    answer = publish(thief, "large")
    attack = thief.patch(CONFIGURATION, NAME, [add("/webhooks/9/rules/199/resources", ["*/*"])])
    del before["metadata"]["resourceVersion"]
    thief.cluster.kubectl("replace", "-f", "-", given=before)
    assert answer.code == 0, answer.err
    assert is_refused(attack, POLICIES[0]), attack


@pytest.mark.parametrize("policy", POLICIES)
def test_the_api_server_finds_no_fault_with_the_expressions(thief: Thief, policy: str) -> None:
    def checked() -> bool:
        return "typeChecking" in thief.cluster.get("validatingadmissionpolicy", policy).get("status", {})

    wait_for("the types were checked", checked)
    status = thief.cluster.get("validatingadmissionpolicy", policy)["status"]
    assert status["typeChecking"] == {}
