"""What a stolen token of our ServiceAccount can write besides: our own Secret and Events."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from control_plane import Cluster
from installing import NAME, NAMESPACE
from processes import wait_for
from theft import (
    CONFIGURATION,
    OWNER,
    POLICIES,
    SECRET,
    Json,
    Thief,
    add,
    bundle,
    event,
    is_refused,
    secret,
    thief_in,
)


@pytest.fixture(scope="module")
def thief(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Thief]:
    with thief_in(cluster, tmp_path_factory.mktemp("theft")) as thief:
        yield thief


@pytest.fixture
def shared(thief: Thief) -> Thief:
    """With a Secret in which somebody else has a key, too."""
    thief.cluster.kubectl("delete", "secret", SECRET, "-n", NAMESPACE, "--ignore-not-found")
    data = {"ca.crt": bundle("old"), "theirs": bundle("theirs")}
    thief.cluster.kubectl("create", "-f", "-", given=secret(data=data))
    return thief


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
    "another type": secret(type="example.com/other"),
    "immutable": secret(immutable=True),
    "an annotation": secret(metadata={"annotations": {"kubernetes.io/service-account.name": NAME}}),
    "another label": secret(metadata={"labels": {"argocd.argoproj.io/secret-type": "cluster"}}),
    "another value of the label": secret(metadata={"labels": {"app.kubernetes.io/name": "other"}}),
    "a finalizer": secret(metadata={"finalizers": ["example.com/stay"]}),
    "an owner": secret(metadata={"ownerReferences": [OWNER]}),
}


@pytest.mark.parametrize("attack", NEW_SECRETS)
def test_no_other_secret_can_be_made(thief: Thief, attack: str) -> None:
    thief.cluster.kubectl("delete", "secret", SECRET, "-n", NAMESPACE, "--ignore-not-found")
    answer = thief.kubectl("create", "-f", "-", given=NEW_SECRETS[attack])
    assert is_refused(answer, POLICIES[1]), answer
    assert [name for name in names(thief.cluster, "secrets") if "token" in name or NAME in name] == []


def names(cluster: Cluster, kind: str) -> list[str]:
    return [item["metadata"]["name"] for item in cluster.get(kind, "-A")["items"]]


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


@pytest.mark.parametrize("attack", SECRET_ATTACKS)
def test_of_our_secret_only_the_certificate_can_be_changed(shared: Thief, attack: str) -> None:
    good = add("/data/ca.crt", bundle("stolen"))
    answer = shared.patch("secret", SECRET, [good, *SECRET_ATTACKS[attack]])
    assert is_refused(answer, POLICIES[1]), answer


def test_other_secrets_cannot_be_written_and_none_can_be_removed(shared: Thief, space: str) -> None:
    shared.cluster.kubectl("create", "secret", "generic", SECRET, "-n", space, "--from-literal=ca.crt=theirs")
    other = ("-n", space, f"--patch={json.dumps({'data': {'ca.crt': bundle('stolen')}})}")
    for answer in (
        shared.kubectl("patch", "secret", SECRET, *other),
        shared.kubectl("delete", "secret", SECRET, "-n", NAMESPACE),
        shared.kubectl("delete", "secret", "--all", "-n", NAMESPACE),
    ):
        assert is_refused(answer, POLICIES[1]), answer


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
def test_events_are_small_and_our_own(thief: Thief, attack: str) -> None:
    answer = thief.kubectl("create", "--validate=false", "-f", "-", given=EVENT_ATTACKS[attack])
    assert is_refused(answer, POLICIES[2]), answer


@pytest.mark.parametrize("kind", ["events", "events.events.k8s.io"])
def test_no_event_can_be_changed_or_removed(thief: Thief, kind: str, space: str) -> None:
    here = event(metadata={"namespace": space}, regarding={"namespace": space})
    assert thief.kubectl("create", "-f", "-", given=here).code == 0
    for answer in (
        thief.kubectl("annotate", kind, "web.1", "-n", space, "stolen=true"),
        thief.kubectl("delete", kind, "web.1", "-n", space),
        thief.kubectl("delete", kind, "--all", "-n", space),
    ):
        assert is_refused(answer, POLICIES[2]), answer


def test_the_writes_of_the_webhook_pass(shared: Thief, space: str) -> None:
    """Each as `webhook` sends it, on a Secret as a user leaves it."""
    data = {name: bundle("new") for name in ("ca.crt", "ca.key", "tls.crt", "tls.key")}
    patch = f"--patch={json.dumps({'data': data})}"
    assert shared.kubectl("patch", "secret", SECRET, "-n", NAMESPACE, "--type=merge", patch).code == 0
    shared.cluster.kubectl("delete", "secret", SECRET, "-n", NAMESPACE)
    assert shared.kubectl("create", "-f", "-", given=secret(data=data)).code == 0
    here = event(metadata={"namespace": space}, regarding={"namespace": space})
    assert shared.kubectl("create", "-f", "-", given=here).code == 0


def test_nobody_else_is_looked_at(thief: Thief, space: str) -> None:
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
    foreign = event(
        metadata={"namespace": space}, regarding={"namespace": space}, reportingController="kubelet"
    )
    admin.kubectl("create", "-f", "-", given=foreign)
