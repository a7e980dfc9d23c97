"""A mesh: a control plane, an injector like Linkerd's, and our webhook in front of it."""

from __future__ import annotations

import base64
import json
import os
import secrets
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from assets import build
from control_plane import Binaries, Cluster
from injector import Injector, StartInjector
from paths import ROOT
from processes import free_port, process, wait_for

SHIPPED = ROOT / "deploy" / "base" / "mutatingwebhookconfiguration.yaml"
RELEASES = {"edge-24.10.1": "alpha", "edge-25.10.7": "beta", "edge-26.6.3": "ga"}
INJECT = "linkerd.io/inject"
# The convention of controller-runtime's envtest: a folder with programs to use instead of our own builds.
ASSETS_VARIABLE = "KUBEBUILDER_ASSETS"
VERSIONS = [ASSETS_VARIABLE] if os.environ.get(ASSETS_VARIABLE) else list(build.MINORS)
Annotations = dict[str, str]
Change = Callable[[dict[str, Any]], dict[str, Any]]


def programs(version: str) -> Binaries:
    """Where the programs of a version are."""
    if version == ASSETS_VARIABLE:
        folder = Path(os.environ[ASSETS_VARIABLE])
        return Binaries(folder / "etcd", folder)
    return Binaries(build.folder("etcd") / "etcd", build.folder(f"kubernetes-{version}"))


def missing_programs() -> str:
    """Why there is no control plane to test against; empty when there is one."""
    missing = set(build.missing())
    if ASSETS_VARIABLE in VERSIONS:
        missing -= {"etcd", *(f"kubernetes-{minor}" for minor in build.MINORS)}
    if missing:
        return f"no control plane: run `make cluster-assets` to build {', '.join(sorted(missing))}"
    found = programs(VERSIONS[0])
    paths = [found.etcd, *(found.kubernetes / name for name in build.COMMANDS)]
    absent = [str(path) for path in paths if not path.exists()]
    return f"no control plane: {ASSETS_VARIABLE} lacks {', '.join(absent)}" if absent else ""


@dataclass(frozen=True)
class Endpoint:
    """A webhook that serves on loopback."""

    url: str
    log: Path = Path()
    admin: str = ""


@dataclass(frozen=True)
class Spaces:
    """Namespaces of one test, under names that no other test has used."""

    names: dict[str, str]
    known: dict[str, Annotations]

    def __getitem__(self, alias: str) -> str:
        return self.names[alias]


@dataclass(frozen=True)
class Mesh:
    """A cluster with an injector that behaves like one release of Linkerd's."""

    cluster: Cluster
    release: str
    start_injector: StartInjector
    start_webhook: Callable[..., AbstractContextManager[Endpoint]]

    @property
    def era(self) -> str:
        return RELEASES[self.release]

    @staticmethod
    def shipped() -> dict[str, Any]:
        """The configuration that we ship."""
        return yaml.safe_load(SHIPPED.read_text())  # type: ignore[no-any-return]

    @contextmanager
    def linkerd(
        self, *, native: bool = False, wait: int = 0, tokens: bool = True, change: Change | None = None
    ) -> Iterator[Injector]:
        """Linkerd's injector, configured as its chart does."""
        with (
            self.start_injector(native=native, wait=wait, tokens=tokens) as injector,
            self.injecting(injector, change),
        ):
            yield injector

    @contextmanager
    def injecting(self, injector: Injector, change: Change | None = None) -> Iterator[None]:
        """Let the API server call an injector that runs."""
        configuration = change(linkerds_configuration()) if change else linkerds_configuration()
        with self.configured(configuration, injector):
            yield

    @contextmanager
    def autofix(self, spaces: Spaces, change: Change | None = None, **settings: Any) -> Iterator[Endpoint]:
        """Our webhook, with the configuration that we ship."""
        configuration = change(self.shipped()) if change else self.shipped()
        with (
            self.start_webhook(spaces.known, **{"native_sidecar_default": False, **settings}) as endpoint,
            self.configured(configuration, endpoint),
        ):
            yield endpoint

    @contextmanager
    def configured(
        self, configuration: dict[str, Any], endpoint: Endpoint | Injector, authority: bytes = b""
    ) -> Iterator[None]:
        """A MutatingWebhookConfiguration that leads to an endpoint on loopback instead of a Service."""
        bundle = base64.b64encode(authority or self.cluster.authority.cert_pem.bytes()).decode()
        for webhook in configuration["webhooks"]:
            webhook["clientConfig"] = {"url": f"{endpoint.url}/mutate", "caBundle": bundle}
        self.cluster.apply(configuration)
        try:
            yield
        finally:
            self.cluster.kubectl("delete", "mutatingwebhookconfiguration", configuration["metadata"]["name"])

    @contextmanager
    def namespaces(self, **annotations: Annotations) -> Iterator[Spaces]:
        """New Namespaces with these annotations; injection is enabled unless they say something else."""
        names = {alias: f"{alias}-{secrets.token_hex(3)}" for alias in annotations}
        known = {names[alias]: {INJECT: "enabled", **own} for alias, own in annotations.items()}
        self.cluster.apply(
            *(
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "annotations": own}}
                for name, own in known.items()
            )
        )
        try:
            yield Spaces(names, known)
        finally:
            self.cluster.kubectl("delete", "namespace", "--wait=false", *known)


def webhook_of(release: str, folder: Path) -> Callable[..., AbstractContextManager[Endpoint]]:
    @contextmanager
    def start(
        namespaces: dict[str, Annotations],
        certificate: Path = folder,
        probe: str = "readyz",
        **settings: Any,
    ) -> Iterator[Endpoint]:
        port, admin = free_port(), free_port()
        log, config = folder / f"webhook-{port}.log", folder / f"webhook-{port}.toml"
        whole = {
            "listen": f"127.0.0.1:{port}",
            "admin_listen": f"127.0.0.1:{admin}",
            "tls_cert": str(certificate / "tls.crt"),
            "tls_key": str(certificate / "tls.key"),
            "linkerd": release,
            "shutdown_delay_seconds": 0,
            **settings,
        }
        lines = [f"{name} = {json.dumps(value)}" for name, value in whole.items() if value is not None]
        for name, own in namespaces.items():
            lines.append(f"[namespaces.{json.dumps(name)}]")
            lines += [f"{json.dumps(key)} = {json.dumps(value)}" for key, value in own.items()]
        config.write_text("\n".join(lines))
        with process([sys.executable, "-m", "webhook", "--config", config], log):
            wait_for("our webhook is up", lambda: _answers(f"http://127.0.0.1:{admin}/{probe}"), log=log)
            yield Endpoint(f"https://127.0.0.1:{port}", log, f"http://127.0.0.1:{admin}")

    return start


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310  # always loopback
            return bool(answer.status == 200)
    except OSError:
        return False


def linkerds_configuration() -> dict[str, Any]:
    """The chart's: charts/linkerd-control-plane/templates/proxy-injector-rbac.yaml and values.yaml."""

    def out(key: str, operator: str, *values: str) -> dict[str, Any]:
        return {"key": key, "operator": operator} | ({"values": list(values)} if values else {})

    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "linkerd-proxy-injector-webhook-config"},
        "webhooks": [
            {
                "name": "linkerd-proxy-injector.linkerd.io",
                "namespaceSelector": {
                    "matchExpressions": [
                        out("config.linkerd.io/admission-webhooks", "NotIn", "disabled"),
                        out("kubernetes.io/metadata.name", "NotIn", "kube-system", "cert-manager"),
                    ]
                },
                "objectSelector": {
                    "matchExpressions": [
                        out("linkerd.io/control-plane-component", "DoesNotExist"),
                        out("linkerd.io/cni-resource", "DoesNotExist"),
                    ]
                },
                "failurePolicy": "Ignore",
                "admissionReviewVersions": ["v1", "v1beta1"],
                "sideEffects": "None",
                "timeoutSeconds": 10,
                "rules": [
                    {
                        "operations": ["CREATE"],
                        "apiGroups": [""],
                        "apiVersions": ["v1"],
                        "resources": ["pods", "services"],
                        "scope": "Namespaced",
                    }
                ],
            }
        ],
    }
