"""A login that ends after seconds, an authority that rotates, a proxy: commands and webhook go on."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from builders import WRONG
from control_plane import Cluster, control_plane
from installing import control_plane_of, installed
from logins import (
    REPLICA,
    ShortLogin,
    client_certificate,
    exec_plugin,
    kubeconfig_of,
    proxy_before,
    replace,
    rotate,
    silent_plugin,
    token_file,
    token_reviews,
)
from looking import workload_of
from mesh import VERSIONS, programs
from processes import free_port, process, wait_for
from scanning import command, environment
from test_monitor import gauges

FINDINGS = 'autofix_findings{code="AFX101"}'
Login = Callable[[Cluster, Path], AbstractContextManager[ShortLogin]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One that asks us whose a token is."""
    folder = tmp_path_factory.mktemp("logins")
    with token_reviews(folder) as flags, control_plane(programs(VERSIONS[-1]), folder, *flags) as running:
        yield running


@pytest.fixture
def space(cluster: Cluster) -> str:
    """The name of a new Namespace; it goes with the cluster."""
    name = f"space-{secrets.token_hex(3)}"
    cluster.kubectl("create", "namespace", name)
    return name


class Scans:
    """A ``scan --watch`` that runs."""

    def __init__(self, port: int, log: Path, cluster: Cluster, space: str) -> None:
        self.port, self.log, self.cluster, self.space = port, log, cluster, space

    def see(self, findings: int) -> None:
        wait_for(f"{findings} findings", lambda: gauges(self.port).get(FINDINGS) == findings, log=self.log)

    def see_a_new_one(self, findings: int) -> None:
        """Make an object that is wrong, and wait until a scan has found it."""
        name = f"web-{findings}"
        self.cluster.apply(workload_of("Deployment", name, self.space, {WRONG: "true"}))
        self.see(findings)


@contextmanager
def scans(cluster: Cluster, kubeconfig: Path, space: str, folder: Path, **variables: str) -> Iterator[Scans]:
    port, log = free_port(), folder / "scan.log"
    words = ("-n", space, "--watch", "--interval", "0.2", "-t", "2.17", "--metrics-port", str(port))
    with process(command("scan", *words), log, environment(kubeconfig) | variables):
        yield Scans(port, log, cluster, space)


@pytest.mark.parametrize("kind", [token_file, client_certificate, exec_plugin, silent_plugin])
def test_a_watch_outlives_its_login(cluster: Cluster, space: str, tmp_path: Path, kind: Login) -> None:
    with (
        kind(cluster, tmp_path) as login,
        scans(cluster, login.kubeconfig, space, tmp_path) as running,
    ):
        running.see_a_new_one(1)
        login.wait_until_first_is_over()
        running.see_a_new_one(2)
        before = login.renewals()
        wait_for("two more renewals", lambda: login.renewals() >= before + 2, log=running.log)
        running.see_a_new_one(3)


def test_a_watch_goes_on_with_a_new_authority(cluster: Cluster, space: str, tmp_path: Path) -> None:
    with (
        token_file(cluster, tmp_path) as login,
        scans(cluster, login.kubeconfig, space, tmp_path) as running,
    ):
        running.see_a_new_one(1)
        new = rotate(cluster)
        wait_for("it refuses the new one", lambda: "certificate verify failed" in running.log.read_text())
        replace(login.authority, new)
        running.see_a_new_one(2)


def test_the_webhook_outlives_its_token_and_the_authority(cluster: Cluster, tmp_path: Path) -> None:
    cluster.apply(*control_plane_of("edge-25.10.7"))
    with (
        installed(cluster, tmp_path, remove=False) as installation,
        token_file(cluster, tmp_path, REPLICA) as login,
    ):
        replica = installation.start(kubeconfig=str(login.kubeconfig), shutdown_delay_seconds="0")

        def knows(release: str) -> bool:
            return release in replica.get("/readyz?verbose")[1]

        wait_for("it knows the release", lambda: knows("edge-25.10.7"), log=replica.log)
        login.wait_until_first_is_over()
        # The watches break, and must be opened with a later token.
        cluster.server.stop()
        cluster.server.start()
        wait_for("the API server is ready", cluster.is_ready, log=cluster.server.log)
        cluster.apply(*control_plane_of("edge-26.1.1"))
        wait_for("it sees the upgrade", lambda: knows("edge-26.1.1"), log=replica.log)
        new = rotate(cluster)
        wait_for(
            "it refuses the new authority", lambda: "certificate verify failed" in replica.log.read_text()
        )
        replace(login.authority, new)
        cluster.apply(*control_plane_of("edge-26.6.3"))
        wait_for("it sees the next upgrade", lambda: knows("edge-26.6.3"), log=replica.log)
        assert replica.process.poll() is None


def test_a_scan_goes_through_the_proxy_of_the_environment(
    cluster: Cluster, space: str, tmp_path: Path
) -> None:
    port = urlsplit(cluster.url).port
    assert port
    with token_file(cluster, tmp_path) as login, proxy_before(port) as proxy:
        # Nobody but the proxy can reach this name.
        server = {
            "server": f"https://kubernetes.default.svc:{port}",
            "certificate-authority": "trusted.crt",
        }
        path = tmp_path / "proxied.json"
        path.write_text(json.dumps(kubeconfig_of(server, {"tokenFile": "token"})))
        variables = {
            "https_proxy": f"http://u:pa55@127.0.0.1:{proxy.port}",
            "no_proxy": "10.0.0.0/8,.example",
        }
        with scans(cluster, path, space, tmp_path, **variables) as running:
            running.see_a_new_one(1)
            login.wait_until_first_is_over()
            running.see_a_new_one(2)
            assert {line.split()[1] for line in proxy.asked} == {f"kubernetes.default.svc:{port}"}
            proxy.status = "403 Forbidden"
            cluster.server.stop()
            cluster.server.start()
            words = f"through the proxy http://127.0.0.1:{proxy.port} (https_proxy)"
            wait_for("it names the proxy", lambda: words in running.log.read_text(), log=running.log)
            assert "pa55" not in running.log.read_text()
            proxy.status = "200 OK"
            wait_for("the API server is ready", cluster.is_ready, log=cluster.server.log)
            running.see_a_new_one(3)
