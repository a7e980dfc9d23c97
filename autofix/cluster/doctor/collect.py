"""Collects the facts for ``autofix doctor``. It stores nothing, and goes on after a refusal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar

from aiohttp import ClientError
from msgspec import Struct

from autofix.cluster.deployment import (
    CertificateSource,
    certificate_source,
    deployments_in,
    labels_of,
    our_deployment,
)
from autofix.cluster.doctor.facts import DryRun, Facts, Gap
from autofix.cluster.environment import complete_options, read_environment
from autofix.cluster.installation import config_in, created_by, tag_of
from autofix.cluster.linkerd_names import COMPONENT
from autofix.cluster.webhook_order import CONFIGURATIONS
from autofix.engine.options import Options
from autofix.kubeapi.api_path import VERSION, PathError, label_selector, resource_path
from autofix.kubeapi.client import Api, ApiError, decoded
from autofix.kubeapi.deployment_types import Deployment
from autofix.kubeapi.list import Resource, read_all
from autofix.kubeapi.service_types import ConfiguredDeployment, EndpointSlice
from autofix.kubeapi.types import (
    ConfigMap,
    MutatingWebhookConfiguration,
    Object,
    Secret,
    ServiceReference,
)
from autofix.kubeapi.workload_types import ScannedPod
from autofix.kubernetes.kinds import (
    CONFIG_MAP,
    DAEMON_SET,
    DEPLOYMENT,
    ENDPOINT_SLICE,
    NAMESPACE,
    POD,
    SECRET,
    Kind,
)
from autofix.linkerd.injection import INJECT
from autofix.linkerd.release import real_keys

T = TypeVar("T")
S = TypeVar("S", bound=Struct)
_CNI: Final = "linkerd-cni"
# Linkerd has never read this key, and many people write it.
WRONG_KEY: Final = "config.linkerd.io/proxy-native-sidecar"
# What Pod Security of the level "restricted" and most quotas ask for: they would refuse another pod.
# Source: Kubernetes documentation, "Pod Security Standards" and "Resource Quotas".
_POD_SECURITY: Final = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
_CONTAINER: Final = {
    "image": "registry.k8s.io/pause:3.10",
    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    "resources": {
        "requests": {"cpu": "1m", "memory": "1Mi"},
        "limits": {"cpu": "1m", "memory": "1Mi"},
    },
}


async def collect_facts(
    api: Api, options: Options, *, linkerd_namespace: str, ours: str, namespace: str
) -> Facts:
    """Collect the facts about a cluster.

    Args:
        api: the connection.
        options: the user's; they come before what the cluster says.
        linkerd_namespace: the control plane's.
        ours: name of our MutatingWebhookConfiguration.
        namespace: where a pod is created in a dry run.

    Returns:
        The facts.

    Raises:
        ApiError, aiohttp.ClientError, OSError, TimeoutError: when the API server does not tell its version.
    """
    # This request may fail: without its answer there is nothing to check.
    await api.request("GET", VERSION)
    environment = await read_environment(api, linkerd_namespace)
    options = complete_options(options, environment)
    gaps: list[Gap] = []
    path = resource_path(DEPLOYMENT, linkerd_namespace)
    parts = await _all(api, Resource(f"Deployments in {linkerd_namespace}", path, Deployment), gaps) or []
    daemons = Resource(f"DaemonSet {_CNI}", resource_path(DAEMON_SET), Deployment, name=_CNI)
    plugins = await _all(api, daemons, gaps) or []
    listed = await _all(api, CONFIGURATIONS, gaps)
    configurations = None if listed is None else {item.metadata.name: item for item in listed}
    service = _service(configurations or {}, ours)
    deployment = await _deployment(api, service, ours, gaps)
    source = certificate_source(deployment) if deployment else None
    return Facts(
        environment=environment,
        options=options,
        linkerd_namespace=linkerd_namespace,
        images=_images(parts),
        chart=next((release for part in parts if (release := created_by(part))), ""),
        cni=_first_tag(plugins),
        config=await _config(api, linkerd_namespace, gaps),
        configurations=configurations,
        ours=ours,
        service=service,
        labels=labels_of(deployment) if deployment else "",
        source=source,
        ready=await _ready(api, service, gaps),
        secret=await _secret(api, source, gaps),
        namespace=namespace,
        namespace_labels=await _labels(api, namespace, gaps),
        dry_run=await _try(api, namespace),
        now=datetime.now(UTC),
        gaps=tuple(gaps),
    )


async def _read(what: str, answer: Awaitable[T], gaps: list[Gap]) -> T | None:
    try:
        return await answer
    except (ApiError, PathError, ClientError, OSError, TimeoutError) as error:
        is_absent = isinstance(error, ApiError) and error.status == HTTPStatus.NOT_FOUND
        gaps.append(Gap(what, str(error) or type(error).__name__, is_absent))
        return None


async def _all(api: Api, resource: Resource[S], gaps: list[Gap]) -> list[S] | None:
    return await _read(resource.title, read_all(api, resource), gaps)


async def _get(api: Api, kind: Kind, namespace: str | None, name: str, type_: type[S]) -> S:
    # The names may come from the cluster, and no object may be able to have them.
    return decoded(await api.request("GET", resource_path(kind, namespace, name)), type_)


def _service(
    configurations: Mapping[str, MutatingWebhookConfiguration], ours: str
) -> ServiceReference | None:
    webhooks = configurations[ours].webhooks if ours in configurations else None
    services = (webhook.client_config.service for webhook in webhooks or ())
    return next((service for service in services if service), None)


async def _deployment(
    api: Api, service: ServiceReference | None, ours: str, gaps: list[Gap]
) -> ConfiguredDeployment | None:
    """Find our Deployment."""
    if service is None:
        return None

    async def answer() -> list[ConfiguredDeployment]:
        return await read_all(api, deployments_in(service.namespace))

    title = f"our Deployment in {service.namespace}"
    deployments = await _read(title, answer(), gaps)
    deployment = our_deployment(deployments or (), ours)
    if deployment is None and deployments is not None:
        gaps.append(Gap(title, "none there has the settings of the webhook", is_absent=True))
    return deployment


async def _ready(api: Api, service: ServiceReference | None, gaps: list[Gap]) -> int | None:
    """Count the ready endpoints of our Service."""
    if service is None:
        return None

    async def answer() -> list[EndpointSlice]:
        labels = label_selector("kubernetes.io/service-name", service.name)
        path = resource_path(ENDPOINT_SLICE, service.namespace)
        return await read_all(api, Resource("EndpointSlices", path, EndpointSlice, labels=labels))

    slices = await _read("EndpointSlices", answer(), gaps)
    if slices is None:
        return None
    # A pod with addresses of two types is in slices of both.
    numbers: Counter[str] = Counter()
    for part in slices:
        # No answer means ready (Kubernetes API reference, EndpointConditions).
        numbers[part.address_type] += sum(
            endpoint.conditions.get("ready") is not False for endpoint in part.endpoints or ()
        )
    return max(numbers.values(), default=0)


async def _secret(api: Api, source: CertificateSource | None, gaps: list[Gap]) -> Secret | None:
    if source is None:
        return None
    name = f"Secret {source.namespace}/{source.secret}"
    return await _read(name, _get(api, SECRET, source.namespace, source.secret, Secret), gaps)


async def _config(api: Api, linkerd_namespace: str, gaps: list[Gap]) -> ConfigMap | None:
    name = config_in(linkerd_namespace).name or ""
    answer = _get(api, CONFIG_MAP, linkerd_namespace, name, ConfigMap)
    return await _read(f"ConfigMap {linkerd_namespace}/{name}", answer, gaps)


async def _labels(api: Api, namespace: str, gaps: list[Gap]) -> Mapping[str, str] | None:
    answer = await _read(f"Namespace {namespace}", _get(api, NAMESPACE, None, namespace, Object), gaps)
    return (answer.metadata.labels or {}) if answer else None


def _first_tag(plugins: list[Deployment]) -> str:
    containers = (container for plugin in plugins for container in plugin.spec.template.spec.containers)
    return next((tag_of(container.image) for container in containers), "")


def _images(parts: list[Deployment]) -> dict[str, str]:
    """Return the tag of each part's own container; sidecars and proxies have other releases."""
    images = {}
    for part in parts:
        component = (part.spec.template.metadata.labels or {}).get(COMPONENT)
        for container in part.spec.template.spec.containers:
            if component and container.name in (component, f"{component}-controller"):
                images[part.metadata.name] = tag_of(container.image)
    return images


async def _try(api: Api, namespace: str) -> DryRun:
    """Create a pod in a dry run: the answer shows what the API server and the webhook do with it."""
    pod: dict[str, Any] = {
        "apiVersion": POD.api_version,
        "kind": POD.kind,
        # The webhook repairs only a pod that gets a proxy, and no gate withholds the fix of a "false".
        "metadata": {
            "generateName": "autofix-doctor-",
            "annotations": {WRONG_KEY: "false", INJECT: "enabled"},
        },
        "spec": {
            "securityContext": _POD_SECURITY,
            "initContainers": [{**_CONTAINER, "name": "sidecar", "restartPolicy": "Always"}],
            "containers": [{**_CONTAINER, "name": "pause"}],
        },
    }
    try:
        text = await api.request(
            "POST", resource_path(POD, namespace), query={"dryRun": "All"}, body=pod, seconds=30
        )
        stored = decoded(text, ScannedPod)
    except (ApiError, ClientError, OSError, TimeoutError) as error:
        return DryRun(why=str(error) or type(error).__name__)
    annotations = stored.metadata.annotations or {}
    containers = stored.spec.init_containers or ()
    return DryRun(
        sidecars=any(part.name == "sidecar" and part.restart_policy == "Always" for part in containers),
        repaired=any(key in annotations for key in real_keys()) and WRONG_KEY not in annotations,
    )
