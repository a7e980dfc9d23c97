"""The login while a command runs: what is renewed when, against a server that really checks it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from guarded_server import GuardedServer, guarded_server

from autofix.errors import AutofixError
from autofix.kubeapi.api_path import VERSION
from autofix.kubeapi.client import Api, ApiError, connect
from autofix.kubeapi.connection import UnreachableError
from autofix.kubeapi.credentials import CredentialsError

# Answers with the next line of a file at each call, and with the last line for ever.
PLUGIN = """
import json, sys
from pathlib import Path
answers = Path(sys.argv[1])
first, *rest = answers.read_text().splitlines()
if rest:
    answers.write_text("\\n".join(rest))
print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "status": json.loads(first)}))
"""


def plugin_of(folder: Path, *answers: dict[str, Any]) -> dict[str, Any]:
    """The user of a kubeconfig whose plugin gives these answers."""
    (folder / "plugin.py").write_text(PLUGIN)
    (folder / "answers").write_text("\n".join(map(json.dumps, answers)))
    arguments = [str(folder / "plugin.py"), str(folder / "answers")]
    return {
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": sys.executable,
            "args": arguments,
            "interactiveMode": "Never",
        }
    }


def replace(path: Path, text: str) -> None:
    """Write a file as kubelet and every careful tool do: at once."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


async def ask(api: Api) -> bytes:
    return await api.request("GET", VERSION)


def end(hours: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


@pytest.mark.parametrize("text", ["t", "t\n", " t\r\n\n"])
async def test_a_token_file_may_end_in_a_newline(tmp_path: Path, text: str) -> None:
    (tmp_path / "token").write_text(text)
    async with (
        guarded_server(tmp_path) as server,
        connect(str(server.kubeconfig({"tokenFile": "token"}))) as api,
    ):
        await ask(api)
        assert server.shown == ["t"]


async def test_a_new_token_in_the_file_counts_for_the_next_request(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t")
    async with (
        guarded_server(tmp_path) as server,
        connect(str(server.kubeconfig({"tokenFile": "token", "token": "older"}))) as api,
    ):
        await ask(api)
        server.tokens = {"u"}
        replace(tmp_path / "token", "u\n")
        await ask(api)
        assert server.shown == ["t", "u"]


async def test_in_a_pod_token_and_authority_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kubernetes_asyncio.config import incluster_config

    (tmp_path / "token").write_text("t\n")
    async with guarded_server(tmp_path) as server:
        monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(tmp_path / "token"))
        monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(server.authority))
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(server.port))
        async with connect() as api:
            await ask(api)
            second = trustme.CA()
            server.belong_to(second)
            server.tokens = {"u"}
            replace(server.authority, second.cert_pem.bytes().decode())
            replace(tmp_path / "token", "u\n")
            await ask(api)
    assert server.shown == ["t", "u"]


async def test_a_file_that_is_gone_for_a_moment_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "token").write_text("t")
    async with (
        guarded_server(tmp_path) as server,
        connect(str(server.kubeconfig({"tokenFile": "token"}))) as api,
    ):
        (tmp_path / "token").write_text("")
        await ask(api)
        await ask(api)
        (tmp_path / "token").unlink()
        await ask(api)
        replace(tmp_path / "token", "t")
        await ask(api)
        assert server.shown == ["t"] * 4
    token = tmp_path / "token"
    assert [record.message for record in caplog.records] == [
        f"cannot read the login again: the token file {token} is empty; write a token into it",
        f"cannot read the login again: {token}: No such file or directory",
    ]


async def test_after_one_refusal_the_plugin_is_asked_again(tmp_path: Path) -> None:
    async with guarded_server(tmp_path) as server:
        user = plugin_of(tmp_path, {"token": "old"}, {"token": "t"})
        async with connect(str(server.kubeconfig(user))) as api:
            await ask(api)
            assert server.shown == ["old", "t"]


async def test_a_second_refusal_is_the_error(tmp_path: Path) -> None:
    async with guarded_server(tmp_path) as server:
        user = plugin_of(tmp_path, {"token": "old"}, {"token": "older"}, {"token": "t"})
        async with connect(str(server.kubeconfig(user))) as api:
            with pytest.raises(ApiError, match="Unauthorized") as refused:
                await ask(api)
            assert refused.value.status == 401
            assert server.shown == ["old", "older"]


@pytest.mark.parametrize("user", [{"token": "old"}, {"username": "u", "password": "p"}, {}])
async def test_without_another_token_nothing_is_asked_twice(tmp_path: Path, user: dict[str, str]) -> None:
    async with guarded_server(tmp_path) as server, connect(str(server.kubeconfig(user))) as api:
        with pytest.raises(ApiError, match="Unauthorized"):
            await ask(api)
        assert len(server.came) == 1


async def test_many_requests_that_are_refused_together_ask_the_plugin_once(tmp_path: Path) -> None:
    async with guarded_server(tmp_path) as server:
        user = plugin_of(tmp_path, {"token": "old"}, {"token": "t"}, {"token": "too many"})
        async with connect(str(server.kubeconfig(user))) as api:
            await asyncio.gather(*(ask(api) for _ in range(20)))
    assert set(server.shown) == {"old", "t"}


async def test_a_plugin_is_asked_again_when_its_answer_ends(tmp_path: Path) -> None:
    async with guarded_server(tmp_path) as server:
        server.tokens = {"1", "2", "3"}
        answers = [
            {"token": "1", "expirationTimestamp": end(-1)},
            {"token": "2", "expirationTimestamp": end(-1)},
            {"token": "3", "expirationTimestamp": end(1)},
            {"token": "4"},
        ]
        async with connect(str(server.kubeconfig(plugin_of(tmp_path, *answers)))) as api:
            for _ in range(3):
                await ask(api)
        assert server.shown == ["2", "3", "3"]


async def test_a_plugin_that_fails_later_is_an_error_and_may_recover(tmp_path: Path) -> None:
    async with guarded_server(tmp_path) as server:
        ended = {"token": "t", "expirationTimestamp": end(-1)}
        async with connect(str(server.kubeconfig(plugin_of(tmp_path, ended)))) as api:
            answers = (tmp_path / "answers").read_text()
            (tmp_path / "answers").write_text("no JSON")
            with pytest.raises(CredentialsError, match=r"exec plugin .* failed with .*JSONDecodeError"):
                await ask(api)
            (tmp_path / "answers").write_text(answers)
            await ask(api)


def pems(authority: trustme.CA) -> tuple[str, str]:
    leaf = authority.issue_cert("somebody")
    return leaf.cert_chain_pems[0].bytes().decode(), leaf.private_key_pem.bytes().decode()


async def test_a_client_certificate_is_read_again_when_its_file_changes(tmp_path: Path) -> None:
    clients = trustme.CA()
    async with guarded_server(tmp_path, clients) as server:
        for name, text in zip(("tls.crt", "tls.key"), pems(clients), strict=True):
            (tmp_path / name).write_text(text)
        user = {"client-certificate": "tls.crt", "client-key": "tls.key", "token": "t"}
        async with connect(str(server.kubeconfig(user))) as api:
            await ask(api)
            certificate, key = pems(clients)
            replace(tmp_path / "tls.crt", certificate)
            # The key does not fit yet.
            await ask(api)
            replace(tmp_path / "tls.key", key)
            await ask(api)
        assert server.certificates[0] == server.certificates[1] != server.certificates[2]


async def test_a_plugin_may_give_a_certificate_and_a_token(tmp_path: Path) -> None:
    clients = trustme.CA()
    async with guarded_server(tmp_path, clients) as server:
        answers = []
        for hours in (-1, -1, 1):
            certificate, key = pems(clients)
            whole = {"clientCertificateData": certificate, "clientKeyData": key, "token": "t"}
            answers.append({**whole, "expirationTimestamp": end(hours)})
        async with connect(str(server.kubeconfig(plugin_of(tmp_path, *answers)))) as api:
            await ask(api)
            await ask(api)
        assert len(set(server.certificates)) == 2
        assert server.shown == ["t", "t"]


async def test_a_new_authority_counts_as_soon_as_its_file_is_there(tmp_path: Path) -> None:
    async with (
        guarded_server(tmp_path) as server,
        connect(str(server.kubeconfig({"token": "t"}))) as api,
    ):
        server.closes = True
        await ask(api)
        second = trustme.CA()
        server.belong_to(second)
        with pytest.raises(UnreachableError, match="certificate verify failed"):
            await ask(api)
        replace(server.authority, second.cert_pem.bytes().decode())
        await ask(api)


async def test_a_new_authority_is_found_even_if_the_file_looks_the_same(tmp_path: Path) -> None:
    """Some file systems have coarse times, and an authority may be as long as the one before."""
    async with (
        guarded_server(tmp_path) as server,
        connect(str(server.kubeconfig({"token": "t"}))) as api,
    ):
        second = trustme.CA()
        server.belong_to(second)
        before = server.authority.stat()
        text = second.cert_pem.bytes().decode()
        server.authority.write_text(text + " " * (before.st_size - len(text)))
        os.utime(server.authority, ns=(before.st_atime_ns, before.st_mtime_ns))
        await ask(api)


async def test_server_and_context_stay_as_they_were(tmp_path: Path) -> None:
    async with guarded_server(tmp_path) as server:
        path = server.kubeconfig({"token": "t"})
        async with connect(str(path)) as api:
            config = json.loads(path.read_text())
            config["current-context"] = "other"
            config["contexts"].append({"name": "other", "context": {"cluster": "other"}})
            config["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
            config["clusters"].append({"name": "other", "cluster": {"server": "https://127.0.0.1:2"}})
            config["users"][0]["user"] = {"token": "u"}
            server.tokens = {"u"}
            replace(path, json.dumps(config))
            await ask(api)
            assert server.shown == ["u"]


async def test_files_belong_to_the_kubeconfig_that_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "token").write_text("t")
    (other / "config").write_text(json.dumps({"users": [{"name": "test", "user": {"tokenFile": "token"}}]}))
    async with guarded_server(tmp_path) as server:
        path = server.kubeconfig({"token": "t"})
        config = json.loads(path.read_text())
        del config["users"]
        path.write_text(json.dumps(config))
        monkeypatch.setenv("KUBECONFIG", f"{path}{os.pathsep}{other / 'config'}")
        async with connect(as_kubectl=True) as api:
            await ask(api)
        assert server.shown == ["t"]


async def test_a_user_may_act_as_another(tmp_path: Path) -> None:
    user = {"token": "t", "as": "jane", "as-groups": ["a", "b"], "as-user-extra": {"example.com/x": ["1"]}}
    async with guarded_server(tmp_path) as server, connect(str(server.kubeconfig(user))) as api:
        await ask(api)
        [headers] = server.came
    assert headers["Impersonate-User"] == "jane"
    assert headers.getall("Impersonate-Group") == ["a", "b"]
    assert headers["Impersonate-Extra-example.com%2Fx"] == "1"


@pytest.mark.parametrize(
    ("user", "cluster", "why"),
    [
        ({"token": "a\nb"}, {}, "the text for the header Authorization holds a control character"),
        ({"tokenFile": "absent"}, {}, ".*/absent: No such file or directory"),
        ({"exec": {"command": "x"}}, {}, "the exec section of the kubeconfig's user: .*apiVersion"),
        ({}, {"server": "10.0.0.1:6443"}, "server '10.0.0.1:6443' is no address; write it as https"),
        ({}, {"proxy-url": "http://u:pa55@:port"}, "proxy-url of the kubeconfig is no address of a proxy"),
        ({}, {"certificate-authority-data": "aGVsbG8="}, "the certificate authority of the cluster cannot"),
        ({}, {"certificate-authority": "empty"}, "the certificate authority of the cluster is empty; write"),
        ({"client-certificate-data": "eA==", "client-key-data": "eA=="}, {}, "the client certificate or its"),
    ],
)
async def test_what_cannot_be_used_is_a_clear_error(
    tmp_path: Path, user: dict[str, Any], cluster: dict[str, Any], why: str
) -> None:
    server = GuardedServer(tmp_path, None)  # type: ignore[arg-type]  # nobody connects to it
    trustme.CA().cert_pem.write_to_path(str(server.authority))
    (tmp_path / "empty").write_text("")
    with pytest.raises(AutofixError, match=f"no way to the API server: {why}") as told:
        async with connect(str(server.kubeconfig(user, **cluster))):
            pass
    assert "\n" not in str(told.value)
    assert "pa55" not in str(told.value)


async def test_no_error_repeats_the_secrets_of_a_kubeconfig(tmp_path: Path) -> None:
    server = GuardedServer(tmp_path, None)  # type: ignore[arg-type]  # nobody connects to it
    path = server.kubeconfig({})
    config = json.loads(path.read_text())
    config["users"] = [{"name": "test", "usr": {"token": "pa55"}}]
    path.write_text(json.dumps(config))
    with pytest.raises(AutofixError, match=r"users\[name=test\]") as told:
        async with connect(str(path)):
            pass
    assert "pa55" not in str(told.value)
