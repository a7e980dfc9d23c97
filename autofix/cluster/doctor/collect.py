"""Asking a cluster for what ``autofix doctor`` judges; nothing is stored, and no refusal stops the rest."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec
from aiohttp import ClientError
from msgspec import Struct

from autofix.cluster.doctor.facts import Configuration, Facts, Secret, Service, Tried
from autofix.cluster.environment import completed, surroundings
from autofix.cluster.installation import Deployment, created_by, tag_of
from autofix.engine.options import Options
from autofix.kubeapi.api_path import VERSION, PathError, label_selector, resource_path
from autofix.kubeapi.client import Api, ApiError
from autofix.kubeapi.list import Object, Resource, pages
from autofix.kubernetes.kinds import DAEMON_SET, DEPLOYMENT, ENDPOINT_SLICE, MUTATING_WEBHOOKS, POD, SECRET
from autofix.linkerd.release import real_keys

T = TypeVar("T")
S = TypeVar("S", bound=Struct)
_COMPONENT: Final = "linkerd.io/control-plane-component"
_CNI: Final = "linkerd-cni"
# Linkerd has never read it, and everybody writes it.
WRONG_KEY: Final = "config.linkerd.io/proxy-native-sidecar"
_IMAGE: Final = "registry.k8s.io/pause:3.10"


class _Endpoint(Struct):
    conditions: dict[str, bool | None] = msgspec.field(default_factory=dict)


class _Slice(Object):
    endpoints: list[_Endpoint] | None = None


async def ask(api: Api, chosen: Options, *, linkerd_namespace: str, ours: str, namespace: str) -> Facts:
    """Ask a cluster.

    Args:
        api: the connection.
        chosen: what the user says goes before what the cluster says.
        linkerd_namespace: the control plane's.
        ours: name of our MutatingWebhookConfiguration.
        namespace: where a pod is tried, without being stored.

    Raises:
        ApiError, aiohttp.ClientError, OSError, TimeoutError: when the API server does not tell its version.
    """
    # The first question is not forgiven: without an answer there is nothing to judge.
    await api.request("GET", VERSION)
    around = await surroundings(api, linkerd_namespace)
    options = completed(chosen, around)
    lacking: list[str] = []
    path = resource_path(DEPLOYMENT, linkerd_namespace)
    parts = await _all(api, Resource("the control plane's Deployments", path, Deployment), lacking) or []
    daemons = Resource("the CNI plugin's DaemonSet", resource_path(DAEMON_SET), Deployment, name=_CNI)
    plugins = await _all(api, daemons, lacking) or []
    whole = Resource("MutatingWebhookConfigurations", resource_path(MUTATING_WEBHOOKS), Configuration)
    found = await _all(api, whole, lacking)
    configurations = None if found is None else {one.metadata.name: one for one in found}
    ready, secret = await _ours(api, _service(configurations or {}, ours), lacking)
    return Facts(
        around=around,
        options=options,
        linkerd_namespace=linkerd_namespace,
        images=_images(parts),
        chart=next((release for one in parts if (release := created_by(one))), ""),
        cni=next(
            (tag_of(one.image) for plugin in plugins for one in plugin.spec.template.spec.containers), ""
        ),
        configurations=configurations,
        ours=ours,
        ready=ready,
        secret=secret,
        tried=await _try(api, namespace, native=not _default(options)),
        now=datetime.now(UTC),
        lacking=tuple(lacking),
    )


async def _read(what: str, answer: Awaitable[T], lacking: list[str]) -> T | None:
    try:
        return await answer
    except (ApiError, PathError, ClientError, OSError, TimeoutError) as error:
        lacking.append(f"{what}: {str(error) or type(error).__name__}")
        return None


async def _all(api: Api, resource: Resource[S], lacking: list[str]) -> list[S] | None:
    return await _read(resource.title, _everything(api, resource), lacking)


async def _everything(api: Api, resource: Resource[S]) -> list[S]:
    return [one async for page in pages(api, resource) for one in page.items]


def _service(configurations: Mapping[str, Configuration], ours: str) -> Service | None:
    webhooks = configurations[ours].webhooks if ours in configurations else None
    return next((one.client_config.service for one in webhooks or () if one.client_config.service), None)


async def _ours(api: Api, service: Service | None, lacking: list[str]) -> tuple[int | None, Secret | None]:
    """Count the ready endpoints of our Service, and read our Secret."""
    if service is None:
        return None, None
    secret = await _secret(api, service, lacking)
    slices = await _read("EndpointSlices", _slices(api, service), lacking)
    ready = None if slices is None else sum(map(_ready, slices))
    return ready, secret


async def _slices(api: Api, service: Service) -> list[_Slice]:
    # The service's names come from the cluster: whether they are any is part of the question.
    labels = label_selector("kubernetes.io/service-name", service.name)
    path = resource_path(ENDPOINT_SLICE, service.namespace)
    return await _everything(api, Resource("EndpointSlices", path, _Slice, labels=labels))


async def _secret(api: Api, service: Service, lacking: list[str]) -> Secret | None:
    """Read the Secret with our certificate: the webhook's own, or the one that cert-manager writes."""
    why: list[str] = []
    for name in (f"{service.name}-tls", f"{service.name}-cert"):
        text = await _read(f"Secret {service.namespace}/{name}", _get_secret(api, service, name), why)
        if text and "tls.crt" in ((secret := msgspec.json.decode(text, type=Secret)).data or {}):
            return secret
    lacking += why[:1]
    return None


async def _get_secret(api: Api, service: Service, name: str) -> bytes:
    return await api.request("GET", resource_path(SECRET, service.namespace, name))


def _ready(one: _Slice) -> int:
    # No answer means ready (Kubernetes API reference, EndpointConditions).
    return sum(endpoint.conditions.get("ready") is not False for endpoint in one.endpoints or ())


def _images(parts: list[Deployment]) -> dict[str, str]:
    """Return the tag of each part's own container; sidecars and proxies have other releases."""
    found = {}
    for one in parts:
        component = (one.spec.template.metadata.labels or {}).get(_COMPONENT)
        for container in one.spec.template.spec.containers:
            if component and container.name in (component, f"{component}-controller"):
                found[one.metadata.name] = tag_of(container.image)
    return found


def _default(options: Options) -> bool:
    if options.default is not None:
        return options.default
    return options.release.known and options.release.eras[0].default_native


async def _try(api: Api, namespace: str, *, native: bool) -> Tried:
    """Create a pod that nobody stores: what comes back shows server and webhook at work."""
    pod: dict[str, Any] = {
        "apiVersion": POD.api_version,
        "kind": POD.kind,
        # The other value than the default's, for the webhook repairs only what makes a difference.
        "metadata": {
            "generateName": "autofix-doctor-",
            "annotations": {WRONG_KEY: str(native).lower(), "linkerd.io/inject": "disabled"},
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
        return Tried(why=str(error) or type(error).__name__)
    stored = msgspec.json.decode(text)
    annotations = stored["metadata"].get("annotations", {})
    [sidecar] = [one for one in stored["spec"]["initContainers"] if one["name"] == "sidecar"]
    return Tried(
        sidecars=sidecar.get("restartPolicy") == "Always",
        repaired=any(key in annotations for key in real_keys()) and WRONG_KEY not in annotations,
    )
