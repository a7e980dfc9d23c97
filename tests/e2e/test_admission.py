"""Our webhook as the API server and kubectl see it: order, warnings, drift, failures, custom resources."""

from __future__ import annotations

import contextlib
import datetime
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
from builders import ALPHA, BETA, WRONG
from looking import CONTAINER, NATIVE, pod_of, pods_when, proxy_of, workload_of
from mesh import Change, Endpoint, Mesh
from processes import free_port, wait_for

TIMEOUT = 2


def renamed(name: str) -> Change:
    def change(configuration: dict[str, Any]) -> dict[str, Any]:
        return {**configuration, "metadata": {"name": name}}

    return change


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # always loopback
        return str(answer.read().decode())


@pytest.mark.parametrize(("name", "kind"), [("linkerd-autofix", NATIVE), ("zz-autofix", CONTAINER)])
def test_the_injector_sees_our_change_only_when_our_name_sorts_first(
    newest: Mesh, name: str, kind: str
) -> None:
    own = {"configuration": name, "kubeconfig": str(newest.cluster.kubeconfig)}
    with newest.linkerd(), newest.namespaces(ordered={}) as spaces:
        with newest.autofix(spaces, renamed(name)):
            answer = newest.cluster.apply(pod_of("web", spaces["ordered"], {WRONG: "true"}))
            [pod] = newest.cluster.get("pods", "-n", spaces["ordered"])["items"]
            assert (pod["metadata"]["annotations"].get(BETA), proxy_of(pod)) == (
                "true" if kind == NATIVE else None,
                kind,
            )
            too_late = "linkerd-autofix: pod web: create it again without a proxy: "
            assert (too_late in answer.err) is (kind == CONTAINER)
        with (
            newest.configured(renamed(name)(newest.shipped()), Endpoint("https://127.0.0.1:1")),
            newest.start_webhook({}, **own) as endpoint,
        ):
            first = int(kind == NATIVE)
            metric = f'autofix_called_before_injector{{configuration="{name}"}} {first}.0'
            wait_for("the self-check", lambda: metric in get(f"{endpoint.admin}/metrics"), log=endpoint.log)
            told = get(f"{endpoint.admin}/readyz?verbose")
            problem = "linkerd-proxy-injector-webhook-config is called before zz-autofix"
            assert (problem in told, problem in endpoint.log.read_text()) == (not first, not first)
            assert told.endswith("ok\n"), "it serves all the same"


@pytest.mark.parametrize("kind", ["Deployment", "CronJob", "Namespace"])
def test_apply_warns_and_nothing_drifts(newest: Mesh, kind: str) -> None:
    with newest.namespaces(warned={}) as spaces, newest.autofix(spaces):
        if kind == "Namespace":
            metadata = {"name": spaces["warned"], "annotations": {WRONG: "true"}}
            obj = {"apiVersion": "v1", "kind": kind, "metadata": metadata}
        else:
            obj = workload_of(kind, "web", spaces["warned"], {WRONG: "true"})
        answer = newest.cluster.apply(obj)
        name = spaces["warned"] if kind == "Namespace" else "web"
        assert f"Warning: linkerd-autofix: {kind.lower()} {name}: AFX101: use {BETA}, not " in answer.err
        whole = {"apiVersion": "v1", "kind": "List", "items": [obj]}
        difference = newest.cluster.kubectl("diff", "-f", "-", given=whole, check=False)
        assert (difference.code, difference.out) == (0, "")
        assert newest.cluster.apply(obj).out.strip().endswith("unchanged")


def test_a_right_manifest_is_not_warned_of(newest: Mesh) -> None:
    with newest.namespaces(fine={}) as spaces, newest.autofix(spaces):
        assert (
            newest.cluster.apply(workload_of("Deployment", "web", spaces["fine"], {BETA: "true"})).err == ""
        )


def test_a_dry_run_leaves_nothing_behind(newest: Mesh) -> None:
    with newest.linkerd(), newest.namespaces(dry={}) as spaces, newest.autofix(spaces):
        answer = newest.cluster.kubectl(
            *("create", "-f", "-", "--dry-run=server", "-o", "json"),
            given=pod_of("web", spaces["dry"], {WRONG: "true"}),
        )
        assert proxy_of(answer.object) == NATIVE
        assert newest.cluster.get("pods", "-n", spaces["dry"])["items"] == []


def test_calling_again_changes_nothing(newest: Mesh) -> None:
    """Applying again and restarting: the shipped configuration asks not to be called again after others."""
    with newest.linkerd(), newest.namespaces(again={}) as spaces, newest.autofix(spaces) as endpoint:
        pod = pod_of("web", spaces["again"], {WRONG: "true"})
        newest.cluster.apply(pod)
        fixed = '"outcome": "fixed"'
        # A line is written soon, and not at once.
        for _ in range(100):
            if fixed in endpoint.log.read_text():
                break
            time.sleep(0.05)
        assert endpoint.log.read_text().count(fixed) == 1
        newest.cluster.apply(pod)
        newest.cluster.apply(workload_of("Deployment", "app", spaces["again"], {WRONG: "true"}))
        first = pods_when(newest.cluster, spaces["again"], lambda names: "app" in names)["app"]
        newest.cluster.kubectl("rollout", "restart", "deployment/app", "-n", spaces["again"])

        def replaced(_: set[str]) -> bool:
            # No kubelet runs, so the old pod never becomes ready and both stay.
            return len(newest.cluster.get("pods", "-n", spaces["again"], "-l", "app=app")["items"]) > 1

        pods_when(newest.cluster, spaces["again"], replaced)
        pods = newest.cluster.get("pods", "-n", spaces["again"], "-l", "app=app")["items"]
        assert {proxy_of(one) for one in pods} == {NATIVE}
        assert all(one["metadata"]["annotations"][BETA] == "true" for one in [first, *pods])


@contextlib.contextmanager
def answering(answer: bytes | None) -> Iterator[Endpoint]:
    """A server that takes connections and answers the same to all, or nothing at all."""
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)

        def serve() -> None:
            held: list[socket.socket] = []
            while not stopping.is_set():
                with contextlib.suppress(OSError):
                    connection, _ = server.accept()
                    held.append(connection)
                    if answer is not None:
                        connection.sendall(answer)
                        connection.close()
            for connection in held:
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Endpoint(f"https://127.0.0.1:{server.getsockname()[1]}")
        finally:
            stopping.set()
            thread.join()


def expired(mesh: Mesh, folder: Path) -> None:
    """A certificate of the right authority that ended an hour ago."""
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    leaf = mesh.cluster.authority.issue_cert(
        "127.0.0.1", not_after=past, not_before=past - datetime.timedelta(days=1)
    )
    leaf.cert_chain_pems[0].write_to_path(str(folder / "tls.crt"))
    leaf.private_key_pem.write_to_path(str(folder / "tls.key"))


@contextlib.contextmanager
def failing(mesh: Mesh, failure: str, folder: Path) -> Iterator[tuple[Endpoint, bytes]]:
    """An endpoint that fails, and the authority by which the API server is told to know it."""
    right = mesh.cluster.authority.cert_pem.bytes()
    match failure:
        case "down":
            yield Endpoint(f"https://127.0.0.1:{free_port()}"), right
        case "hanging":
            with answering(None) as endpoint:
                yield endpoint, right
        case "garbage":
            with answering(b"\x00garbage") as endpoint:
                yield endpoint, right
        case "expired certificate":
            expired(mesh, folder)
            # It is never ready, and so no endpoint of a Service; this caller comes all the same.
            with mesh.start_webhook({}, certificate=folder, probe="livez") as endpoint:
                yield endpoint, right
        case "wrong authority":
            with mesh.start_webhook({}) as endpoint:
                yield endpoint, trustme.CA().cert_pem.bytes()


@pytest.mark.parametrize("failure", ["down", "hanging", "garbage", "expired certificate", "wrong authority"])
def test_a_broken_webhook_of_ours_stops_no_pod(newest: Mesh, failure: str, tmp_path: Path) -> None:
    with (
        newest.linkerd(),
        newest.namespaces(broken={}) as spaces,
        failing(newest, failure, tmp_path) as (endpoint, authority),
        newest.configured(newest.shipped(), endpoint, authority),
    ):
        started = time.monotonic()
        newest.cluster.apply(pod_of("web", spaces["broken"], {WRONG: "true"}))
        took = time.monotonic() - started
        [pod] = newest.cluster.get("pods", "-n", spaces["broken"])["items"]
        assert proxy_of(pod) == CONTAINER
        assert took < TIMEOUT + 2
        newest.cluster.apply(workload_of("Deployment", "app", spaces["broken"], {WRONG: "true"}))
        pods_when(newest.cluster, spaces["broken"], lambda names: "app" in names)


def definition(plural: str, template: dict[str, Any]) -> dict[str, Any]:
    kind = plural.removesuffix("s").title()
    spec = {"type": "object", "properties": {"template": template}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.example.com"},
        "spec": {
            "group": "example.com",
            "names": {"kind": kind, "plural": plural},
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }


FREE = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
STRINGS = {"type": "object", "additionalProperties": {"type": "string"}}
TYPED = {
    "type": "object",
    "properties": {
        "metadata": {"type": "object", "properties": {"annotations": STRINGS}},
        "spec": FREE,
    },
}


def with_custom_resources(configuration: dict[str, Any]) -> dict[str, Any]:
    """What the operator of a cluster adds to the shipped configuration for an operator's resources."""
    rule = {
        "operations": ["CREATE", "UPDATE"],
        "apiGroups": ["example.com"],
        "apiVersions": ["*"],
        "resources": ["*"],
    }
    pods, workloads = configuration["webhooks"]
    workloads = {**workloads, "rules": [*workloads["rules"], rule]}
    return {**configuration, "webhooks": [pods, workloads]}


@pytest.mark.parametrize(("plural", "template"), [("looses", FREE), ("typeds", TYPED)])
def test_an_unquoted_boolean_in_a_custom_resource_is_quoted(
    newest: Mesh, plural: str, template: dict[str, Any]
) -> None:
    crd = definition(plural, template)
    inner = {"metadata": {"annotations": {ALPHA: True}}, "spec": {"containers": [{"name": "app"}]}}
    obj = {"apiVersion": "example.com/v1", "kind": crd["spec"]["names"]["kind"], "metadata": {"name": "x"}}
    newest.cluster.apply(crd)
    newest.cluster.kubectl("wait", "--for=condition=Established", f"crd/{plural}.example.com")
    with newest.namespaces(custom={}) as spaces, newest.autofix(spaces, with_custom_resources):
        path = f"/apis/example.com/v1/namespaces/{spaces['custom']}/{plural}"
        status, stored = newest.cluster.post(path, {**obj, "spec": {"template": inner}})
        assert status == 201, stored
        assert stored["spec"]["template"]["metadata"]["annotations"] == {ALPHA: "true"}
    newest.cluster.kubectl("delete", "crd", f"{plural}.example.com")


def test_an_unquoted_boolean_in_a_built_in_kind_never_reaches_us(newest: Mesh) -> None:
    with newest.namespaces(refused={}) as spaces, newest.autofix(spaces) as endpoint:
        status, answer = newest.cluster.post(
            f"/api/v1/namespaces/{spaces['refused']}/pods", pod_of("web", spaces["refused"], {ALPHA: True})
        )
        assert status == 400
        assert "cannot unmarshal bool" in answer["message"]
        assert "reviewed" not in endpoint.log.read_text()
