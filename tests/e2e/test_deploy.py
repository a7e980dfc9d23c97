"""What is installed: the same objects from kustomize and from Helm, which a real API server takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from control_plane import Cluster
from installing import CONTROL_PLANE, NAME, NAMESPACE
from paths import DEPLOY
from rendering import by_name, charted, kustomized

HA = {"replicas": 3, "failurePolicy": "Fail", "priorityClassName": "system-cluster-critical"}
CLIENT_CA = "linkerd-autofix-client-ca"
ROLE = "linkerd-autofix-upgrades"
# A component of kustomize, and the chart's values that stand for it.
VARIANTS: dict[str, tuple[list[str], dict[str, Any]]] = {
    "base": ([], {}),
    "cert-manager": (["cert-manager"], {"certificates": {"mode": "cert-manager"}}),
    "monitoring": (["monitoring"], {"monitoring": True}),
    "mutate-workloads": (["mutate-workloads"], {"mutateWorkloads": True}),
    "linkerd-upgrades": (["linkerd-upgrades"], {"linkerd": {"upgrades": "always"}}),
    "complete-jobs": (["complete-jobs"], {"completeJobs": True}),
    "ha": (["ha"], HA),
    "client-certificates": (["client-certificates"], {"certificates": {"clientCAConfigMap": CLIENT_CA}}),
    "scan-watch": (["scan-watch"], {"scanWatch": {"enabled": True}}),
    "kubernetes-1.29": (["kubernetes-1.29"], {}),
    "kubernetes-1.29 with cert-manager": (
        ["kubernetes-1.29", "cert-manager"],
        {"certificates": {"mode": "cert-manager"}},
    ),
    "all": (
        [
            *("cert-manager", "linkerd-upgrades", "monitoring", "mutate-workloads", "complete-jobs", "ha"),
            *("client-certificates", "scan-watch"),
        ],
        {
            "certificates": {"mode": "cert-manager", "clientCAConfigMap": CLIENT_CA},
            "linkerd": {"upgrades": "always"},
            "monitoring": True,
            "mutateWorkloads": True,
            "scanWatch": {"enabled": True},
            "completeJobs": True,
            **HA,
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


def version_of(components: list[str]) -> tuple[str, ...]:
    return ("--kube-version", "1.29.15") if "kubernetes-1.29" in components else ()


def comparable(found: Any) -> Any:
    """Variables of a container have no order that counts, nor have volumes."""
    found = json.loads(json.dumps(found))
    if found["kind"] == "Deployment":
        found["spec"]["template"]["spec"].get("volumes", []).sort(key=lambda one: one["name"])
        for container in found["spec"]["template"]["spec"]["containers"]:
            container.get("env", []).sort(key=lambda one: one["name"])
            container.get("volumeMounts", []).sort(key=lambda one: one["name"])
    return found


@pytest.mark.parametrize("helm", ["helm-3", "helm-4"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_chart_and_kustomize_make_the_same_objects(variant: str, helm: str, tmp_path: Path) -> None:
    components, values = VARIANTS[variant]
    one = by_name(kustomized(components, tmp_path))
    other = by_name(charted(values, tmp_path, helm, *version_of(components)))
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
        {"scanWatch": {"enabled": True, "intervalSeconds": 0}},
        {"env": [{"name": "A", "value": 1}]},
        {"certificates": {"clientCA": "ca"}},
        {"networkPolicy": {"apiServer": {"ports": []}}},
        {"networkPolicy": {"apiServer": {"ports": ["https"]}}},
        {"networkPolicy": {"dns": {"ports": [0]}}},
        {"networkPolicy": {"admin": {"from": [{}]}}},
        {"networkPolicy": {"https": {"from": ["10.0.0.0/8"]}}},
        {"linkerd": {"upgrades": True}},
        {"customResources": [{"apiGroups": ["argoproj.io"], "resources": ["rollouts"]}]},
    ],
)
def test_values_that_make_no_sense_are_refused(values: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="values don't meet the specifications"):
        charted(values, tmp_path)


def test_further_values_end_where_they_belong(tmp_path: Path) -> None:
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


def test_custom_resources_that_are_listed_are_sent(tmp_path: Path) -> None:
    rollouts = {"apiGroups": ["argoproj.io"], "apiVersions": ["v1alpha1"], "resources": ["rollouts"]}
    found = by_name(charted({"customResources": [rollouts]}, tmp_path))
    first, _, webhook = found["MutatingWebhookConfiguration", NAME]["webhooks"]
    assert webhook["rules"] == [{"operations": ["CREATE", "UPDATE"], **rollouts, "scope": "Namespaced"}]
    assert webhook["failurePolicy"] == "Ignore"
    for shared in ("clientConfig", "namespaceSelector", "objectSelector"):
        assert webhook[shared] == first[shared]


@pytest.fixture(scope="module")
def prepared(cluster: Cluster) -> Iterator[Cluster]:
    """A cluster with our Namespace and Linkerd's, and with the kinds of cert-manager and Prometheus."""
    crds = [definition(kind, version) for kind, version in FOREIGN.items()]
    namespace = yaml.safe_load((DEPLOY / "base" / "namespace.yaml").read_text())
    linkerd = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": CONTROL_PLANE}}
    cluster.apply(*crds, namespace, linkerd)
    for crd in crds:
        cluster.kubectl("wait", "--for=condition=Established", f"crd/{crd['metadata']['name']}")
    yield cluster
    for obj in (*crds, namespace, linkerd):
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
def test_the_api_server_takes_every_object(
    prepared: Cluster, variant: str, tool: str, tmp_path: Path
) -> None:
    components, values = VARIANTS[variant]
    text = kustomized(components, tmp_path) if tool == "kustomize" else charted(values, tmp_path)
    answer = prepared.kubectl(
        *("apply", "--dry-run=server", "--validate=strict", "-f", "-"),
        given=text,
    )
    assert answer.out.count("(server dry run)") == len(by_name(text))
    assert "Warning" not in answer.err


@pytest.mark.parametrize(("namespace", "rendered"), [(CONTROL_PLANE, True), ("absent", False)])
@pytest.mark.parametrize("helm", ["helm-3", "helm-4"])
def test_the_chart_makes_the_role_in_linkerds_namespace_where_that_is(
    prepared: Cluster, helm: str, namespace: str, rendered: bool, tmp_path: Path
) -> None:
    asked = ("--dry-run=server", "--kubeconfig", str(prepared.kubeconfig))
    values = {"linkerd": {"namespace": namespace}, "createNamespace": False}
    objects = by_name(charted(values, tmp_path, helm, *asked))
    assert (("Role", ROLE) in objects) is rendered
    # Without a cluster nobody knows.
    assert ("Role", ROLE) not in by_name(charted(values, tmp_path, helm))


def test_the_role_in_linkerds_namespace_can_be_made_later_and_alone(prepared: Cluster) -> None:
    folder = str(DEPLOY / "components" / "linkerd-upgrades")
    answer = prepared.kubectl("apply", "--dry-run=server", "--validate=strict", "-k", folder)
    assert answer.out.count("(server dry run)") == 2


def test_no_object_of_the_base_is_in_linkerds_namespace(tmp_path: Path) -> None:
    """It need not be there when the base is applied."""
    objects = by_name(kustomized([], tmp_path))
    assert {obj["metadata"].get("namespace") for obj in objects.values()} == {None, NAMESPACE}


@pytest.mark.parametrize("name", [NAME, f"{NAME}-scan"])
def test_the_restricted_pod_security_level_accepts_its_pods(
    prepared: Cluster, name: str, tmp_path: Path
) -> None:
    deployment = by_name(kustomized(["scan-watch"], tmp_path))["Deployment", name]
    pod = deployment["spec"]["template"] | {"apiVersion": "v1", "kind": "Pod"}
    pod["metadata"] |= {"name": "probe", "namespace": NAMESPACE}
    create = ("create", "--dry-run=server", "-f", "-")
    assert prepared.kubectl(*create, given=pod).err == ""
    del pod["spec"]["containers"][0]["securityContext"]["capabilities"]
    refused = prepared.kubectl(*create, given=pod, check=False)
    assert 'violates PodSecurity "restricted:latest"' in refused.err


def test_the_configuration_is_as_careful_as_it_has_to_be(tmp_path: Path) -> None:
    configuration = by_name(kustomized([], tmp_path))["MutatingWebhookConfiguration", NAME]
    assert configuration["metadata"]["name"] < "linkerd-proxy-injector-webhook-config"
    for webhook in configuration["webhooks"]:
        assert webhook["failurePolicy"] == "Ignore"
        assert webhook["timeoutSeconds"] == 2
        assert webhook["sideEffects"] == "NoneOnDryRun"
        assert webhook["admissionReviewVersions"] == ["v1"]
        assert webhook["matchPolicy"] == "Equivalent"
        # What is written after the injector's only call comes too late, and would be told as repaired.
        assert webhook["reinvocationPolicy"] == "Never"
        rules = [rule for rule in webhook["rules"] if "*" in (*rule["apiGroups"], *rule["resources"])]
        assert rules == []
        excluded = webhook["namespaceSelector"]["matchExpressions"][-1]
        assert {"kube-system", NAMESPACE} <= set(excluded["values"])


def test_the_webhook_is_not_mixed_up_with_the_watch(tmp_path: Path) -> None:
    """Whatever selects the webhook's pods must not select the pod of the watch, nor the reverse."""
    found = by_name(kustomized(["monitoring", "scan-watch"], tmp_path))
    for name in (NAME, f"{NAME}-scan"):
        labels = found["Deployment", name]["spec"]["template"]["metadata"]["labels"]
        assert labels == found["Deployment", name]["spec"]["selector"]["matchLabels"]
        assert labels == found["NetworkPolicy", name]["spec"]["podSelector"]["matchLabels"]
        assert labels == found["Service", f"{name}-metrics"]["spec"]["selector"]
        assert labels == {"app.kubernetes.io/name": name}


def test_the_policies_name_the_namespace_of_the_release(tmp_path: Path) -> None:
    text = charted({}, tmp_path, "helm-3", "--namespace", "elsewhere")
    policies = [found for (kind, _), found in by_name(text).items() if kind == "ValidatingAdmissionPolicy"]
    assert len(policies) == 3
    for found in policies:
        [condition] = found["spec"]["matchConditions"]
        account = f"system:serviceaccount:elsewhere:{NAME}"
        assert condition["expression"] == f"request.userInfo.username == '{account}'"
    secret = by_name(text)["ValidatingAdmissionPolicy", f"{NAME}-secret"]
    assert "request.namespace == 'elsewhere'" in secret["spec"]["validations"][0]["expression"]


@pytest.mark.parametrize("tool", ["kustomize", "helm"])
def test_without_the_policies_the_webhook_may_make_no_secret(tool: str, tmp_path: Path) -> None:
    """Whoever may make Secrets in a Namespace makes himself tokens of its ServiceAccounts."""
    components = ["kubernetes-1.29"]
    text = (
        kustomized(components, tmp_path)
        if tool == "kustomize"
        else charted({}, tmp_path, "helm-3", *version_of(components))
    )
    found = by_name(text)
    assert [kind for kind, _ in found if kind.startswith("ValidatingAdmissionPolicy")] == []
    verbs = [verb for rule in found["Role", NAME]["rules"] for verb in rule["verbs"]]
    assert verbs == ["list", "watch", "patch"]


def test_no_priority_class_is_made_that_others_could_use(tmp_path: Path) -> None:
    for components, values in VARIANTS.values():
        assert "PriorityClass" not in {kind for kind, _ in by_name(kustomized(components, tmp_path))}
        assert "PriorityClass" not in {kind for kind, _ in by_name(charted(values, tmp_path))}
