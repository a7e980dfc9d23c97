"""What a cluster tells of itself, when it tells little and when nobody is there to tell anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_server import api_server
from linkerd_objects import CONFIGS, DEPLOYMENTS, PODS, SETS, deployment, injector_pod, replica_set, values

import autofix
from autofix.cluster.environment import ClusterEnvironment, complete_options, read_environment
from autofix.cluster.installation import Linkerd
from autofix.kubeapi.client import ApiError, connect

OLD, NEW = "edge-24.10.1", "edge-26.8.3"
HALF, DONE = deployment(NEW, updated=0), deployment(NEW)
FORBIDDEN = 403
UNKNOWN = "the other release of Linkerd's injector in linkerd, which is being rolled out"


class Server:
    """Answers the version with one thing, and everything else with another."""

    def __init__(self, version: object, rest: Exception) -> None:
        self.version, self.rest = version, rest

    async def request(self, _method: str, path: str, **_: object) -> bytes:
        found = self.version if path == "/version" else self.rest
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, bytes)
        return found


def server(version: object, rest: Exception) -> Any:
    """A server in the place of an `Api`."""
    return Server(version, rest)


@pytest.mark.parametrize("error", [TimeoutError("no answer within 10 seconds"), ConnectionRefusedError("no")])
async def test_where_nobody_answers_nothing_more_is_asked(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        await read_environment(server(error, error), "linkerd")


@pytest.mark.parametrize(
    ("version", "rest"),
    [
        (b'{"gitVersion": "v1.34.0"}', TimeoutError("late")),
        (ApiError(403, "late"), TimeoutError("late")),
        (TimeoutError("late"), ApiError(403, "late")),
        (ApiError(401, "late"), ApiError(401, "late")),
    ],
)
async def test_a_server_that_says_anything_is_asked_on(version: object, rest: Exception) -> None:
    environment = await read_environment(server(version, rest), "linkerd")
    assert environment.kubernetes == ("v1.34.0" if isinstance(version, bytes) else "")
    assert environment.linkerd.release is None
    assert "Linkerd's injector in linkerd: late" in environment.unknowns


async def environment_of(
    folder: Path, objects: dict[str, list[Any]], answers: dict[str, Any]
) -> ClusterEnvironment:
    """What a server says that has these objects, and these answers."""
    async with api_server(folder) as server, connect(str(server.kubeconfig)) as api:
        server.answers |= {"/version": {"gitVersion": "v1.34.0"}, **answers}
        for collection, items in objects.items():
            for item in items:
                server.store(collection, item)
        return await read_environment(api, "linkerd")


@pytest.mark.parametrize(
    ("injector", "sets", "pods", "answers", "release", "unknown"),
    [
        (DONE, [replica_set(NEW)], [injector_pod(NEW)], {}, NEW, ""),
        (HALF, [replica_set(NEW), replica_set(OLD)], [injector_pod(OLD)], {}, f"{OLD} and {NEW}", ""),
        (HALF, [], [], {PODS: FORBIDDEN, SETS: FORBIDDEN}, f"{NEW} and unknown", f"HTTP status {FORBIDDEN}"),
        # Where there is no rollout, a missing right hides nothing.
        (DONE, [], [], {PODS: FORBIDDEN, SETS: FORBIDDEN}, NEW, ""),
        (HALF, [replica_set(OLD)], [], {PODS: FORBIDDEN}, f"{OLD} and {NEW}", ""),
        (HALF, [], [injector_pod(OLD)], {SETS: FORBIDDEN}, f"{OLD} and {NEW}", ""),
        (
            HALF,
            [],
            [injector_pod("latest")],
            {},
            f"{NEW} and unknown",
            "an image of its pods names no release",
        ),
    ],
)
async def test_all_releases_that_answer_for_the_injector_are_in_force(
    injector: dict[str, Any],
    sets: list[Any],
    pods: list[Any],
    answers: dict[str, Any],
    release: str,
    unknown: str,
    tmp_path: Path,
) -> None:
    config = values(f"linkerdVersion: {NEW}")
    objects = {DEPLOYMENTS: [injector], SETS: sets, PODS: pods, CONFIGS: [config]}
    environment = await environment_of(tmp_path, objects, answers)
    assert environment.linkerd.in_force.text == release
    assert environment.unknowns == ((f"{UNKNOWN}: {unknown}",) if unknown else ())
    assert complete_options(autofix.options(), environment).release.text == release


@pytest.mark.parametrize("text", ["[", "", "text"])
async def test_helm_values_that_cannot_be_read_are_said(text: str, tmp_path: Path) -> None:
    environment = await environment_of(tmp_path, {DEPLOYMENTS: [DONE], CONFIGS: [values(text)]}, {})
    [unknown] = environment.unknowns
    assert unknown == "Linkerd's configuration in linkerd: its values are no mapping in YAML"
    assert not environment.has_values


def test_what_the_user_says_comes_before_what_the_cluster_says() -> None:
    linkerd = Linkerd(NEW, default=True, wait_before_exit=5, projects_tokens=False, others=(OLD,))
    environment = ClusterEnvironment("v1.34.0", linkerd)
    complete = complete_options(
        autofix.options(release="2.17", default=False, wait_before_exit=1), environment
    )
    assert (complete.release.text, complete.default, complete.wait_before_exit) == ("2.17", False, 1)
    complete = complete_options(autofix.options(), environment)
    assert (complete.release.text, complete.default, complete.wait_before_exit) == (
        f"{OLD} and {NEW}",
        True,
        5,
    )
    assert not complete.projects_tokens
