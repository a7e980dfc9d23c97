"""Exec plugins: what they get, what they may answer, and how long and how much."""

from __future__ import annotations

import asyncio
import io
import json
import os
import secrets
import signal
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from processes import wait_for

from autofix.errors import AutofixError
from autofix.kubeapi.exec_plugin import Plugin, ask_plugin

V1 = "client.authentication.k8s.io/v1"
TOKEN = json.dumps({"apiVersion": V1, "kind": "ExecCredential", "status": {"token": "t"}})


def plugin_of(folder: Path, script: str, **fields: Any) -> Plugin:
    path = folder / "plugin"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return msgspec.convert({"apiVersion": V1, "command": "./plugin", **fields}, Plugin)


async def test_it_is_asked_as_kubectl_asks(tmp_path: Path) -> None:
    answer = f'echo "$KUBERNETES_EXEC_INFO" > info; echo "$1 $EXTRA" > rest; echo \'{TOKEN}\''
    plugin = plugin_of(
        tmp_path,
        f"cd {tmp_path}; {answer}",
        args=["get token"],
        env=[{"name": "EXTRA", "value": "x"}],
        provideClusterInfo=True,
    )
    cluster: Mapping[str, Any] = {"server": "https://a", "config": {"audience": "b"}}
    assert (await ask_plugin(plugin, tmp_path, cluster)).token == "t"  # noqa: S105
    assert json.loads((tmp_path / "info").read_text()) == {
        "apiVersion": V1,
        "kind": "ExecCredential",
        "spec": {"interactive": False, "cluster": cluster},
    }
    assert (tmp_path / "rest").read_text() == "get token x\n"


async def test_what_it_writes_beside_its_answer_does_not_count(tmp_path: Path) -> None:
    noise = "head -c 3000000 /dev/zero >&2"
    plugin = plugin_of(tmp_path, f"{noise}; echo '{TOKEN}'")
    assert (await ask_plugin(plugin, tmp_path, {})).token == "t"  # noqa: S105


async def test_a_helper_that_it_leaves_behind_is_not_waited_for(tmp_path: Path) -> None:
    script = f"sleep 600 >/dev/null & echo $! > helper; echo '{TOKEN}'"
    plugin = plugin_of(tmp_path, f"cd {tmp_path}; {script}")
    try:
        assert (await ask_plugin(plugin, tmp_path, {}, 60)).token == "t"  # noqa: S105
    finally:
        os.kill(int((tmp_path / "helper").read_text()), signal.SIGKILL)


async def test_an_answer_that_is_nested_too_deeply_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "answer").write_text('{"x":' + "[" * 500_000)
    plugin = plugin_of(tmp_path, f"cat {tmp_path}/answer")
    with pytest.raises(AutofixError, match="no ExecCredential"):
        await ask_plugin(plugin, tmp_path, {})


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'not logged in' >&2; exit 3", "failed with exit code 3: not logged in$"),
        ("exit 3", "failed with exit code 3$"),
        ("kill -9 $$", "failed with exit code -9$"),
        ("echo secret", "answered what is no ExecCredential; run it by hand$"),
        ("printf '\\377'", "answered what is no ExecCredential"),
        (":", "answered what is no ExecCredential"),
        ("echo '{}'", "answered in no version, and the kubeconfig names client.authentication.k8s.io/v1;"),
        (f"echo '{TOKEN}' | sed s:/v1:/v1beta1:", "answered in client.authentication.k8s.io/v1beta1, and"),
        (f"echo '{TOKEN}' | sed s/token/x/", "answered neither a token nor a client certificate"),
        (f"echo '{TOKEN}' | sed s/token/clientKeyData/", "answered a client certificate without its key"),
        (f"echo '{TOKEN}' | sed 's/\"t\"/1/'", "answered what is no ExecCredential"),
        ("yes", "wrote more than 1048576 bytes; run it by hand$"),
    ],
)
async def test_what_is_no_answer_is_a_clear_error(tmp_path: Path, script: str, why: str) -> None:
    with pytest.raises(AutofixError, match=rf"exec plugin \./plugin {why}") as told:
        await ask_plugin(plugin_of(tmp_path, script), tmp_path, {})
    assert "secret" not in str(told.value)
    assert len(str(told.value)) < 1000


@pytest.mark.parametrize("script", ["sleep {}", "sleep {} & exit 0", "trap '' TERM; sleep {}; true"])
async def test_it_is_stopped_with_its_children_when_it_takes_too_long(tmp_path: Path, script: str) -> None:
    mark = f"1000.{secrets.randbelow(10**9)}"
    plugin = plugin_of(tmp_path, script.format(mark))
    with pytest.raises(AutofixError, match=r"did not end within 0\.5 seconds; run it by hand"):
        await ask_plugin(plugin, tmp_path, {}, seconds=0.5)
    await asyncio.to_thread(wait_for, "it has ended", lambda: not running(mark))


def running(mark: str) -> bool:
    """Whether a process has this argument."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if mark in path.read_text().split("\0"):
                return True
    return False


@pytest.mark.parametrize("command", ["no-such-plugin", "./no-such-plugin", "/no/such/plugin"])
@pytest.mark.parametrize(
    ("hint", "shown"),
    [("Get it:\n  brew install x", "Get it: brew install x"), (None, "install it, or put it on PATH")],
)
async def test_a_missing_plugin_shows_how_to_install_it(
    tmp_path: Path, command: str, hint: str | None, shown: str
) -> None:
    plugin = Plugin(api_version=V1, command=command, install_hint=hint)
    with pytest.raises(AutofixError, match=rf"exec plugin .*no.such.plugin is not installed: {shown}$"):
        await ask_plugin(plugin, tmp_path, {})


async def test_a_file_that_is_no_program_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("")
    with pytest.raises(AutofixError, match=r"exec plugin /.*/text cannot be run: Permission denied; get it"):
        await ask_plugin(Plugin(api_version=V1, command="./text", install_hint="get it"), tmp_path, {})


async def test_without_a_separator_a_command_is_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin_of(tmp_path, f"echo '{TOKEN}'")
    plugin = Plugin(api_version=V1, command="plugin")
    with pytest.raises(AutofixError, match="exec plugin plugin is not installed"):
        await ask_plugin(plugin, tmp_path, {})
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert (await ask_plugin(plugin, Path("/"), {})).token == "t"  # noqa: S105


@pytest.mark.parametrize("status", [{}, {"clientCertificateData": None, "clientKeyData": None}])
@pytest.mark.parametrize("stdin", [io.StringIO(), None])
async def test_null_is_absent_and_a_closed_standard_input_is_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: dict[str, None], stdin: io.StringIO | None
) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    whole = {"apiVersion": V1, "status": {"token": "t", "expirationTimestamp": None, **status}}
    absent = {"interactiveMode": None, "provideClusterInfo": None, "env": [{"name": "X", "value": None}]}
    plugin = plugin_of(tmp_path, f"echo '{json.dumps(whole)}'", **absent)
    assert (await ask_plugin(plugin, tmp_path, {})).token == "t"  # noqa: S105


@pytest.mark.parametrize(
    ("whole", "why"),
    [
        ({"apiVersion": None, "status": {"token": "t"}}, "answered in no version"),
        ({"apiVersion": V1, "status": {"token": None}}, "answered neither a token nor a client certificate"),
        (
            {"apiVersion": V1, "status": {"token": "t", "clientCertificateData": "c", "clientKeyData": None}},
            "answered a client certificate without its key",
        ),
    ],
)
async def test_null_where_a_value_is_needed_is_a_clear_error(
    tmp_path: Path, whole: dict[str, Any], why: str
) -> None:
    with pytest.raises(AutofixError, match=why):
        await ask_plugin(plugin_of(tmp_path, f"echo '{json.dumps(whole)}'"), tmp_path, {})


@pytest.mark.parametrize("stdin", [io.StringIO(), None])
async def test_one_that_needs_a_person_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None
) -> None:
    monkeypatch.setattr("sys.stdin", stdin)
    with pytest.raises(AutofixError, match="needs a terminal"):
        await ask_plugin(plugin_of(tmp_path, ":", interactiveMode="Always"), tmp_path, {})
