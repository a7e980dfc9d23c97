"""Every function that asks the API server, and how to call it with a name of somebody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec
from api_server import CONFIGURATIONS, ApiServer
from builders import WRONG, pod

import autofix
from autofix.cluster.doctor.collect import collect_facts
from autofix.cluster.environment import read_environment
from autofix.cluster.evaluate import Evaluation
from autofix.cluster.inventory import read_cluster
from autofix.cluster.managers import read_managers
from autofix.cluster.models import Reference, live_object
from autofix.cluster.probe import _injection, _remove, _watched, probe
from autofix.cluster.repair import repair
from autofix.cluster.scope import NamedObject, Scope
from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import Api, ApiError
from autofix.kubeapi.informer import Informer, _watch
from autofix.kubeapi.list import Resource, pages
from autofix.kubeapi.types import (
    BuiltInObject,
    MutatingWebhook,
    MutatingWebhookConfiguration,
    Object,
    ObjectMetadata,
)
from autofix.kubernetes.kinds import KINDS, NAMESPACE, POD, Kind
from webhook.admission.answers import Answer, Outcome
from webhook.admission.names import Checked
from webhook.admission.request import Request
from webhook.certificates.ca_bundle import publish
from webhook.certificates.renewal import renew
from webhook.certificates.rotator import Rotator, _write, make_policy
from webhook.certificates.tls import ServedCertificate
from webhook.cluster.events import send_events
from webhook.cluster.state import _version
from webhook.cluster.webhook_configurations import make_configurations
from webhook.serving.metrics import make_metrics
from webhook.settings import Settings

OPTIONS = autofix.options(release="2.17")
PLAIN = "plain-1"


@dataclass(frozen=True)
class Call:
    """How to call some functions.

    Attributes:
        functions: what is called, as module:name.
        drive: calls it with a name in each place where there may be one.
        paths: where it may lead; a star is one segment.
    """

    functions: tuple[str, ...]
    drive: Callable[[Api, ApiServer, str], Awaitable[None]]
    paths: tuple[str, ...]


async def attempt(work: Callable[[], Awaitable[Any]]) -> None:
    """Call; a clear error is as good as an answer. Half a surrogate pair comes back as no JSON."""
    with suppress(autofix.AutofixError, ApiError, msgspec.DecodeError):
        await work()


async def listed(api: Api, _: ApiServer, name: str) -> None:
    async def whole(make: Callable[[], Resource[Any]]) -> None:
        async for _ in pages(api, make()):
            pass

    await attempt(lambda: whole(lambda: Resource("pods", resource_path(POD, name), Object)))
    await attempt(lambda: whole(lambda: Resource("pods", resource_path(POD, "shop"), Object, name)))
    await attempt(
        lambda: whole(lambda: Resource("things", resource_path(Kind("", "v1", "Thing", name)), Object))
    )


async def learned(api: Api, _: ApiServer, name: str) -> None:
    await attempt(lambda: read_environment(api, name))


async def repaired(api: Api, server: ApiServer, name: str) -> None:
    for namespace, own in ((name, "web"), ("shop", name)):
        live = pod({WRONG: "true"}, name=own, namespace=namespace, resourceVersion="1")
        document = live_object(POD, msgspec.convert(live, BuiltInObject)).document
        server.answers[f"/api/v1/namespaces/{namespace}/pods/{own}"] = live
        evaluation = Evaluation(
            Reference("v1", "Pod", namespace, own), document, autofix.fix(document, release="2.17"), POD
        )
        await attempt(partial(repair, api, evaluation, dry_run=True))
        await attempt(partial(read_managers, api, [evaluation]))
    around = Evaluation(Reference("v1", "Namespace", "", name), {}, evaluation.result, NAMESPACE)
    await attempt(partial(repair, api, around, dry_run=True))
    await attempt(partial(read_managers, api, [around]))


async def discovered(api: Api, server: ApiServer, name: str) -> None:
    async def reading(custom: str, namespace: str = "") -> None:
        await attempt(
            lambda: read_cluster(
                api, Scope((), (custom,), (namespace,) if namespace else ()), lambda *_: None
            )
        )

    # What the API server says of itself leads nowhere else either.
    server.answers["/apis/argoproj.io"] = {"preferredVersion": {"groupVersion": f"argoproj.io/{name}"}}
    for custom in (f"rollouts.{name}", f"{name}.argoproj.io", "rollouts.argoproj.io"):
        await reading(custom)
    plural = name.partition(".")[0]
    server.answers["/apis/argoproj.io"] = {"preferredVersion": {"groupVersion": "argoproj.io/v1"}}
    server.answers["/apis/argoproj.io/v1"] = {"resources": [{"name": plural, "kind": "Odd"}]}
    await reading(f"{plural}.argoproj.io", PLAIN)


async def read(api: Api, _: ApiServer, name: str) -> None:
    await attempt(
        lambda: read_cluster(
            api, Scope((POD, NAMESPACE), (), (name,), targets=(NamedObject(POD, name),)), lambda *_: None
        )
    )


async def probed(api: Api, _: ApiServer, name: str) -> None:
    def silent(_: str) -> None:
        return

    await attempt(
        lambda: probe(api, options=OPTIONS, key=name, image=name, seconds=-1, keep=False, say=silent)
    )
    explain = partial(_injection, namespace={}, options=OPTIONS)
    await attempt(lambda: _watched(api, name, -1, silent, explain))
    await attempt(lambda: _remove(api, name, silent))


async def doctored(api: Api, server: ApiServer, name: str) -> None:
    for namespace, service in ((PLAIN, name), (name, PLAIN)):
        client = {"service": {"name": service, "namespace": namespace}}
        ours = {"metadata": {"name": "ours"}, "webhooks": [{"name": "a", "clientConfig": client}]}
        server.answers[CONFIGURATIONS] = {"metadata": {"resourceVersion": "1"}, "items": [ours]}
        # The settings of the webhook name its Secret.
        container = {
            "name": "webhook",
            "env": [{"name": "AUTOFIX_TLS_SECRET", "value": f"{namespace}/{name}"}],
        }
        deployment = {"metadata": {"name": name}, "spec": {"template": {"spec": {"containers": [container]}}}}
        listed = {"metadata": {"resourceVersion": "1"}, "items": [deployment]}
        server.answers[f"/apis/apps/v1/namespaces/{PLAIN}/deployments"] = listed
        for linkerd, own, tried in (
            ("linkerd", "ours", "shop"),
            (name, name, "shop"),
            ("linkerd", "ours", name),
        ):
            names = {"linkerd_namespace": linkerd, "ours": own, "namespace": tried}
            await attempt(partial(collect_facts, api, OPTIONS, **names))


async def published(api: Api, _: ApiServer, name: str) -> None:
    metadata = ObjectMetadata(name=name, resource_version="1")
    configuration = MutatingWebhookConfiguration(metadata=metadata, webhooks=[MutatingWebhook(name=name)])
    await attempt(lambda: publish(api, configuration, name))


async def watched(api: Api, server: ApiServer, name: str) -> None:
    async def opened(namespace: str, own: str | None) -> None:
        informer: Informer[Any, Any] = Informer(
            Resource("pods", resource_path(POD, namespace), Object, own), lambda obj: obj
        )
        informer.position = "1"
        before, task = server.opened, asyncio.create_task(_watch(api, informer))
        await server.until(lambda: server.opened > before)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await attempt(lambda: opened(name, None))
    await attempt(lambda: opened("shop", name))


async def asked_for_its_version(api: Api, server: ApiServer, _: str) -> None:
    server.answers["/version"] = {"gitVersion": "v1.34.0"}
    await attempt(lambda: _version(api))


async def told(api: Api, server: ApiServer, name: str) -> None:
    def owned(namespace: str, api_version: str, kind: str, own: str) -> Request:
        owner = {"apiVersion": api_version, "kind": kind, "name": own, "uid": "1", "controller": True}
        obj = {"metadata": {"ownerReferences": [owner]}}
        return Request("1", kind=Checked("Pod"), namespace=Checked(namespace), object=obj)

    async with send_events(api, make_metrics(), "replica") as notify:
        for api_version, kind in (("apps/v1", "ReplicaSet"), ("batch/v1", "Job"), (name, name)):
            notify(owned(name, api_version, kind, "web"), Answer(Outcome.FIXED))
            notify(owned("shop", api_version, kind, name), Answer(Outcome.FIXED))
        # They are sent in turn: when this one is there, the others are.
        notify(owned("shop", "apps/v1", "StatefulSet", "the-last-one"), Answer(Outcome.FIXED))
        await server.until(lambda: any(b"the-last-one" in one.body for one in server.asked))


async def kept(api: Api, _: ApiServer, name: str) -> None:
    policy = make_policy(Settings(tls_secret="a/b", tls_names="web.svc"))  # noqa: S106  # no secret
    bundle, _reason = renew(None, policy, api.clock.now(), published=True)

    async def written(namespace: str, own: str) -> None:
        rotator = Rotator(api, namespace, own, policy, "", make_configurations(), ServedCertificate())
        await _write(rotator, None, bundle)
        await _write(rotator, rotator.secret.objects[f"{namespace}/{own}"], bundle)

    await attempt(lambda: written(name, "tls"))
    await attempt(lambda: written("shop", name))


def anywhere(kind: Kind) -> tuple[str, str]:
    root = f"/apis/{kind.api_version}" if "/" in kind.api_version else f"/api/{kind.api_version}"
    return f"{root}/{kind.plural}", f"{root}/namespaces/*/{kind.plural}"


AROUND = (
    "/version",
    "/apis/apps/v1/namespaces/*/deployments/linkerd-proxy-injector",
    "/api/v1/namespaces/*/configmaps/linkerd-config",
    "/apis/apps/v1/namespaces/*/replicasets",
    "/api/v1/namespaces/*/pods",
)
READ = (
    "/api/v1/namespaces/*",
    "/api/v1/namespaces/*/pods/*",
    *(path for kind in KINDS for path in anywhere(kind)),
)
CALLS = (
    Call(("autofix.kubeapi.list:pages",), listed, ("/api/v1/namespaces/*/pods", "/api/v1/*")),
    Call(
        ("autofix.cluster.environment:read_environment", "autofix.cluster.environment:_get"), learned, AROUND
    ),
    Call(
        (
            "autofix.cluster.repair:repair",
            *("autofix.cluster.managers:read_managers", "autofix.cluster.managers:read"),
        ),
        repaired,
        ("/api/v1/namespaces/*/pods/*", "/api/v1/namespaces/*"),
    ),
    Call(
        ("autofix.cluster.custom_resources:find_resource",),
        discovered,
        (
            *("/apis/*", "/apis/argoproj.io/*", "/apis/argoproj.io/v1/namespaces/plain-1/*"),
            *("/api/v1/namespaces", "/api/v1/namespaces/plain-1"),
        ),
    ),
    Call(("autofix.cluster.inventory:_read", "autofix.cluster.inventory:_owner"), read, READ),
    Call(
        tuple(f"autofix.cluster.probe:{name}" for name in ("probe", "_namespace", "_remove")),
        probed,
        (
            *("/api/v1/namespaces", "/api/v1/namespaces/*", "/apis/batch/v1/namespaces/*/jobs"),
            *("/api/v1/namespaces/*/pods", "/api/v1/namespaces/*/events"),
        ),
    ),
    Call(
        tuple(f"autofix.cluster.doctor.collect:{name}" for name in ("collect_facts", "_get", "_try")),
        doctored,
        (
            *AROUND,
            *("/apis/apps/v1/namespaces/*/deployments", "/apis/apps/v1/daemonsets", CONFIGURATIONS),
            *("/api/v1/namespaces/*/secrets/*", "/api/v1/namespaces/*/pods"),
            "/apis/discovery.k8s.io/v1/namespaces/*/endpointslices",
            "/api/v1/namespaces/*",
        ),
    ),
    Call(("webhook.certificates.ca_bundle:publish",), published, (f"{CONFIGURATIONS}/*",)),
    Call(("autofix.kubeapi.informer:_watch",), watched, ("/api/v1/namespaces/*/pods",)),
    Call(("webhook.cluster.state:_version",), asked_for_its_version, ("/version",)),
    Call(
        ("webhook.cluster.events:_send", "webhook.cluster.events:_workload"),
        told,
        (
            "/apis/events.k8s.io/v1/namespaces/*/events",
            *("/apis/apps/v1/namespaces/*/replicasets/*", "/apis/batch/v1/namespaces/*/jobs/*"),
        ),
    ),
    Call(
        ("webhook.certificates.rotator:_write",),
        kept,
        ("/api/v1/namespaces/*/secrets", "/api/v1/namespaces/*/secrets/*"),
    ),
)
