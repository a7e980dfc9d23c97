"""What a stolen token of our ServiceAccount can do: what the webhook does with it, and nothing else.

The account has every right that RBAC can give here (cluster-admin), so that it is the policies that refuse.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from control_plane import Answer, Cluster
from installing import NAME, NAMESPACE, Installation, installed
from processes import wait_for

ACCOUNT = f"system:serviceaccount:{NAMESPACE}:{NAME}"
CONFIGURATION, SECRET = "mutatingwebhookconfiguration", f"{NAME}-tls"
POLICIES = tuple(f"{NAME}-{part}" for part in ("configuration", "secret", "events"))
Json = dict[str, Any]


@dataclass(frozen=True)
class Thief:
    """Somebody with the token of our ServiceAccount."""

    cluster: Cluster
    kubeconfig: Path

    def kubectl(self, *arguments: str, given: object = None) -> Answer:
        return self.cluster.kubectl(
            "--kubeconfig", str(self.kubeconfig), *arguments, given=given, check=False
        )

    def patch(self, what: str, name: str, operations: list[Json]) -> Answer:
        return self.kubectl(
            *("patch", what, name, "-n", NAMESPACE, "--type=json", f"--patch={json.dumps(operations)}")
        )


@pytest.fixture(scope="module")
def installation(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(cluster, tmp_path_factory.mktemp("least-power")) as found:
        yield found


@pytest.fixture(scope="module")
def thief(installation: Installation) -> Iterator[Thief]:
    """A thief whose rights nothing limits but the policies, which are in force."""
    cluster = installation.cluster
    bind = ("create", "clusterrolebinding", "every-right", "--clusterrole=cluster-admin")
    cluster.kubectl(*bind, f"--serviceaccount={NAMESPACE}:{NAME}")
    found = Thief(cluster, installation.kubeconfig(NAME))
    probes = (
        ("label", CONFIGURATION, NAME, "probe=true"),
        ("label", "secret", SECRET, "-n", NAMESPACE, "probe=true"),
        ("create", "-f", "-"),
    )
    for policy, probe in zip(POLICIES, probes, strict=True):
        tried = partial(found.kubectl, *probe, "--dry-run=server", given=event(reportingController="kubelet"))
        wait_for(f"{policy} is in force", lambda tried=tried, policy=policy: policy in tried().err)
    yield found
    cluster.kubectl("delete", "clusterrolebinding", "every-right")


def is_refused(answer: Answer, policy: str) -> bool:
    return (
        answer.code != 0
        and f"ValidatingAdmissionPolicy '{policy}' with binding '{policy}' denied" in answer.err
    )


def add(path: str, value: object) -> Json:
    return {"op": "add", "path": path, "value": value}


EVERYTHING = {"operations": ["*"], "apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*/*"]}
ELSEWHERE = {"name": NAME, "namespace": "default", "path": "/mutate", "port": 443}
OWNER = {"apiVersion": "v1", "kind": "Namespace", "name": "default", "uid": "1"}
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


@pytest.mark.parametrize("attack", CONFIGURATION_ATTACKS)
def test_the_configuration_cannot_be_widened(thief: Thief, attack: str):
    before = thief.cluster.get(CONFIGURATION, NAME)
    # A good change beside it does not help.
    good = add("/webhooks/0/clientConfig/caBundle", bundle("stolen"))
    answer = thief.patch(CONFIGURATION, NAME, [good, *CONFIGURATION_ATTACKS[attack]])
    assert is_refused(answer, POLICIES[0]), answer
    assert thief.cluster.get(CONFIGURATION, NAME) == before


@pytest.mark.parametrize("way", ["replace", "apply", "apply --server-side --force-conflicts"])
def test_it_cannot_be_widened_in_another_way(thief: Thief, way: str):
    changed = thief.cluster.get(CONFIGURATION, NAME)
    changed["webhooks"][0]["rules"] = [EVERYTHING]
    assert is_refused(thief.kubectl(*way.split(), "-f", "-", given=changed), POLICIES[0])


def test_no_configuration_can_be_made_or_removed(thief: Thief):
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


def secret(**changes: Any) -> Json:
    """A Secret as the webhook makes it."""
    metadata = {"name": SECRET, "namespace": NAMESPACE, "labels": {"app.kubernetes.io/name": NAME}}
    fields = {"apiVersion": "v1", "kind": "Secret", "data": {"ca.crt": bundle("new")}, **changes}
    return {**fields, "metadata": metadata | changes.get("metadata", {})}


def bundle(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


NEW_SECRETS = {
    "another name": secret(metadata={"name": "another"}),
    "a generated name": secret(metadata={"name": None, "generateName": f"{SECRET}-"}),
    "another Namespace": secret(metadata={"namespace": "default"}),
    "a token": secret(
        type="kubernetes.io/service-account-token",
        metadata={"annotations": {"kubernetes.io/service-account.name": "default"}},
    ),
    "a token under another name": secret(
        type="kubernetes.io/service-account-token",
        metadata={"name": "token", "annotations": {"kubernetes.io/service-account.name": NAME}},
    ),
    "a bootstrap token": secret(type="bootstrap.kubernetes.io/token", metadata={"namespace": "kube-system"}),
    "another key": secret(stringData={"config": "stolen"}),
    "immutable": secret(immutable=True),
    "an annotation": secret(metadata={"annotations": {"kubernetes.io/service-account.name": NAME}}),
    "another label": secret(metadata={"labels": {"argocd.argoproj.io/secret-type": "cluster"}}),
    "another value of the label": secret(metadata={"labels": {"app.kubernetes.io/name": "other"}}),
    "a finalizer": secret(metadata={"finalizers": ["example.com/stay"]}),
    "an owner": secret(metadata={"ownerReferences": [OWNER]}),
}


@pytest.mark.parametrize("attack", NEW_SECRETS)
def test_no_other_secret_can_be_made(thief: Thief, attack: str):
    thief.cluster.kubectl("delete", "secret", SECRET, "-n", NAMESPACE, "--ignore-not-found")
    answer = thief.kubectl("create", "-f", "-", given=NEW_SECRETS[attack])
    assert is_refused(answer, POLICIES[1]), answer
    assert [name for name in names(thief.cluster, "secrets") if "token" in name or NAME in name] == []


def names(cluster: Cluster, kind: str) -> list[str]:
    return [one["metadata"]["name"] for one in cluster.get(kind, "-A")["items"]]


SECRET_ATTACKS: dict[str, list[Json]] = {
    "another key": [add("/data/config", bundle("stolen"))],
    "a key of somebody else's": [add("/data/theirs", bundle("stolen"))],
    "immutable": [add("/immutable", True)],
    "annotation": [
        add("/metadata/annotations", {"reflector.v1.k8s.emberstack.com/reflection-allowed": "true"})
    ],
    "label": [add("/metadata/labels/argocd.argoproj.io~1secret-type", "cluster")],
    "label removed": [{"op": "remove", "path": "/metadata/labels"}],
    "finalizer": [add("/metadata/finalizers", ["example.com/stay"])],
    "owner": [add("/metadata/ownerReferences", [OWNER])],
}


@pytest.fixture
def shared(thief: Thief) -> Thief:
    """With a Secret in which somebody else has a key, too."""
    thief.cluster.kubectl("delete", "secret", SECRET, "-n", NAMESPACE, "--ignore-not-found")
    data = {"ca.crt": bundle("old"), "theirs": bundle("theirs")}
    thief.cluster.kubectl("create", "-f", "-", given=secret(data=data))
    return thief


@pytest.mark.parametrize("attack", SECRET_ATTACKS)
def test_of_our_secret_only_the_certificate_can_be_changed(shared: Thief, attack: str):
    good = add("/data/ca.crt", bundle("stolen"))
    answer = shared.patch("secret", SECRET, [good, *SECRET_ATTACKS[attack]])
    assert is_refused(answer, POLICIES[1]), answer


def test_other_secrets_cannot_be_written_and_none_can_be_removed(shared: Thief, space: str):
    shared.cluster.kubectl("create", "secret", "generic", SECRET, "-n", space, "--from-literal=ca.crt=theirs")
    other = ("-n", space, f"--patch={json.dumps({'data': {'ca.crt': bundle('stolen')}})}")
    for answer in (
        shared.kubectl("patch", "secret", SECRET, *other),
        shared.kubectl("delete", "secret", SECRET, "-n", NAMESPACE),
        shared.kubectl("delete", "secret", "--all", "-n", NAMESPACE),
    ):
        assert is_refused(answer, POLICIES[1]), answer


def event(**changes: Any) -> Json:
    """An Event as the webhook sends it."""
    metadata = {"name": "web.1", "namespace": "default"} | changes.pop("metadata", {})
    regarding = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": "web",
        "uid": "1",
        "namespace": "default",
    }
    regarding |= changes.pop("regarding", {})
    return {
        "apiVersion": "events.k8s.io/v1",
        "kind": "Event",
        "metadata": metadata,
        "eventTime": "2025-01-01T00:00:00.000000Z",
        "reportingController": "linkerd-autofix.io/webhook",
        "reportingInstance": "linkerd-autofix-1",
        "action": "Admission",
        "type": "Normal",
        "reason": "LinkerdAnnotationFixed",
        "note": "AFX101",
        "regarding": regarding,
        **changes,
    }


# What core's Event calls them.
CORE_EVENT = {
    "apiVersion": "v1",
    "involvedObject": event()["regarding"],
    "reportingComponent": event()["reportingController"],
}
EVENT_ATTACKS = {
    "in another's name": event(reportingController="kubelet"),
    "for another reason": event(reason="Killing"),
    "with a long name of its owner": event(regarding={"name": "x" * 100_000}),
    "with a long kind of its owner": event(regarding={"kind": "X" * 100_000}),
    "with a field of its owner": event(regarding={"fieldPath": "x" * 100_000}),
    "with a related object": event(related={"kind": "Pod", "name": "x" * 100_000}),
    "with a label": event(metadata={"labels": {"stolen": "true"}}),
    "with an annotation": event(metadata={"annotations": {"stolen": "x" * 100_000}}),
    "with a finalizer": event(metadata={"finalizers": ["example.com/stay"]}),
    "with an owner": event(metadata={"ownerReferences": [OWNER]}),
    "of the core group": {
        key: value
        for key, value in event().items()
        if key not in ("regarding", "reportingController", "note")
    }
    | CORE_EVENT,
}


@pytest.mark.parametrize("attack", EVENT_ATTACKS)
def test_events_are_small_and_our_own(thief: Thief, attack: str):
    answer = thief.kubectl("create", "--validate=false", "-f", "-", given=EVENT_ATTACKS[attack])
    assert is_refused(answer, POLICIES[2]), answer


@pytest.mark.parametrize("kind", ["events", "events.events.k8s.io"])
def test_no_event_can_be_changed_or_removed(thief: Thief, kind: str, space: str):
    here = event(metadata={"namespace": space}, regarding={"namespace": space})
    assert thief.kubectl("create", "-f", "-", given=here).code == 0
    for answer in (
        thief.kubectl("annotate", kind, "web.1", "-n", space, "stolen=true"),
        thief.kubectl("delete", kind, "web.1", "-n", space),
        thief.kubectl("delete", kind, "--all", "-n", space),
    ):
        assert is_refused(answer, POLICIES[2]), answer


def test_the_writes_of_the_webhook_pass(shared: Thief, space: str):
    """Each as `webhook` sends it, on objects as `kubectl apply` and a user leave them."""
    found = shared.cluster.get(CONFIGURATION, NAME)
    for text in ("first", "second"):
        webhooks = [
            {"name": one["name"], "clientConfig": {"caBundle": bundle(text)}} for one in found["webhooks"]
        ]
        patch = f"--patch={json.dumps({'webhooks': webhooks})}"
        answer = shared.kubectl("patch", CONFIGURATION, NAME, "--type=strategic", patch)
        assert answer.code == 0, answer.err
    written = shared.cluster.get(CONFIGURATION, NAME)["webhooks"]
    assert {one["clientConfig"]["caBundle"] for one in written} == {bundle("second")}
    data = {name: bundle("new") for name in ("ca.crt", "ca.key", "tls.crt", "tls.key")}
    patch = f"--patch={json.dumps({'data': data})}"
    assert shared.kubectl("patch", "secret", SECRET, "-n", NAMESPACE, "--type=merge", patch).code == 0
    shared.cluster.kubectl("delete", "secret", SECRET, "-n", NAMESPACE)
    assert shared.kubectl("create", "-f", "-", given=secret(data=data)).code == 0
    here = event(metadata={"namespace": space}, regarding={"namespace": space})
    assert shared.kubectl("create", "-f", "-", given=here).code == 0


def test_whoever_poses_as_the_account_is_held_to_the_same(thief: Thief):
    poses = ("label", CONFIGURATION, NAME, "stolen=true", f"--as={ACCOUNT}")
    assert is_refused(thief.cluster.kubectl(*poses, check=False), POLICIES[0])


def test_nobody_else_is_looked_at(thief: Thief, space: str):
    token = secret(
        type="kubernetes.io/service-account-token",
        metadata={
            "name": "token",
            "namespace": space,
            "annotations": {"kubernetes.io/service-account.name": "default"},
        },
    )
    admin = thief.cluster
    wait_for("the account is there", lambda: "default" in names(admin, "serviceaccounts"))
    admin.kubectl("create", "-f", "-", given=token)
    admin.kubectl("label", CONFIGURATION, NAME, "looked-at=true", "--dry-run=server")
    admin.kubectl("label", "secret", SECRET, "-n", NAMESPACE, "looked-at=true", "--dry-run=server")
    other = event(
        metadata={"namespace": space}, regarding={"namespace": space}, reportingController="kubelet"
    )
    admin.kubectl("create", "-f", "-", given=other)


def test_a_configuration_of_great_size_can_still_be_kept(thief: Thief):
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
    webhooks = [
        {"name": one["name"], "clientConfig": {"caBundle": bundle("large")}} for one in large["webhooks"]
    ]
    answer = thief.kubectl(
        "patch", CONFIGURATION, NAME, "--type=strategic", f"--patch={json.dumps({'webhooks': webhooks})}"
    )
    attack = thief.patch(CONFIGURATION, NAME, [add("/webhooks/9/rules/199/resources", ["*/*"])])
    del before["metadata"]["resourceVersion"]
    thief.cluster.kubectl("replace", "-f", "-", given=before)
    assert answer.code == 0, answer.err
    assert is_refused(attack, POLICIES[0]), attack


@pytest.mark.parametrize("policy", POLICIES)
def test_the_api_server_finds_no_fault_with_the_expressions(thief: Thief, policy: str):
    def checked() -> bool:
        return "typeChecking" in thief.cluster.get("validatingadmissionpolicy", policy).get("status", {})

    wait_for("the types were checked", checked)
    status = thief.cluster.get("validatingadmissionpolicy", policy)["status"]
    assert status["typeChecking"] == {}
