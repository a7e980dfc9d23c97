"""What the reader knows of programs: resource types, options with values, known prefixes and options."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from autofix.kubernetes.kinds import KINDS, NAMESPACE
from autofix.readers.kinds import TARGETS
from autofix.readers.model import Delivery, Target

# Kinds of others that make pods: Argo's and OpenShift's.
_WORKLOADS: Final = {
    "Rollout": "rollout rollouts ro",
    "DeploymentConfig": "deploymentconfig deploymentconfigs dc",
}
# Kinds that make none. Source: `kubectl api-resources`.
_OTHERS: Final = {
    "Service": "service services svc",
    "ServiceAccount": "serviceaccount serviceaccounts sa",
    "ConfigMap": "configmap configmaps cm",
    "Secret": "secret secrets",
    "Ingress": "ingress ingresses ing",
    "Node": "node nodes no",
}
# What kubectl calls the kinds, without their API group; OpenShift calls a Namespace a project.
RESOURCES: Final[Mapping[str, tuple[Target, str]]] = MappingProxyType(
    {word: (TARGETS[kind.kind], kind.kind) for kind in KINDS for word in kind.words}
    | dict.fromkeys(("project", "projects"), (Target.NAMESPACE, NAMESPACE.kind))
    | {word: (Target.WORKLOAD, kind) for kind, words in _WORKLOADS.items() for word in words.split()}
    | {word: (Target.OTHER, kind) for kind, words in _OTHERS.items() for word in words.split()}
)

# Options of kubectl that take a value. Source: `kubectl options`, and `kubectl annotate | label | patch |
# run | create --help`.
KUBECTL_VALUED: Final = frozenset(
    {
        *("-n", "-l", "-f", "-k", "-o", "-p", "-s", "-v", "--namespace", "--selector", "--filename"),
        *("--kustomize", "--output", "--patch", "--server", "--v", "--context", "--kubeconfig", "--cluster"),
        *("--user", "--as", "--as-group", "--as-uid", "--token", "--request-timeout", "--cache-dir"),
        *("--certificate-authority", "--client-certificate", "--client-key", "--profile"),
        *("--profile-output", "--tls-server-name", "--password", "--username", "--vmodule"),
        *("--field-selector", "--field-manager", "--resource-version", "--template", "--patch-file"),
        *("--type", "--subresource", "--image", "--annotations", "--annotation", "--labels", "--overrides"),
        *("--override-type", "--env", "--image-pull-policy", "--port", "--restart", "--timeout"),
        *("--pod-running-timeout", "--grace-period", "--prune-allowlist", "--serviceaccount", "--class"),
        *("--rule", "--default-backend", "--schedule", "--from", "--replicas", "--raw"),
    }
)

# Options of Helm that take a value. Source: `helm upgrade --help`, `helm template --help`.
HELM_VALUED: Final = frozenset(
    {
        *("-n", "-f", "--namespace", "--values", "--version", "--repo", "--kube-context", "--kubeconfig"),
        *("--timeout", "--history-max", "--description", "--username", "--password", "--ca-file"),
        *("--cert-file", "--key-file", "--keyring", "--post-renderer", "--post-renderer-args", "--output"),
        *("-o", "--name-template", "--kube-version", "--api-versions", "-a", "--output-dir", "-s"),
        *("--show-only", "--kube-as-user", "--kube-as-group", "--kube-token", "--kube-apiserver", "-l"),
        *("--labels", "--release-name", "--environment", "-e", "--selector", "-p", "--profile", "-m"),
        *("--dry-run-option", "--kube-ca-file", "--burst-limit", "--qps", "--registry-config"),
    }
)


class ValueOption(NamedTuple):
    """An option that sets a value of a Helm chart.

    Attributes:
        delivery: how its values reach the chart.
        to_string: the option that sets the same value as a string; empty if there is none.
        is_json: whether its values are JSON.
        is_literal: whether all behind the first equals sign is one value, without escapes.
    """

    delivery: Delivery
    to_string: str = ""
    is_json: bool = False
    is_literal: bool = False


# Source: https://helm.sh/docs/helm/helm_upgrade/, https://helm.sh/docs/intro/using_helm/; `skaffold dev
# --help`; `argocd app set --help` (the options with "helm-").
VALUE_OPTIONS: Final[Mapping[str, ValueOption]] = MappingProxyType(
    {
        "--set": ValueOption(Delivery.TYPED, "--set-string"),
        "--set-string": ValueOption(Delivery.TEXT),
        "--set-json": ValueOption(Delivery.WRITTEN, is_json=True),
        "--set-literal": ValueOption(Delivery.TEXT, is_literal=True),
        "--set-file": ValueOption(Delivery.EXPRESSION),
        "--set-value": ValueOption(Delivery.TYPED),
        "--helm-set": ValueOption(Delivery.TYPED, "--helm-set-string"),
        "--helm-set-string": ValueOption(Delivery.TEXT),
        "--helm-set-file": ValueOption(Delivery.EXPRESSION),
    }
)
