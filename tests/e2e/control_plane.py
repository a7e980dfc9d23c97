"""A real Kubernetes control plane on loopback: etcd, kube-apiserver and kube-controller-manager."""

from __future__ import annotations

import json
import os
import secrets
import signal
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import trustme
from processes import free_port, process, wait_for


@dataclass(frozen=True)
class Binaries:
    """Where the programs are."""

    etcd: Path
    kubernetes: Path


@dataclass(frozen=True)
class Answer:
    """What kubectl answered."""

    code: int
    out: str
    err: str

    @property
    def object(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)

    @property
    def objects(self) -> list[Any]:
        """Standard output as several JSON texts, one after the other."""
        found, rest = [], self.out.strip()
        while rest:
            one, end = json.JSONDecoder().raw_decode(rest)
            found.append(one)
            rest = rest[end:].lstrip()
        return found


class Server:
    """A kube-apiserver that can be stopped and started again, on the same port and the same etcd."""

    def __init__(self, command: list[str | Path], log: Path) -> None:
        self.command, self.log, self.stack = command, log, ExitStack()

    def start(self) -> None:
        self.stack.enter_context(process(self.command, self.log))

    def stop(self) -> None:
        self.stack.close()


@dataclass(frozen=True)
class Cluster:
    """A control plane that runs."""

    url: str
    etcd: str
    token: str
    folder: Path
    kubectl_path: Path
    authority: trustme.CA
    server: Server
    manager: subprocess.Popen[str] | None = None

    @contextmanager
    def without_controllers(self) -> Iterator[None]:
        """Let the controllers sleep for a while."""
        assert self.manager is not None
        self.manager.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.manager.send_signal(signal.SIGCONT)

    @property
    def kubeconfig(self) -> Path:
        """An administrator's."""
        return self.folder / "admin.json"

    def is_ready(self) -> bool:
        return self.kubectl("get", "--raw", "/readyz", check=False).out == "ok"

    def kubectl(self, *arguments: str, given: object = None, check: bool = True) -> Answer:
        """Run kubectl as an administrator; an object that is given is its standard input."""
        home = {
            "HOME": str(self.folder),
            "PATH": os.environ["PATH"],
            "KUBECONFIG": str(self.kubeconfig),
        }
        found = subprocess.run(
            [self.kubectl_path, *arguments],
            input=None if given is None else given if isinstance(given, str) else json.dumps(given),
            capture_output=True,
            text=True,
            env=home,
            timeout=60,
            check=False,
        )
        assert not check or found.returncode == 0, found.stderr
        return Answer(found.returncode, found.stdout, found.stderr)

    def apply(self, *objects: object, check: bool = True) -> Answer:
        """Apply objects."""
        whole = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        return self.kubectl("apply", "-f", "-", given=whole, check=check)

    def get(self, kind: str, *arguments: str) -> Any:
        """Objects as the API server has them."""
        return self.kubectl("get", kind, "-o", "json", *arguments).object

    def post(self, path: str, body: object) -> tuple[int, Any]:
        """Send a body to the API server as it is, without kubectl's own checks."""
        request = urllib.request.Request(  # noqa: S310  # always the test's own server
            self.url + path,
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        try:
            with urllib.request.urlopen(request, context=context, timeout=30) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


def _kubeconfig(url: str, authority: Path, token: str) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "admin"}}],
            "clusters": [
                {"name": "test", "cluster": {"server": url, "certificate-authority": str(authority)}}
            ],
            "users": [{"name": "admin", "user": {"token": token}}],
        }
    )


@contextmanager
def control_plane(binaries: Binaries, folder: Path, *flags: str) -> Iterator[Cluster]:
    """Run a control plane as long as the context is open.

    The flags are those of a production cluster as far as admission is concerned; Pods need no ServiceAccount.
    More flags may be given for the API server.
    """
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", "localhost", "kubernetes.default.svc")
    files = {
        name: folder / name for name in ("ca.crt", "server.crt", "server.key", "tokens.csv", "admin.json")
    }
    authority.cert_pem.write_to_path(str(files["ca.crt"]))
    leaf.cert_chain_pems[0].write_to_path(str(files["server.crt"]))
    leaf.private_key_pem.write_to_path(str(files["server.key"]))
    token = secrets.token_hex(16)
    files["tokens.csv"].write_text(f'{token},admin,admin,"system:masters"\n')
    client, peer, secure = free_port(), free_port(), free_port()
    url, store = f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{client}"
    files["admin.json"].write_text(_kubeconfig(url, files["ca.crt"], token))
    command = [*_apiserver(binaries.kubernetes, files, store, secure), *flags]
    server = Server(command, folder / "kube-apiserver.log")
    cluster = Cluster(url, store, token, folder, binaries.kubernetes / "kubectl", authority, server)
    with ExitStack() as stack:
        stack.enter_context(process(_etcd(binaries.etcd, folder, store, peer), folder / "etcd.log"))
        stack.callback(server.stop)
        server.start()
        wait_for("the API server is ready", cluster.is_ready, log=server.log)
        manager = _manager(binaries.kubernetes, files)
        log = folder / "kube-controller-manager.log"
        yield replace(cluster, manager=stack.enter_context(process(manager, log)))


def _etcd(etcd: Path, folder: Path, listen: str, peer: int) -> list[str | Path]:
    peers = f"http://127.0.0.1:{peer}"
    return [
        etcd,
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={listen}",
        f"--advertise-client-urls={listen}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
    ]


def _policies(server: Path) -> list[str]:
    """What 1.34 and 1.35 need for MutatingAdmissionPolicy, which is on by default from 1.36."""
    told = subprocess.run([server, "--version"], capture_output=True, text=True, check=True).stdout
    if int(told.split(".")[1]) >= 36:
        return []
    return [
        "--feature-gates=MutatingAdmissionPolicy=true",
        "--runtime-config=admissionregistration.k8s.io/v1beta1=true",
    ]


def _apiserver(folder: Path, files: dict[str, Path], etcd: str, port: int) -> list[str | Path]:
    return [
        folder / "kube-apiserver",
        f"--etcd-servers={etcd}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",
        f"--tls-cert-file={files['server.crt']}",
        f"--tls-private-key-file={files['server.key']}",
        f"--client-ca-file={files['ca.crt']}",
        f"--token-auth-file={files['tokens.csv']}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={files['server.key']}",
        f"--service-account-signing-key-file={files['server.key']}",
        "--service-cluster-ip-range=10.0.0.0/24",
        "--authorization-mode=RBAC",
        "--disable-admission-plugins=ServiceAccount",
        *_policies(folder / "kube-apiserver"),
    ]


def _manager(folder: Path, files: dict[str, Path]) -> list[str | Path]:
    config = files["admin.json"]
    return [
        folder / "kube-controller-manager",
        *(f"--{what}kubeconfig={config}" for what in ("", "authentication-", "authorization-")),
        "--bind-address=127.0.0.1",
        f"--secure-port={free_port()}",
        "--leader-elect=false",
        "--use-service-account-credentials=true",
        f"--service-account-private-key-file={files['server.key']}",
        f"--root-ca-file={files['ca.crt']}",
    ]
