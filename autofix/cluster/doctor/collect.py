"""Collects the facts for ``autofix doctor``. It stores nothing, and goes on after a refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import ClientError
from msgspec import Struct

from autofix.cluster.doctor.facts import DryRun, Facts
from autofix.cluster.environment import complete_options, read_environment
from autofix.cluster.installation import created_by, tag_of
from autofix.engine.options import Options
from autofix.kubeapi.api_path import VERSION, PathError, label_selector, resource_path
from autofix.kubeapi.client import Api, ApiError
from autofix.kubeapi.list import Resource, read_all
from autofix.kubeapi.types import (
    Deployment,
    EndpointSlice,
    MutatingWebhookConfiguration,
    Secret,
    ServiceReference,
)
from autofix.kubernetes.kinds import DAEMON_SET, DEPLOYMENT, ENDPOINT_SLICE, MUTATING_WEBHOOKS, POD, SECRET
from autofix.linkerd.injection import INJECT
from autofix.linkerd.release import real_keys

T = TypeVar("T")
S = TypeVar("S", bound=Struct)
_COMPONENT: Final = "linkerd.io/control-plane-component"
_CNI: Final = "linkerd-cni"
# Linkerd has never read this key, and many people write it.
WRONG_KEY: Final = "config.linkerd.io/proxy-native-sidecar"
_IMAGE: Final = "registry.k8s.io/pause:3.10"


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
    unknowns: list[str] = []
    path = resource_path(DEPLOYMENT, linkerd_namespace)
    parts = await _all(api, Resource("the control plane's Deployments", path, Deployment), unknowns) or []
    daemons = Resource("the CNI plugin's DaemonSet", resource_path(DAEMON_SET), Deployment, name=_CNI)
    plugins = await _all(api, daemons, unknowns) or []
    whole = Resource(
        "MutatingWebhookConfigurations", resource_path(MUTATING_WEBHOOKS), MutatingWebhookConfiguration
    )
    listed = await _all(api, whole, unknowns)
    configurations = None if listed is None else {item.metadata.name: item for item in listed}
    ready, secret = await _ours(api, _service(configurations or {}, ours), unknowns)
    return Facts(
        environment=environment,
        options=options,
        linkerd_namespace=linkerd_namespace,
        images=_images(parts),
        chart=next((release for part in parts if (release := created_by(part))), ""),
        cni=next(
            (
                tag_of(container.image)
                for plugin in plugins
                for container in plugin.spec.template.spec.containers
            ),
            "",
        ),
        configurations=configurations,
        ours=ours,
        ready=ready,
        secret=secret,
        dry_run=await _try(api, namespace),
        now=datetime.now(UTC),
        unknowns=tuple(unknowns),
    )


async def _read(what: str, answer: Awaitable[T], unknowns: list[str]) -> T | None:
    try:
        return await answer
    except (ApiError, PathError, ClientError, OSError, TimeoutError) as error:
        unknowns.append(f"{what}: {str(error) or type(error).__name__}")
        return None


async def _all(api: Api, resource: Resource[S], unknowns: list[str]) -> list[S] | None:
    return await _read(resource.title, read_all(api, resource), unknowns)


def _service(
    configurations: Mapping[str, MutatingWebhookConfiguration], ours: str
) -> ServiceReference | None:
    webhooks = configurations[ours].webhooks if ours in configurations else None
    services = (webhook.client_config.service for webhook in webhooks or ())
    return next((service for service in services if service), None)


async def _ours(
    api: Api, service: ServiceReference | None, unknowns: list[str]
) -> tuple[int | None, Secret | None]:
    """Count the ready endpoints of our Service, and read our Secret."""
    if service is None:
        return None, None
    secret = await _secret(api, service, unknowns)
    slices = await _read("EndpointSlices", _slices(api, service), unknowns)
    ready = None if slices is None else sum(map(_ready, slices))
    return ready, secret


async def _slices(api: Api, service: ServiceReference) -> list[EndpointSlice]:
    # The names of the Service come from the cluster, and no object may be able to have them.
    labels = label_selector("kubernetes.io/service-name", service.name)
    path = resource_path(ENDPOINT_SLICE, service.namespace)
    return await read_all(api, Resource("EndpointSlices", path, EndpointSlice, labels=labels))


async def _secret(api: Api, service: ServiceReference, unknowns: list[str]) -> Secret | None:
    """Read the Secret with our certificate: the webhook's own, or the one that cert-manager writes."""
    why: list[str] = []
    for name in (f"{service.name}-tls", f"{service.name}-cert"):
        text = await _read(f"Secret {service.namespace}/{name}", _get_secret(api, service, name), why)
        if text and "tls.crt" in ((secret := msgspec.json.decode(text, type=Secret)).data or {}):
            return secret
    unknowns += why[:1]
    return None


async def _get_secret(api: Api, service: ServiceReference, name: str) -> bytes:
    return await api.request("GET", resource_path(SECRET, service.namespace, name))


def _ready(part: EndpointSlice) -> int:
    # No answer means ready (Kubernetes API reference, EndpointConditions).
    return sum(endpoint.conditions.get("ready") is not False for endpoint in part.endpoints or ())


def _images(parts: list[Deployment]) -> dict[str, str]:
    """Return the tag of each part's own container; sidecars and proxies have other releases."""
    images = {}
    for part in parts:
        component = (part.spec.template.metadata.labels or {}).get(_COMPONENT)
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
            "initContainers": [{"name": "sidecar", "image": _IMAGE, "restartPolicy": "Always"}],
            "containers": [{"name": "pause", "image": _IMAGE}],
        },
    }
    try:
        text = await api.request(
            "POST", resource_path(POD, namespace), query={"dryRun": "All"}, body=pod, seconds=30
        )
    except (ApiError, ClientError, OSError, TimeoutError) as error:
        return DryRun(why=str(error) or type(error).__name__)
    stored = msgspec.json.decode(text)
    annotations = stored["metadata"].get("annotations", {})
    containers = stored["spec"]["initContainers"]
    [sidecar] = [container for container in containers if container["name"] == "sidecar"]
    return DryRun(
        sidecars=sidecar.get("restartPolicy") == "Always",
        repaired=any(key in annotations for key in real_keys()) and WRONG_KEY not in annotations,
    )
