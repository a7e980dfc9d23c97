"""What is installed: the same objects from kustomize and from Helm, which a real API server takes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from assets import build
from control_plane import Cluster
from installing import DEPLOY, NAME, NAMESPACE

Objects = dict[tuple[str, str], Any]
# A component of kustomize, and the chart's values that stand for it.
VARIANTS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "base": ([], {}),
    "cert-manager": (["cert-manager"], {"certificates": {"mode": "cert-manager"}}),
    "monitoring": (["monitoring"], {"monitoring": True}),
    "mutate-workloads": (["mutate-workloads"], {"mutateWorkloads": True}),
    "ha": (["ha"], {"replicas": 3, "failurePolicy": "Fail"}),
    "all": (
        ["cert-manager", "monitoring", "mutate-workloads", "ha"],
        {
            "certificates": {"mode": "cert-manager"},
            "monitoring": True,
            "mutateWorkloads": True,
            "replicas": 3,
            "failurePolicy": "Fail",
        },
    ),
}
# Others define these; only that they exist matters here, not what their fields mean.
FOREIGN = {
    "Issuer": "cert-manager.io/v1",
    "Certificate": "cert-manager.io/v1",
    "ServiceMonitor": "monitoring.coreos.com/v1",
    "PrometheusRule": "monitoring.coreos.com/v1",
}


def run(*command: str | Path) -> str:
    found = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout


def by_name(text: str) -> Objects:
    objects = [one for one in yaml.safe_load_all(text) if one]
    found = {(one["kind"], one["metadata"]["name"]): one for one in objects}
    assert len(found) == len(objects)
    return found


def kustomized(components: list[str], folder: Path) -> str:
    overlay = {
        "resources": [os.path.relpath(DEPLOY / "base", folder)],
        "components": [os.path.relpath(DEPLOY / "components" / one, folder) for one in components],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
    return run(build.folder("kustomize") / "kustomize", "build", folder)


def charted(values: dict[str, Any], folder: Path, helm: str = "helm-3", *more: str) -> str:
    path = folder / "values.yaml"
    path.write_text(yaml.safe_dump({"createNamespace": True, **values}))
    command = ("template", NAME, DEPLOY / "chart", "--namespace", NAMESPACE, "--kube-version", "1.34.0")
    return run(build.folder(helm) / "helm", *command, "--values", path, *more)


def comparable(found: Any) -> Any:
    """Variables of a container have no order that counts."""
    found = json.loads(json.dumps(found))
    if found["kind"] == "Deployment":
        for container in found["spec"]["template"]["spec"]["containers"]:
            container["env"].sort(key=lambda one: one["name"])
            container["volumeMounts"].sort(key=lambda one: one["name"])
    return found


@pytest.mark.parametrize("helm", ["helm-3", "helm-4"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_chart_and_kustomize_make_the_same_objects(variant: str, helm: str, tmp_path: Path):
    components, values = VARIANTS[variant]
    one, other = by_name(kustomized(components, tmp_path)), by_name(charted(values, tmp_path, helm))
    assert sorted(one) == sorted(other)
    for key, found in one.items():
        assert comparable(found) == comparable(other[key]), key


@pytest.mark.parametrize(
    "values",
    [
        {"failurePolicy": "Sometimes"},
        {"certificates": {"mode": "magic"}},
        {"replicas": 0},
        {"replcas": 3},
        {"env": [{"name": "A", "value": 1}]},
        {"customResources": [{"apiGroups": ["argoproj.io"], "resources": ["rollouts"]}]},
    ],
)
def test_values_that_make_no_sense_are_refused(values: dict[str, Any], tmp_path: Path):
    with pytest.raises(AssertionError, match="values don't meet the specifications"):
        charted(values, tmp_path)


def test_further_values_end_where_they_belong(tmp_path: Path):
    values = {
        "linkerd": {"namespace": "mesh", "release": "2.17"},
        "excludedNamespaces": ["batch", "123", "on"],
        "env": [
            {"name": "AUTOFIX_LOG_LEVEL", "value": "debug"},
            {"name": "AUTOFIX_LISTEN", "value": ":10250"},
        ],
        "image": {"repository": "registry.example/autofix", "tag": "1", "pullPolicy": "Always"},
        "imagePullSecrets": [{"name": "pull"}],
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"operator": "Exists"}],
    }
    found = by_name(charted(values, tmp_path))
    spec = found["Deployment", NAME]["spec"]["template"]["spec"]
    [container] = spec["containers"]
    variables = {one["name"]: one["value"] for one in container["env"]}
    assert len(variables) == len(container["env"]), "each is there once"
    assert variables["AUTOFIX_LISTEN"] == ":10250"
    assert variables["AUTOFIX_LINKERD_NAMESPACE"] == "mesh"
    assert variables["AUTOFIX_LINKERD"] == "2.17"
    assert variables["AUTOFIX_LOG_LEVEL"] == "debug"
    assert (container["image"], container["imagePullPolicy"]) == ("registry.example/autofix:1", "Always")
    assert [spec[name] for name in ("imagePullSecrets", "nodeSelector", "tolerations")] == [
        values[name] for name in ("imagePullSecrets", "nodeSelector", "tolerations")
    ]
    for webhook in found["MutatingWebhookConfiguration", NAME]["webhooks"]:
        excluded = webhook["namespaceSelector"]["matchExpressions"][-1]["values"]
        assert excluded[-5:] == ["mesh", NAMESPACE, "batch", "123", "on"]


def test_custom_resources_that_are_listed_are_sent(tmp_path: Path):
    rollouts = {"apiGroups": ["argoproj.io"], "apiVersions": ["v1alpha1"], "resources": ["rollouts"]}
    found = by_name(charted({"customResources": [rollouts]}, tmp_path))
    first, _, webhook = found["MutatingWebhookConfiguration", NAME]["webhooks"]
    assert webhook["rules"] == [{"operations": ["CREATE", "UPDATE"], **rollouts, "scope": "Namespaced"}]
    assert webhook["failurePolicy"] == "Ignore"
    for shared in ("clientConfig", "namespaceSelector", "objectSelector"):
        assert webhook[shared] == first[shared]


@pytest.fixture(scope="module")
def prepared(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster with our Namespace and priority class, and with the kinds of cert-manager and Prometheus."""
    crds = [definition(kind, version) for kind, version in FOREIGN.items()]
    files = [
        yaml.safe_load((DEPLOY / "base" / f"{name}.yaml").read_text())
        for name in ("namespace", "priorityclass")
    ]
    cluster.apply(*crds, *files)
    for crd in crds:
        cluster.kubectl("wait", "--for=condition=Established", f"crd/{crd['metadata']['name']}")
    yield cluster
    for obj in (*crds, *files):
        cluster.kubectl("delete", obj["kind"], obj["metadata"]["name"], "--wait=true")


def definition(kind: str, version: str) -> dict[str, Any]:
    group, _, served = version.partition("/")
    plural = f"{kind.lower()}s"
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {"kind": kind, "plural": plural},
            "scope": "Namespaced",
            "versions": [{"name": served, "served": True, "storage": True, "schema": schema}],
        },
    }


@pytest.mark.parametrize("tool", ["kustomize", "helm"])
@pytest.mark.parametrize("variant", ["base", "all"])
def test_the_api_server_takes_every_object(prepared: Cluster, variant: str, tool: str, tmp_path: Path):
    components, values = VARIANTS[variant]
    text = kustomized(components, tmp_path) if tool == "kustomize" else charted(values, tmp_path)
    answer = prepared.kubectl(
        *("apply", "--dry-run=server", "--validate=strict", "-f", "-"),
        given=text,
    )
    assert answer.out.count("(server dry run)") == len(by_name(text))
    assert "Warning" not in answer.err


def test_the_restricted_pod_security_level_accepts_its_pods(prepared: Cluster, tmp_path: Path):
    deployment = by_name(kustomized([], tmp_path))["Deployment", NAME]
    pod = deployment["spec"]["template"] | {"apiVersion": "v1", "kind": "Pod"}
    pod["metadata"] |= {"name": "probe", "namespace": NAMESPACE}
    create = ("create", "--dry-run=server", "-f", "-")
    assert prepared.kubectl(*create, given=pod).err == ""
    del pod["spec"]["containers"][0]["securityContext"]["capabilities"]
    refused = prepared.kubectl(*create, given=pod, check=False)
    assert 'violates PodSecurity "restricted:latest"' in refused.err


def test_the_configuration_is_as_careful_as_it_has_to_be(tmp_path: Path):
    configuration = by_name(kustomized([], tmp_path))["MutatingWebhookConfiguration", NAME]
    assert configuration["metadata"]["name"] < "linkerd-proxy-injector-webhook-config"
    for webhook in configuration["webhooks"]:
        assert webhook["failurePolicy"] == "Ignore"
        assert webhook["timeoutSeconds"] == 2
        assert webhook["sideEffects"] == "NoneOnDryRun"
        assert webhook["admissionReviewVersions"] == ["v1"]
        assert webhook["matchPolicy"] == "Equivalent"
        rules = [rule for rule in webhook["rules"] if "*" in (*rule["apiGroups"], *rule["resources"])]
        assert rules == []
        excluded = webhook["namespaceSelector"]["matchExpressions"][-1]
        assert {"kube-system", NAMESPACE} <= set(excluded["values"])
    assert configuration["webhooks"][0]["reinvocationPolicy"] == "IfNeeded"
