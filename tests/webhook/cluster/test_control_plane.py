"""The watches of Linkerd's control plane: an upgrade step by step, and Helm values that cannot be read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from api_server import ApiServer, api_server
from builders import ALPHA, GA, WRONG, pod
from linkerd_objects import (
    CONFIGS,
    DEPLOYMENTS,
    INJECTOR,
    PODS,
    SETS,
    deployment,
    injector_pod,
    replica_set,
    values,
)

import autofix
from autofix.kubeapi.client import connect
from webhook.admission.state import ClusterState
from webhook.cluster.state import watch_cluster
from webhook.serving.metrics import Metrics, make_metrics
from webhook.settings import Settings

OLD, NEW = "edge-24.10.1", "edge-26.8.3"
IMAGE, ROLLOUT = f"image of Deployment {INJECTOR}", f"rollout of Deployment {INJECTOR}"
FORBIDDEN = 403


def gone(server: ApiServer, collection: str, obj: dict[str, Any]) -> None:
    server.store(collection, obj, "DELETED")
    del server.objects[collection][obj["metadata"]["name"]]


@dataclass
class Watching:
    """A webhook that watches: what it knows, and what it shows."""

    server: ApiServer
    provider: Callable[[], ClusterState]
    checks: Callable[[], Mapping[str, bool | None]]
    metrics: Metrics

    async def until(self, happened: Callable[[], bool]) -> None:
        for _ in range(60_000):
            if happened():
                return
            await asyncio.sleep(0.001)
        pytest.fail("it is never so")

    async def until_release(self, text: str) -> None:
        await self.until(lambda: self.provider().pods.release.text == text)

    def releases(self) -> dict[str, str]:
        [family] = self.metrics.linkerd.collect()
        return {sample.labels["release"]: sample.labels["source"] for sample in family.samples}

    def watches(self) -> set[str]:
        [family] = self.metrics.watch_contact.collect()
        return {sample.labels["resource"] for sample in family.samples}

    def config_states(self) -> dict[str, float]:
        [family] = self.metrics.linkerd_config.collect()
        return {sample.labels["state"]: sample.value for sample in family.samples}

    def key_of_a_pod(self) -> dict[str, Any]:
        [result] = autofix.fix_all((pod({WRONG: "true"}),), self.provider().pods)
        patched: Any = result.object
        annotations: dict[str, Any] = patched["metadata"]["annotations"]
        return {key: value for key, value in annotations.items() if "sidecar" in key}

    def lines(self, beginning: str) -> dict[str, bool | None]:
        return {line: good for line, good in self.checks().items() if line.startswith(beginning)}


@asynccontextmanager
async def watching(server: ApiServer, **settings: Any) -> AsyncIterator[Watching]:
    server.answers["/version"] = {"gitVersion": "v1.34.0"}
    metrics = make_metrics()
    async with (
        connect(str(server.kubeconfig)) as api,
        watch_cluster(api, Settings(**settings), metrics) as (provider, checks),
    ):
        yield Watching(server, provider, checks, metrics)


async def test_during_an_upgrade_the_key_that_both_releases_read_is_written(tmp_path: Path) -> None:
    async with api_server(tmp_path) as server:
        server.store(DEPLOYMENTS, deployment(OLD))
        server.store(SETS, replica_set(OLD))
        server.store(PODS, injector_pod(OLD))
        async with watching(server) as webhook:
            await webhook.until_release(OLD)
            assert webhook.releases() == {OLD: IMAGE}
            # The template names the new release, and the old pod answers alone.
            server.store(DEPLOYMENTS, deployment(NEW, generation=2))
            await webhook.until_release(f"{OLD} and {NEW}")
            assert webhook.key_of_a_pod() == {ALPHA: "true"}
            assert webhook.releases() == {OLD: ROLLOUT, NEW: IMAGE}
            [line] = webhook.lines("linkerd release")
            assert OLD in line
            assert NEW in line
            assert webhook.checks()[line] is None
            server.store(SETS, replica_set(NEW))
            server.store(PODS, injector_pod(NEW))
            server.store(DEPLOYMENTS, deployment(NEW, 2, 2, updated=1))
            server.store(SETS, replica_set(OLD, replicas=0))
            # The old pod ends, and is not gone. What comes over the same watch after that shows it.
            ending = injector_pod(OLD)
            ending["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
            server.store(PODS, ending)
            server.store(PODS, injector_pod("edge-25.10.7"))
            await webhook.until_release(f"{OLD} and edge-25.10.7 and {NEW}")
            gone(server, PODS, injector_pod("edge-25.10.7"))
            await webhook.until_release(f"{OLD} and {NEW}")
            assert webhook.key_of_a_pod() == {ALPHA: "true"}
            gone(server, PODS, injector_pod(OLD))
            await webhook.until_release(NEW)
            assert webhook.key_of_a_pod() == {GA: "true"}
            assert {"linkerd injector pods", "linkerd injector replicasets"} <= webhook.watches()
            assert webhook.releases() == {NEW: IMAGE}
            assert webhook.lines("linkerd release") == {f"linkerd release: {NEW} ({IMAGE})": True}


async def test_only_pods_of_the_injector_in_linkerds_namespace_are_asked_for(tmp_path: Path) -> None:
    async with api_server(tmp_path) as server, watching(server, linkerd_namespace="mesh"):
        paths = {"/api/v1/namespaces/mesh/pods", "/apis/apps/v1/namespaces/mesh/replicasets"}
        await server.until(lambda: paths <= {asked.target.partition("?")[0] for asked in server.asked})
        for asked in server.asked:
            if asked.target.partition("?")[0] in paths:
                assert asked.query["labelSelector"] == ["linkerd.io/control-plane-component=proxy-injector"]


@pytest.mark.parametrize(
    ("obj", "release", "key"),
    [
        (deployment(NEW), NEW, GA),
        (deployment(NEW, generation=2), f"{NEW} and unknown", ALPHA),
        (deployment(NEW, updated=0), f"{NEW} and unknown", ALPHA),
    ],
)
async def test_without_the_role_the_deployments_status_says_whether_another_release_answers(
    obj: dict[str, Any], release: str, key: str, tmp_path: Path
) -> None:
    async with api_server(tmp_path) as server:
        server.answers |= {PODS: FORBIDDEN, SETS: FORBIDDEN}
        server.store(DEPLOYMENTS, obj)
        async with watching(server) as webhook:
            await webhook.until_release(release)
            assert webhook.key_of_a_pod() == {key: "true"}
            for what in ("pods", "replicasets"):
                line = f"watch linkerd injector {what}: HTTP status {FORBIDDEN}"
                await webhook.until(lambda line=line: line in webhook.checks())  # type: ignore[misc]
                assert webhook.checks()[line] is None
            # Nobody is woken up because of a Role that somebody left out on purpose.
            assert webhook.watches() == {"namespaces", "linkerd injector", "linkerd config"}


async def test_a_change_of_a_pod_that_changes_nothing_keeps_the_state_and_its_answers(tmp_path: Path) -> None:
    async with api_server(tmp_path) as server:
        server.store(DEPLOYMENTS, deployment(NEW))
        async with watching(server) as webhook:
            await webhook.until(lambda: all(good is not False for good in webhook.checks().values()))
            await webhook.until(lambda: webhook.provider().pods.kubernetes is not None)
            await webhook.until_release(NEW)
            state = webhook.provider()
            server.store(PODS, injector_pod(NEW))
            server.store(PODS, injector_pod(OLD))
            await webhook.until_release(f"{OLD} and {NEW}")
            both = webhook.provider()
            assert both is not state
            server.store(PODS, {**injector_pod(OLD), "status": {"phase": "Running"}})
            server.store(SETS, replica_set(OLD))
            server.store(CONFIGS, values("linkerdVersion: edge-26.8.3"))
            await webhook.until(lambda: webhook.config_states()["read"] == 1)
            assert webhook.provider() is both


async def test_a_release_in_the_settings_is_the_only_one(tmp_path: Path) -> None:
    async with api_server(tmp_path) as server:
        server.store(DEPLOYMENTS, deployment(NEW))
        server.store(PODS, injector_pod(OLD))
        async with watching(server, linkerd="2.19") as webhook:
            await webhook.until(lambda: webhook.releases() == {"2.19": "settings"})
            assert webhook.lines("linkerd release") == {"linkerd release: 2.19 (settings)": True}


@pytest.mark.parametrize(
    ("stored", "answer", "state"),
    [
        (values("proxy: {nativeSidecar: true}"), None, "read"),
        (None, None, "absent"),
        (values("["), None, "unreadable"),
        (values(""), None, "unreadable"),
        ({"metadata": {"name": "linkerd-config"}}, None, "unreadable"),
        (None, FORBIDDEN, "unreadable"),
    ],
)
async def test_readyz_and_a_metric_say_whether_the_helm_values_are_known(
    stored: dict[str, Any] | None, answer: int | None, state: str, tmp_path: Path
) -> None:
    async with api_server(tmp_path) as server:
        if answer:
            server.answers[CONFIGS] = answer
        if stored:
            server.store(CONFIGS, stored)
        async with watching(server) as webhook:
            present = {"read": 0.0, "absent": 0.0, "unreadable": 0.0, state: 1.0}
            await webhook.until(lambda: webhook.config_states() == present)
            [(line, good)] = webhook.lines("linkerd-config").items()
            assert line.startswith(f"linkerd-config: {state}")
            # It never makes a replica unready.
            assert good is (True if state == "read" else None)


async def test_helm_values_that_come_later_are_seen(tmp_path: Path) -> None:
    async with api_server(tmp_path) as server, watching(server) as webhook:
        await webhook.until(lambda: webhook.config_states()["absent"] == 1)
        assert webhook.provider().pods.projects_tokens
        text = "{proxy: {nativeSidecar: true}, identity: {serviceAccountTokenProjection: false}}"
        server.store(CONFIGS, values(text), "ADDED")
        await webhook.until(lambda: webhook.config_states()["read"] == 1)
        assert webhook.provider().pods.default is True
        assert webhook.provider().pods.projects_tokens is False
        gone(server, CONFIGS, values(text))
        await webhook.until(lambda: webhook.config_states()["absent"] == 1)
        assert webhook.provider().pods.default is None
