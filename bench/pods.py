"""The API server's view: how long it takes to create a Pod, with and without a webhook before it.

It stands on the control plane of the cluster tests, and is left out where that has not been built. Pods are
created by one client, in turn in Namespaces that differ in the webhook alone; no controller runs.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from control_plane import Cluster
from image import malloc_environment
from processes import free_port, process, wait_for

from bench.cluster import newest
from bench.figure import Figure, Goal

_PODS: Final = 1500
_WARM_UP: Final = 100
_WRONG: Final = {"config.linkerd.io/proxy-native-sidecar": "true"}
_FINE: Final = {"linkerd.io/inject": "enabled"}
_NONE, _EMPTY, _OURS = "without-webhook", "empty-webhook", "our-webhook"


def measure() -> list[Figure]:
    """Create pods without a webhook, with an empty one and with ours, in turn."""
    with tempfile.TemporaryDirectory() as scratch, newest(Path(scratch)) as cluster:
        if cluster is None:
            return []
        with _webhooks(cluster, Path(scratch)), cluster.without_controllers():
            return [
                *_figures("nothing to do", _latencies(cluster, _FINE)),
                *_figures("one fix", _latencies(cluster, _WRONG)),
            ]


@contextmanager
def _webhooks(cluster: Cluster, folder: Path) -> Iterator[None]:
    """Start both webhooks, each for the pods of one Namespace."""
    leaf = cluster.authority.issue_cert("127.0.0.1")
    certificate, key = folder / "webhook.crt", folder / "webhook.key"
    leaf.cert_chain_pems[0].write_to_path(str(certificate))
    leaf.private_key_pem.write_to_path(str(key))
    empty, ours, admin = free_port(), free_port(), free_port()
    commands: Mapping[str, tuple[int, list[str | Path]]] = {
        _EMPTY: (empty, [sys.executable, "-m", "bench.empty_webhook", str(empty), certificate, key]),
        _OURS: (
            ours,
            [
                *(sys.executable, "-m", "webhook", f"--listen=127.0.0.1:{ours}", "--linkerd=edge-25.10.7"),
                *(f"--admin-listen=127.0.0.1:{admin}", f"--tls-cert={certificate}", f"--tls-key={key}"),
            ],
        ),
    }
    with ExitStack() as stack:
        for name, (port, command) in commands.items():
            log = folder / f"{name}.log"
            environment = {**os.environ, **(malloc_environment() if name == _OURS else {})}
            stack.enter_context(process(command, log, environment))
            wait_for(f"{name} listens", partial(_listens, port), log=log)
            cluster.apply(_configuration(cluster, name, port))
        for name in (_NONE, _EMPTY, _OURS):
            cluster.kubectl("create", "namespace", name)
        yield


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _configuration(cluster: Cluster, namespace: str, port: int) -> dict[str, Any]:
    only = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": [namespace]}
    rule = {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
    bundle = base64.b64encode(cluster.authority.cert_pem.bytes()).decode()
    webhook = {
        "name": f"{namespace}.example.com",
        "clientConfig": {"url": f"https://127.0.0.1:{port}/mutate", "caBundle": bundle},
        "namespaceSelector": {"matchExpressions": [only]},
        "rules": [rule],
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        # Whatever goes wrong must show.
        "failurePolicy": "Fail",
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": namespace},
        "webhooks": [webhook],
    }


def _latencies(cluster: Cluster, annotations: Mapping[str, str]) -> dict[str, list[float]]:
    """Return the seconds that each creation took, by Namespace."""
    context = ssl.create_default_context()
    cluster.authority.configure_trust(context)
    host, _, port = cluster.url.removeprefix("https://").partition(":")
    client = http.client.HTTPSConnection(host, int(port), context=context)
    found: dict[str, list[float]] = {name: [] for name in (_NONE, _EMPTY, _OURS)}
    headers = {"Authorization": f"Bearer {cluster.token}", "Content-Type": "application/json"}
    body = json.dumps(_pod(annotations))
    for number in range(_PODS + _WARM_UP):
        for namespace, seconds in found.items():
            started = time.perf_counter()
            client.request("POST", f"/api/v1/namespaces/{namespace}/pods", body, headers)
            answer = client.getresponse()
            told = answer.read()
            took = time.perf_counter() - started
            assert answer.status == 201, told
            if number >= _WARM_UP:
                seconds.append(took)
    client.close()
    return found


def _pod(annotations: Mapping[str, str]) -> dict[str, Any]:
    container = {"name": "app", "image": "registry.example.com/app:1"}
    metadata = {"generateName": "app-", "labels": {"app": "app"}, "annotations": dict(annotations)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]}}


def _figures(case: str, found: Mapping[str, list[float]]) -> list[Figure]:
    cuts = {name: statistics.quantiles(seconds, n=100) for name, seconds in found.items()}
    p50, p99 = ({name: cut[at] * 1000 for name, cut in cuts.items()} for at in (49, 98))
    detail = ", ".join(f"{name.replace('-', ' ')} {p50[name]:.2f}/{p99[name]:.2f}" for name in found)
    return [
        Figure(
            f"Pod creation, {case}: added p50",
            p50[_OURS] - p50[_NONE],
            "ms",
            f"an empty webhook adds {p50[_EMPTY] - p50[_NONE]:.2f} ms",
            detail=f"p50/p99 in ms: {detail}",
        ),
        Figure(
            f"Pod creation, {case}: added p99 beyond an empty webhook's",
            p99[_OURS] - p99[_EMPTY],
            "ms",
            f"an empty webhook adds {p99[_EMPTY] - p99[_NONE]:.2f} ms",
            goal=Goal(1, "who creates Pods"),
        ),
    ]
