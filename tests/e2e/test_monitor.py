"""Watching a real cluster: the gauges follow what becomes of it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from builders import ALPHA, WRONG
from control_plane import Cluster
from installing import NAME, NAMESPACE, installed
from looking import workload_of
from mesh import VERSIONS
from processes import free_port, wait_for
from scanning import autofix, command, environment

# Nothing in these depends on the version of Kubernetes, and they take their time.
pytestmark = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)


@contextmanager
def monitoring(kubeconfig: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        command("scan", "--watch", "--interval", "0.2", "-t", "2.17", *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(kubeconfig),
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()


def gauges(port: int) -> dict[str, float]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return {}
    rows = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in rows}


WRONG_KEYS, OTHERS = 'autofix_findings{code="AFX101"}', "autofix_other_sidecar_pods"


def test_gauges_follow_the_cluster(cluster: Cluster, space: str) -> None:
    port = free_port()
    with monitoring(cluster.kubeconfig, "-n", space, "--metrics-port", str(port)) as child:

        def shows(name: str, value: float) -> None:
            wait_for(f"{name} {value}", lambda: gauges(port).get(name) == value)

        shows(WRONG_KEYS, 0)
        shows("autofix_scan_complete", 1)
        cluster.apply(workload_of("Deployment", "web", space, {WRONG: "true"}))
        shows(WRONG_KEYS, 1)
        cluster.kubectl("delete", "deployment", "web", "-n", space)
        shows(WRONG_KEYS, 0)
        pod = workload_of("Deployment", "web", space, {})["spec"]["template"]
        pod["spec"]["containers"].append({"name": "linkerd-proxy", "image": "x"})
        for name in ("a", "b"):
            metadata = {"name": name, "namespace": space}
            cluster.apply({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod["spec"]})
        cluster.kubectl("annotate", "namespace", space, f"{ALPHA}=true", "linkerd.io/inject=enabled")
        shows(OTHERS, 2)
        assert not any(space in name for name in gauges(port))
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=30)
    assert child.returncode == 0, err
    head, *rows = out.splitlines()
    assert head.split()[:3] == ["TIME", "CHANGE", "NAMESPACE"]
    wrong = [row.split() for row in rows if "Deployment/web" in row and "AFX101" in row]
    assert [row[1] for row in wrong] == ["new", "gone"]
    assert all(datetime.fromisoformat(row[0]).tzinfo for row in wrong)
    assert "watching; 0 findings" in err
    assert f"metrics are at :{port}/metrics" in err


def test_a_server_that_goes_away_does_not_end_it(cluster: Cluster, tmp_path: Path, space: str) -> None:
    config = json.loads(cluster.kubeconfig.read_text())
    config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    (tmp_path / "config").write_text(json.dumps(config))
    port = free_port()
    with monitoring(tmp_path / "config", "-n", space, "--metrics-port", str(port)):
        wait_for("it says that it cannot scan", lambda: gauges(port).get("autofix_scan_complete") == 0)


def test_a_port_that_is_taken_is_a_clear_error(cluster: Cluster) -> None:
    with socket.create_server(("", 0)) as taken:
        port = str(taken.getsockname()[1])
        with monitoring(cluster.kubeconfig, "--metrics-port", port) as child:
            _, err = child.communicate(timeout=30)
    assert child.returncode == 2
    assert f"--metrics-port {port}: Address already in use; name another port" in err


@pytest.mark.parametrize(
    "words",
    [
        ("--watch", "--interval", "0"),
        ("--watch", "--interval", "-1"),
        ("--watch", "--interval", "nan"),
        ("--watch", "--metrics-port", "99999"),
        ("--watch", "-o", "html"),
        ("--metrics-port", "1"),
        ("--fix", "-o", "json"),
        ("--all-contexts", "--context", "test"),
        ("--all-contexts", "--watch"),
        ("--all-contexts", "--fix"),
        ("--context", "a,b", "--fix"),
        ("deploy/web", "-A"),
        ("deploy/web", "-l", "app=web"),
        ("deploy/",),
    ],
)
def test_options_that_make_no_sense_are_refused(cluster: Cluster, words: tuple[str, ...]) -> None:
    ran = autofix(cluster, "scan", *words)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err


def test_an_outage_does_not_look_like_the_end_of_all_findings(
    cluster: Cluster, space: str, tmp_path: Path
) -> None:
    cluster.apply(workload_of("Deployment", "web", space, {WRONG: "true"}))
    port = free_port()
    with forwarding(int(cluster.url.rpartition(":")[2])) as (here, stop):
        config = json.loads(cluster.kubeconfig.read_text())
        config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{here}"
        (tmp_path / "config").write_text(json.dumps(config))
        with monitoring(tmp_path / "config", "-n", space, "--metrics-port", str(port)) as child:
            wait_for("it is found", lambda: gauges(port).get(WRONG_KEYS) == 1)
            stop()
            wait_for("it cannot be read", lambda: gauges(port).get("autofix_scan_complete") == 0)
            moment = gauges(port)["autofix_scan_timestamp_seconds"]
            time.sleep(1)
            assert gauges(port)[WRONG_KEYS] == 1
            assert gauges(port)["autofix_scan_timestamp_seconds"] == moment
            child.send_signal(signal.SIGTERM)
            out, _ = child.communicate(timeout=60)
    assert "gone" not in out


def test_a_watch_is_calm_while_nothing_changes(cluster: Cluster, space: str, tmp_path: Path) -> None:
    cluster.apply(workload_of("Deployment", "web", space, {WRONG: "true"}))
    port = free_port()
    with monitoring(cluster.kubeconfig, "-n", space, "--metrics-port", str(port)) as child:

        def moment() -> float:
            return gauges(port).get("autofix_scan_timestamp_seconds", 0)

        wait_for("a first round", lambda: moment() > 0)
        first = moment()
        wait_for("more rounds", lambda: moment() > first + 1)
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=30)
    rows = [row.split() for row in out.splitlines()]
    # What was there at the start is neither new nor gone.
    assert {row[1] for row in rows} == {"CHANGE", "-"}
    assert len([row for row in rows if "AFX101" in row]) == 1
    assert err.count("findings in") + err.count("finding in") == 1


def test_machine_formats_show_the_whole_report_when_it_changes(cluster: Cluster, space: str) -> None:
    port = free_port()
    with monitoring(cluster.kubeconfig, "-n", space, "-o", "json", "--metrics-port", str(port)) as child:
        wait_for("a first round", lambda: gauges(port).get(WRONG_KEYS) == 0)
        cluster.apply(workload_of("Deployment", "web", space, {WRONG: "true"}))
        wait_for("a second round", lambda: gauges(port).get(WRONG_KEYS) == 1)
        child.send_signal(signal.SIGTERM)
        out, _ = child.communicate(timeout=30)
    assert out.count('"version": 1') >= 2


@contextmanager
def forwarding(there: int) -> Iterator[tuple[int, Callable[[], None]]]:
    """A way to a port of loopback that can be cut."""
    program = str(Path(__file__).with_name("forward.py"))
    child = subprocess.Popen([sys.executable, program, str(there)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None

    def stop() -> None:
        child.kill()
        child.wait()

    try:
        yield int(child.stdout.readline()), stop
    finally:
        stop()
        child.stdout.close()


def test_the_component_watches_with_the_rights_that_it_ships(
    cluster: Cluster, space: str, tmp_path: Path
) -> None:
    cluster.apply(workload_of("Deployment", "web", space, {WRONG: "true"}))
    with installed(cluster, tmp_path, "scan-watch") as installation:
        shipped = cluster.get("deployment", f"{NAME}-scan", "-n", NAMESPACE)["spec"]["template"]["spec"]
        assert shipped["serviceAccountName"] == f"{NAME}-scan"
        [container] = shipped["containers"]
        program, verb, *arguments = container["command"]
        assert (program, verb) == ("autofix", "scan")
        port = free_port()
        changed = (f"--metrics-port={port}", "--interval=0.2", "-t", "2.17")
        child = subprocess.Popen(
            command("scan", *arguments, *changed),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(installation.kubeconfig(f"{NAME}-scan")),
        )
        try:
            wait_for("the whole cluster is read", lambda: gauges(port).get("autofix_scan_complete") == 1)
            wait_for("it is found", lambda: gauges(port).get(WRONG_KEYS, 0) >= 1)
            child.send_signal(signal.SIGTERM)
            out, err = child.communicate(timeout=30)
        finally:
            child.kill()
    assert space in out
    assert "forbidden" not in err
