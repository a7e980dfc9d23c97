"""Client certificates: a real API server with the files that we ship gets in, and nobody else does."""

from __future__ import annotations

import http.client
import json
import secrets
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from builders import BETA, WRONG
from control_plane import Cluster, control_plane
from installing import NAME, NAMESPACE, Installation, Replica, installed
from looking import MESHED, pod_of
from mesh import VERSIONS, programs
from paths import DEPLOY
from processes import free_port, stopped
from webhook_client import REVIEWS

SHIPPED = DEPLOY / "components" / "client-certificates"
# Where the shipped files say that they are.
PLACE = "/etc/kubernetes/admission"
SETTINGS = {"linkerd": "edge-25.10.7", "shutdown_delay_seconds": "0"}


@dataclass(frozen=True)
class Guarded:
    """An installation whose replicas ask for client certificates."""

    installation: Installation
    clients: trustme.CA
    folder: Path

    def start(self, trusted: trustme.CA) -> Replica:
        """Start a replica that lets in the clients of an authority."""
        trusted.cert_pem.write_to_path(str(self.folder / "trusted.crt"))
        return self.installation.started(tls_client_ca=str(self.folder / "trusted.crt"), **SETTINGS)


@pytest.fixture(scope="module", params=VERSIONS)
def guarded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder, port, clients = tmp_path_factory.mktemp("client-certificates"), free_port(), trustme.CA()
    mine = clients.issue_cert("kube-apiserver")
    mine.cert_chain_pems[0].write_to_path(str(folder / "client.crt"))
    mine.private_key_pem.write_to_path(str(folder / "client.key"))
    for name in ("admission-configuration.yaml", "webhooks-kubeconfig.yaml"):
        text = (SHIPPED / name).read_text().replace(PLACE, str(folder))
        # The Service of this test has another port than 443.
        (folder / name).write_text(text.replace(f"{NAMESPACE}.svc\n", f"{NAMESPACE}.svc:{port}\n"))
    flag = f"--admission-control-config-file={folder / 'admission-configuration.yaml'}"
    with (
        control_plane(programs(request.param), folder, flag) as cluster,
        installed(cluster, folder, "client-certificates", port=port, remove=False) as installation,
    ):
        yield Guarded(installation, clients, folder)


def sidecar_key_of_a_new_pod(cluster: Cluster) -> list[str]:
    attempt = pod_of(f"web-{secrets.token_hex(3)}", "default", {**MESHED, WRONG: "true"})
    created = cluster.kubectl("create", "-f", "-", "-o", "json", given=attempt).object
    return [key for key in created["metadata"]["annotations"] if key not in MESHED]


def is_answered(replica: Replica, clients: trustme.CA | None) -> bool:
    """Whether a caller with a certificate of this authority, or with none, gets an answer."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if clients:
        clients.issue_cert("somebody").configure_cert(context)
    connection = http.client.HTTPSConnection("127.0.0.1", replica.port, context=context, timeout=10)
    try:
        body = (REVIEWS / "01-pod-create-bare-kubectl-run.json").read_bytes()
        connection.request("POST", "/mutate", body, {"Content-Type": "application/json"})
        return bool(json.load(connection.getresponse())["response"]["allowed"])
    except OSError:
        return False
    finally:
        connection.close()


def test_the_api_server_shows_its_certificate_and_strangers_are_refused(guarded: Guarded) -> None:
    replica, cluster = guarded.start(guarded.clients), guarded.installation.cluster
    assert sidecar_key_of_a_new_pod(cluster) == [BETA]
    assert is_answered(replica, guarded.clients)
    assert not is_answered(replica, None)
    assert not is_answered(replica, trustme.CA())
    assert stopped(replica.process) == 0


def test_with_another_authority_the_api_server_is_a_stranger_too(guarded: Guarded) -> None:
    replica = guarded.start(trustme.CA())
    assert sidecar_key_of_a_new_pod(guarded.installation.cluster) == [WRONG]
    assert stopped(replica.process) == 0


def test_the_authority_is_mounted_where_the_setting_says(guarded: Guarded) -> None:
    spec = guarded.installation.cluster.get("deployment", NAME, "-n", NAMESPACE)["spec"]["template"]["spec"]
    [container] = spec["containers"]
    [setting] = [item["value"] for item in container["env"] if item["name"] == "AUTOFIX_TLS_CLIENT_CA"]
    [mount] = [item for item in container["volumeMounts"] if item["name"] == "client-ca"]
    assert setting == f"{mount['mountPath']}/ca.crt"
    assert {"name": "linkerd-autofix-client-ca", "defaultMode": 420} in [
        volume.get("configMap") for volume in spec["volumes"]
    ]
