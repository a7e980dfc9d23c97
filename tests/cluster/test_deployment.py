"""Which Deployment is ours, and which Secret holds the certificate that its pods serve."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import yaml
from paths import DEPLOY

from autofix.cluster.deployment import (
    CertificateSource,
    certificate_source,
    completes_jobs,
    labels_of,
    our_deployment,
)
from autofix.kubeapi.service_types import ConfiguredDeployment

OWN = CertificateSource("linkerd-autofix", "linkerd-autofix-tls", "tls.crt", is_ours=True)
FILES = CertificateSource("autofix", "web-cert", "tls.crt", is_ours=False)


def deployment(
    *args: str,
    name: str = "web",
    env: dict[str, str] | None = None,
    mounts: list[dict[str, str]] | None = None,
    volumes: list[dict[str, Any]] | None = None,
    command: list[str] | None = None,
) -> ConfiguredDeployment:
    variables = [{"name": key, "value": value} for key, value in (env or {}).items()]
    container = {"args": list(args), "env": variables, "volumeMounts": mounts, "command": command}
    spec = {"containers": [{"name": "other"}, container], "volumes": volumes}
    metadata = {"name": name, "namespace": "autofix"}
    return msgspec.convert(
        {"metadata": metadata, "spec": {"template": {"spec": spec}}}, type=ConfiguredDeployment
    )


def mounted(path: str, mount: str, *, sub_path: str = "", **secret: Any) -> ConfiguredDeployment:
    volume = {"name": "tls", "secret": {"secretName": "web-cert", **secret}}
    return deployment(
        env={"AUTOFIX_TLS_CERT": path},
        mounts=[{"name": "tmp", "mountPath": "/"}, {"name": "tls", "mountPath": mount, "subPath": sub_path}],
        volumes=[{"name": "tmp", "emptyDir": {}}, volume],
    )


SOURCES: dict[str, tuple[ConfiguredDeployment, CertificateSource | None]] = {
    "a variable": (
        deployment(env={"AUTOFIX_TLS_SECRET": "linkerd-autofix/linkerd-autofix-tls"}),
        OWN,
    ),
    "a variable without a Namespace": (
        deployment(env={"AUTOFIX_TLS_SECRET": "mine"}),
        CertificateSource("autofix", "mine", "tls.crt", is_ours=True),
    ),
    "a flag": (deployment("--tls-secret=linkerd-autofix/linkerd-autofix-tls"), OWN),
    "a flag and its value": (deployment("--tls-secret", "linkerd-autofix/linkerd-autofix-tls"), OWN),
    "a flag of the command": (
        deployment(command=["autofix-webhook", "--tls-secret", "linkerd-autofix/linkerd-autofix-tls"]),
        OWN,
    ),
    "a flag before a variable": (
        deployment("--tls-secret=a/b", env={"AUTOFIX_TLS_SECRET": "c/d"}),
        CertificateSource("a", "b", "tls.crt", is_ours=True),
    ),
    "a flag without a value": (deployment("--tls-secret"), None),
    "a file of a volume": (mounted("/tls/tls.crt", "/tls"), FILES),
    "a folder that ends in a slash": (mounted("/tls/tls.crt", "/tls/"), FILES),
    "a file of another name": (mounted("/tls/server.pem", "/tls"), FILES._replace(key="server.pem")),
    "a key under another path": (
        mounted("/tls/server.pem", "/tls", items=[{"key": "tls.crt", "path": "server.pem"}]),
        FILES,
    ),
    "a single file": (mounted("/etc/server.pem", "/etc/server.pem", sub_path="tls.crt"), FILES),
    "a folder whose name begins alike": (mounted("/tls-2/tls.crt", "/tls"), None),
    "a volume that is no Secret": (
        deployment(
            "--tls-cert=/tls/tls.crt",
            mounts=[{"name": "tls", "mountPath": "/tls"}],
            volumes=[{"name": "tls", "csi": {"driver": "csi.cert-manager.io"}}],
        ),
        None,
    ),
    "a file of the image": (deployment("--tls-cert=/tls/tls.crt"), None),
    "no certificate": (deployment(env={"AUTOFIX_WATCH": "true"}), None),
}


@pytest.mark.parametrize("case", SOURCES)
def test_the_settings_say_where_the_certificate_is(case: str) -> None:
    ours, expected = SOURCES[case]
    assert certificate_source(ours) == expected


@pytest.mark.parametrize(
    ("ours", "on"),
    [
        (deployment(env={"AUTOFIX_COMPLETE_JOBS": "true"}), True),
        (deployment(env={"AUTOFIX_COMPLETE_JOBS": "True"}), True),
        (deployment(env={"AUTOFIX_COMPLETE_JOBS": "1"}), True),
        (deployment(env={"AUTOFIX_COMPLETE_JOBS": "false"}), False),
        (deployment("--complete-jobs", "true"), True),
        (deployment("--complete-jobs=true"), True),
        (deployment(), False),
    ],
)
def test_the_settings_say_whether_jobs_are_completed(ours: ConfiguredDeployment, on: bool) -> None:
    assert completes_jobs(ours) is on


def test_the_shipped_deployment_names_the_shipped_secret() -> None:
    shipped, secret = (
        yaml.safe_load((DEPLOY / "base" / f"{name}.yaml").read_text()) for name in ("deployment", "secret")
    )
    ours = msgspec.convert(shipped, type=ConfiguredDeployment)
    source = certificate_source(ours)
    assert source == OWN
    assert (source.namespace, source.secret) == (secret["metadata"]["namespace"], secret["metadata"]["name"])
    assert labels_of(ours) == "app.kubernetes.io/name=linkerd-autofix"


def test_ours_is_the_deployment_that_has_the_name_of_the_configuration() -> None:
    tls = "--tls-secret=a/b"
    first = deployment(tls, "--configuration=another", name="first")
    second = deployment(tls, name="second", env={"AUTOFIX_CONFIGURATION": "linkerd-autofix"})
    assert our_deployment([deployment(), first, second], "linkerd-autofix") is second
    assert our_deployment([deployment(), first], "linkerd-autofix") is first
    assert our_deployment([deployment()], "linkerd-autofix") is None
