"""The self-managed certificate on a real API server: what may happen to it, and pods repaired after it."""

from __future__ import annotations

import base64
import dataclasses
import json
import secrets
import signal
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
import trustme
from builders import BETA, WRONG
from control_plane import Cluster
from cryptography import x509
from installing import NAME, NAMESPACE, Installation, Replica, installed
from looking import MESHED, pod_of
from mesh import VERSIONS
from processes import free_port, wait_for
from webhook_process import clock_set

SETTINGS: dict[str, Any] = {"linkerd": "edge-25.10.7", "shutdown_delay_seconds": "0"}
# These wait for certificates to end, half a minute each; under load a rotation is tried in every version.
once = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)


@pytest.fixture(scope="module")
def objects(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("certificates")
    policies = "validatingadmissionpolicies,validatingadmissionpolicybindings"
    kinds = f"clusterroles,clusterrolebindings,mutatingwebhookconfigurations,{policies},namespaces"

    def ours() -> list[str]:
        return [name for name in cluster.kubectl("get", kinds, "-o", "name").out.split() if NAME in name]

    assert ours() == []
    with installed(cluster, folder) as found:
        assert len(ours()) == 10
        yield found
    assert ours() == [], "removing leaves nothing behind"


@pytest.fixture
def installation(objects: Installation) -> Iterator[Installation]:
    """The same objects for all tests; the Secret as it is shipped, and replicas that end with each test."""
    emptied = ("patch", "secret", f"{NAME}-tls", "-n", NAMESPACE, "--type=merge", '--patch={"data": null}')
    objects.cluster.kubectl(*emptied)
    with ExitStack() as stack:
        yield dataclasses.replace(objects, stack=stack, replicas=[])


def is_repaired(cluster: Cluster, namespace: str) -> bool:
    attempt = pod_of(f"web-{secrets.token_hex(3)}", namespace, {**MESHED, WRONG: "true"})
    pod = cluster.kubectl("create", "-f", "-", "-o", "json", given=attempt).object
    return bool(pod["metadata"]["annotations"] == {**MESHED, BETA: "true"})


def authorities(bundle: str) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(base64.b64decode(bundle))


def replace_bundle(cluster: Cluster, bundle: str) -> None:
    patch = [
        {"op": "add", "path": f"/webhooks/{index}/clientConfig/caBundle", "value": bundle}
        for index in range(2)
    ]
    cluster.kubectl(
        "patch", "mutatingwebhookconfiguration", NAME, "--type=json", f"--patch={json.dumps(patch)}"
    )


def test_installing_is_one_step(cluster: Cluster, installation: Installation, space: str) -> None:
    assert installation.secret() == {}
    installation.started(**SETTINGS)
    assert is_repaired(cluster, space)


def test_a_deleted_secret_comes_back_and_nobody_notices(
    cluster: Cluster, installation: Installation, space: str
) -> None:
    installation.started(**SETTINGS)
    before = installation.secret()
    cluster.kubectl("delete", "secret", f"{NAME}-tls", "-n", NAMESPACE)
    assert is_repaired(cluster, space)
    wait_for("the Secret is back", lambda: installation.secret() == before, 10)
    assert is_repaired(cluster, space)


@pytest.mark.parametrize("broken", ["tls.crt", "ca.key"])
def test_a_broken_secret_is_mended(
    cluster: Cluster, installation: Installation, space: str, broken: str
) -> None:
    installation.started(**SETTINGS)
    before = installation.secret()
    patch = {"data": {broken: base64.b64encode(b"nonsense").decode()}}
    cluster.kubectl("patch", "secret", f"{NAME}-tls", "-n", NAMESPACE, f"--patch={json.dumps(patch)}")
    wait_for("the Secret is mended", lambda: installation.secret() == before, 10)
    assert is_repaired(cluster, space)


def test_a_replica_that_starts_finds_a_broken_secret_and_makes_a_new_one(
    cluster: Cluster, installation: Installation, space: str
) -> None:
    nonsense = base64.b64encode(b"nonsense").decode()
    patch = json.dumps({"data": {"tls.crt": nonsense}})
    cluster.kubectl("patch", "secret", f"{NAME}-tls", "-n", NAMESPACE, f"--patch={patch}")
    installation.started(**SETTINGS)
    assert installation.secret()["tls.crt"] != nonsense
    assert is_repaired(cluster, space)


def test_an_overwritten_ca_bundle_is_put_right(
    cluster: Cluster, installation: Installation, space: str
) -> None:
    replica = installation.started(**SETTINGS)
    right = installation.bundle()
    replace_bundle(cluster, base64.b64encode(trustme.CA().cert_pem.bytes()).decode())
    wait_for("the caBundle is right", lambda: installation.bundle() == right, 10, log=replica.log)
    assert is_repaired(cluster, space)


def test_applying_the_manifests_again_changes_nothing_that_we_keep(
    cluster: Cluster, installation: Installation, space: str
) -> None:
    installation.started(**SETTINGS)
    secret, bundle = installation.secret(), installation.bundle()
    again = ("apply", "-k", str(installation.folder / "overlay"))
    cluster.kubectl(*again)
    answer = cluster.kubectl(*again)
    # kubectl never finds a PodDisruptionBudget unchanged: its selector is replaced as a whole.
    changed = [line for line in answer.out.splitlines() if not line.endswith(" unchanged")]
    assert [line.partition("/")[0] for line in changed] == ["poddisruptionbudget.policy"], answer.out
    assert (installation.secret(), installation.bundle()) == (secret, bundle)


def test_two_replicas_that_start_at_once_agree(
    cluster: Cluster, installation: Installation, space: str
) -> None:
    replicas = [installation.start(**SETTINGS), installation.start(port=free_port(), **SETTINGS)]
    for replica in replicas:
        installation.wait_until_trusted(replica)
    expiry = "autofix_certificate_expiry_timestamp_seconds"
    assert replicas[0].metric(expiry) == replicas[1].metric(expiry)
    assert {served(replica) for replica in replicas} == {installation.secret()["tls.crt"]}
    assert is_repaired(cluster, space)


@once
def test_replicas_whose_clocks_are_apart_agree(
    cluster: Cluster, installation: Installation, space: str
) -> None:
    """S12: each would find what the other one writes not valid."""
    replicas = [
        installation.start(before=clock_set(20), **SETTINGS),
        installation.start(port=free_port(), before=clock_set(-20), **SETTINGS),
    ]
    for replica, where in zip(replicas, ("ahead of", "behind"), strict=True):
        installation.wait_until_trusted(replica)
        text = replica.get("/readyz?verbose")[1]
        assert "[+]certificate\n" in text
        assert f" {where} the API server's" in text
    for number in range(20):
        patch = json.dumps({"metadata": {"annotations": {"prod": str(number)}}})
        cluster.kubectl("patch", "secret", f"{NAME}-tls", "-n", NAMESPACE, f"--patch={patch}")
    writes = [replica.log.read_text().count("wrote the certificate") for replica in replicas]
    assert sum(writes) == 1, writes
    assert {served(replica) for replica in replicas} == {installation.secret()["tls.crt"]}
    assert all(replica.log.read_text().count("the clocks are apart") == 1 for replica in replicas)
    assert is_repaired(cluster, space)


def served(replica: Replica) -> str:
    """The certificate that a replica serves, as the Secret has it."""
    pem = ssl.get_server_certificate(("127.0.0.1", replica.port))
    return base64.b64encode(pem.encode()).decode()


@once
def test_leaf_and_authority_are_renewed_in_time_and_old_authorities_forgotten(
    cluster: Cluster, installation: Installation, space: str
) -> None:
    replica = installation.started(
        **SETTINGS, authority_lifetime_seconds="30", certificate_lifetime_seconds="10"
    )
    first = installation.bundle()
    [authority] = authorities(first)

    def is_forgotten() -> bool:
        assert is_repaired(cluster, space), replica.log.read_text()
        return authority not in authorities(installation.bundle())

    wait_for("the first CA is forgotten", is_forgotten, 60, log=replica.log)
    now = datetime.now(UTC)
    assert all(one.not_valid_after_utc > now for one in authorities(installation.bundle()))
    assert len(authorities(installation.bundle())) <= 2


@once
def test_after_a_pause_beyond_every_expiry_it_comes_back_by_itself(
    cluster: Cluster, installation: Installation, space: str
) -> None:
    """The process is stopped (as by a sleeping machine) until certificate and CA have ended."""
    lives = {"authority_lifetime_seconds": "30", "certificate_lifetime_seconds": "10"}
    replica = installation.started(**SETTINGS, **lives)
    [authority] = authorities(installation.bundle())
    replica.process.send_signal(signal.SIGSTOP)
    remaining = (authority.not_valid_after_utc - datetime.now(UTC)).total_seconds()
    time.sleep(max(remaining, 0) + 1)
    replica.process.send_signal(signal.SIGCONT)
    wait_for("pods are repaired again", lambda: is_repaired(cluster, space), 15, log=replica.log)
