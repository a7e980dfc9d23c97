"""A real API server with its controllers, and the meshes that run on it."""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from control_plane import Cluster, control_plane
from injector import injector_of
from mesh import RELEASES, VERSIONS, Mesh, missing_programs, programs, webhook_of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the suite with one message where there is nothing to run it against; CI demands that it runs."""
    reason = missing_programs()
    if reason and os.environ.get("CLUSTER_TESTS") != "required":
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """What a shell runs in the background ignores Ctrl-C, and so would the commands that tests interrupt."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session", params=VERSIONS)
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if reason := missing_programs():
        pytest.fail(reason, pytrace=False)
    with control_plane(programs(request.param), tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture
def space(cluster: Cluster) -> Iterator[str]:
    """The name of a new Namespace."""
    name = f"space-{secrets.token_hex(3)}"
    cluster.kubectl("create", "namespace", name)
    yield name
    cluster.kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")


@pytest.fixture(scope="session")
def workshop(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Mesh]:
    """Makes the meshes of a cluster."""
    folder = tmp_path_factory.mktemp("webhooks")
    leaf = cluster.authority.issue_cert("127.0.0.1")
    leaf.cert_chain_pems[0].write_to_path(str(folder / "tls.crt"))
    leaf.private_key_pem.write_to_path(str(folder / "tls.key"))

    def make(release: str) -> Mesh:
        return Mesh(cluster, release, injector_of(cluster, release, folder), webhook_of(release, folder))

    return make


@pytest.fixture(scope="session", params=RELEASES)
def mesh(request: pytest.FixtureRequest, workshop: Callable[[str], Mesh]) -> Mesh:
    return workshop(request.param)


@pytest.fixture(scope="session")
def newest(workshop: Callable[[str], Mesh]) -> Mesh:
    """One release is enough for what does not depend on it; the one whose fixes are easiest to see."""
    return workshop("edge-25.10.7")
