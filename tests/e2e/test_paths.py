"""S9 on a real API server: its audit log shows no request of ours outside of the intended paths."""

from __future__ import annotations

import io
import json
import re
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest
import trustme
from control_plane import Cluster, control_plane
from mesh import VERSIONS, programs
from processes import wait_for
from webhook_client import load
from webhook_process import lines, process

NAMES = [
    *(
        "../../../api/v1/nodes",
        "..",
        ".",
        "",
        "a/b",
        "%2e%2e/nodes",
        "..%2fnodes",
        "a?watch=true",
        "a#b",
        "a\nb",
    ),
    *("shop/../../kube-system", "x" * 254),
]
INTENDED = re.compile(
    r"/apis/(events\.k8s\.io/v1/namespaces/[^/]+/events|apps/v1/namespaces/[^/]+/replicasets/[^/]+)"
)
# The audit policy that writes down who asked for what, and no more.
POLICY = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [{"level": "Metadata"}]}
AGENT = "linkerd-autofix"


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, Path]]:
    folder = tmp_path_factory.mktemp("audited")
    (folder / "policy.json").write_text(json.dumps(POLICY))
    log = folder / "audit.log"
    flags = (f"--audit-policy-file={folder / 'policy.json'}", f"--audit-log-path={log}")
    with control_plane(programs(VERSIONS[-1]), folder, *flags) as cluster:
        yield cluster, log


def review(namespace: str, name: str) -> bytes:
    found = load("05-pod-create-from-replicaset")
    found["request"]["namespace"] = namespace
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": name, "uid": "u", "controller": True}
    found["request"]["object"]["metadata"] |= {
        "namespace": namespace,
        "annotations": {"config.linkerd.io/proxy-native-sidecar": "true", "linkerd.io/inject": "enabled"},
        "ownerReferences": [owner],
    }
    return json.dumps(found).encode()


async def test_no_review_leads_a_request_elsewhere(audited: tuple[Cluster, Path], tmp_path: Path) -> None:
    cluster, log = audited
    authority, client = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(client)
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "tls.pem"))
    async with (
        process(
            *("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--linkerd", "2.17"),
            *("--tls-cert", str(tmp_path / "tls.pem"), "--tls-key", str(tmp_path / "tls.pem")),
            *("--events", "true", "--kubeconfig", str(cluster.kubeconfig)),
        ) as found,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=client)) as session,
    ):
        url = f"https://{(await lines(found, 'listening'))['address']}/mutate"
        headers = {"Content-Type": "application/json"}
        bodies = [one for name in NAMES for one in (review(name, "web"), review("default", name))]
        for body in (*bodies, review("default", "the-last-one")):
            async with session.post(url, data=io.BytesIO(body), headers=headers) as answer:
                assert json.loads(await answer.read())["response"]["allowed"] is True

        def asked() -> list[str]:
            entries = [json.loads(line) for line in log.read_text().splitlines()]
            return [one["requestURI"] for one in entries if one["userAgent"].startswith(AGENT)]

        # Events are sent in turn.
        wait_for("the last one was asked for", lambda: any("the-last-one" in one for one in asked()), 30)
        for uri in asked():
            path = unquote(uri.partition("?")[0])
            assert INTENDED.fullmatch(path), uri
            assert not {".", ".."} & set(path.split("/")), uri
