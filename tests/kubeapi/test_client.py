"""Finding the API server: as kubectl does, and with a clear word when there is none."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autofix.errors import AutofixError
from autofix.kubeapi.api_path import VERSION
from autofix.kubeapi.client import connect


@pytest.mark.parametrize(
    ("kubeconfig", "why"),
    [
        ("", "there is no kubeconfig, and this is not a pod with a ServiceAccount"),
        ("absent.yaml", "there is no file"),
    ],
)
async def test_without_a_way_to_the_api_server_there_is_a_clear_error(
    kubeconfig: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(AutofixError, match=f"no way to the API server: {why}"):
        async with connect(str(tmp_path / kubeconfig) if kubeconfig else ""):
            pass


async def test_a_file_that_is_not_there_is_named(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AutofixError, match=r"there is no file /.*absent\.yaml; check --kubeconfig"):
        async with connect(str(tmp_path / "absent.yaml")):
            pass
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"- a\n",
        b"foo: [\n",
        b"\xff\xfe\x00",
        b"current-context: t\ncontexts: 3\n",
        b"current-context: t\ncontexts: [{name: t, context: 5}]\n",
    ],
)
async def test_what_is_no_kubeconfig_is_a_clear_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "config"
    path.write_bytes(data)
    with pytest.raises(AutofixError, match="no way to the API server") as told:
        async with connect(str(path)):
            pass
    assert "\n" not in str(told.value)


async def test_a_server_that_does_not_answer_is_said_with_the_time(kubeconfig: Path) -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(silent, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    async with connect(str(kubeconfig)) as api:
        credentials = api.connection.credentials
        login = credentials.access.login._replace(server=f"http://127.0.0.1:{port}")
        credentials.access = replace(credentials.access, login=login)
        with pytest.raises(TimeoutError, match=r"no answer within 0\.1 seconds"):
            await api.request("GET", VERSION, seconds=0.1)
    for writer in writers:
        writer.close()
    server.close()


async def test_without_the_package_the_error_names_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("connection", "credentials", "login"):
        monkeypatch.delitem(sys.modules, f"autofix.kubeapi.{module}", raising=False)
    for module in ("kubernetes_asyncio", "kubernetes_asyncio.client"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(AutofixError, match=r"install linkerd-autofix\[cluster\]"):
        async with connect(""):
            pass


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Path:
    contexts = [
        {"name": "one", "context": {"cluster": "c", "user": "u", "namespace": "shop"}},
        {"name": "two", "context": {"cluster": "c", "user": "u"}},
    ]
    path = tmp_path / "config"
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "one",
                "contexts": contexts,
                "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
                "users": [{"name": "u", "user": {"token": "t"}}],
            }
        )
    )
    return path


@pytest.mark.parametrize(("context", "namespace"), [("", "shop"), ("two", "default")])
async def test_the_contexts_namespace_is_meant_where_none_is_named(
    kubeconfig: Path, context: str, namespace: str
) -> None:
    async with connect(str(kubeconfig), context) as api:
        assert api.namespace == namespace


async def test_the_variable_of_kubectl_counts(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    async with connect(as_kubectl=True) as api:
        assert api.namespace == "shop"


async def test_a_context_that_is_not_there_is_a_clear_error(kubeconfig: Path) -> None:
    with pytest.raises(AutofixError, match="three"):
        async with connect(str(kubeconfig), "three"):
            pass
