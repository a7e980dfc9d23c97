"""Requests through a proxy: where they go, and what an error says."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from pathlib import Path

import pytest
import trustme
from guarded_server import HOST, GuardedServer, SocksProxy, connect_proxy, guarded_server

from autofix.kubeapi.api_path import VERSION
from autofix.kubeapi.client import Api, ApiError, connect
from autofix.kubeapi.connection import UnreachableError


async def ask(api: Api) -> bytes:
    return await api.request("GET", VERSION)


async def test_the_kubeconfigs_proxy_is_used(tmp_path: Path) -> None:
    async with guarded_server(tmp_path) as server, connect_proxy(server.port) as proxy:
        path = server.kubeconfig({"token": "t"}, **{"proxy-url": f"http://u:pa55@127.0.0.1:{proxy.port}"})
        async with connect(str(path)) as api:
            await ask(api)
        [asked] = proxy.asked
    assert asked.startswith(f"CONNECT 127.0.0.1:{server.port} ")
    assert b64encode(b"u:pa55").decode() in asked
    # Our token is for the API server alone.
    assert "Bearer" not in asked


@pytest.mark.parametrize(
    ("no_proxy", "is_proxied"), [("", True), ("example.org", True), ("127.0.0.0/8,.example", False)]
)
async def test_the_environments_proxy_is_used_but_for_its_exceptions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_proxy: str, is_proxied: bool
) -> None:
    async with guarded_server(tmp_path) as server, connect_proxy(server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", no_proxy)
        path = server.kubeconfig({"token": "t"}, server=f"https://{HOST}:6443")
        async with connect(str(path)) as api:
            if is_proxied:
                await ask(api)
            else:
                # Nobody has this name.
                with pytest.raises(UnreachableError, match=HOST) as told:
                    await ask(api)
                assert "proxy" not in str(told.value)
    assert len(proxy.asked) == is_proxied


async def test_netrc_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login u password pa55\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    async with guarded_server(tmp_path) as server:
        for user, shown in (({"token": "t"}, "t"), ({}, "")):
            async with connect(str(server.kubeconfig(user))) as api:
                try:
                    await ask(api)
                except ApiError as error:
                    assert error.status == 401  # noqa: PT017  # without a token it must be refused
            assert server.shown[-1] == shown


async def test_an_error_names_the_proxy_without_its_password(tmp_path: Path) -> None:
    async with guarded_server(tmp_path) as server:
        async with connect_proxy(server.port) as proxy:
            address = f"127.0.0.1:{proxy.port}"
            path = server.kubeconfig({"token": "t"}, **{"proxy-url": f"http://u:pa55@{address}"})
            proxy.status = "407 Proxy Authentication Required"
            answered = await error_of(str(path))
            proxy.status = "200 OK"
            proxy.target = 1
            lost = await error_of(str(path))
        gone = await error_of(str(path))
    end = rf" through the proxy http://{address} \(proxy-url of the kubeconfig\)$"
    for error, text in (
        (answered, r"HTTP status 407 \(Proxy Authentication Required\) instead of a way"),
        (lost, ".+"),
        (gone, f"Cannot connect to host {address} .*"),
    ):
        assert error.match(text + end), error
        assert "pa55" not in str(error)
    assert isinstance(answered.value, UnreachableError)
    assert isinstance(gone.value, UnreachableError)


async def error_of(kubeconfig: str) -> pytest.ExceptionInfo[Exception]:
    """The error of a request."""
    async with connect(kubeconfig) as api:
        with pytest.raises(Exception, match=r".+") as told:
            await ask(api)
    return told


async def test_a_proxy_that_does_not_answer_is_named_with_the_time(tmp_path: Path) -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    writers: list[asyncio.StreamWriter] = []
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as listener:
        port = listener.sockets[0].getsockname()[1]
        server = GuardedServer(tmp_path, None)  # type: ignore[arg-type]  # nobody reaches it
        path = server.kubeconfig(
            {}, **{"proxy-url": f"http://127.0.0.1:{port}", "insecure-skip-tls-verify": True}
        )
        trustme.CA().cert_pem.write_to_path(str(server.authority))
        async with connect(str(path)) as api:
            with pytest.raises(TimeoutError, match=r"no answer within 0\.1 seconds through the proxy http"):
                await api.request("GET", VERSION, seconds=0.1)
        for writer in writers:
            writer.close()


async def test_a_socks_proxy_gets_the_name_and_its_errors_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with guarded_server(tmp_path) as server, connect_proxy(server.port, SocksProxy) as proxy:
        end = rf"through the proxy socks5://127\.0\.0\.1:{proxy.port} \(HTTPS_PROXY\)$"
        monkeypatch.setenv("HTTPS_PROXY", f"socks5://u:pa55@127.0.0.1:{proxy.port}")
        path = server.kubeconfig({"token": "t"}, server=f"https://{HOST}:6443")
        async with connect(str(path)) as api:
            server.closes = True
            await ask(api)
            # A new authority is looked for here, too.
            second = trustme.CA()
            server.belong_to(second)
            with pytest.raises(UnreachableError, match=f"certificate verify failed.* {end}"):
                await ask(api)
            server.authority.write_bytes(second.cert_pem.bytes())
            await ask(api)
        assert set(proxy.asked) == {f"{HOST}:6443"}
        proxy.status = "403"
        refused = await error_of(str(path))
    gone = await error_of(str(path))
    for error in (refused, gone):
        assert error.match(end)
        assert isinstance(error.value, UnreachableError)


async def test_a_proxy_may_be_reached_over_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with guarded_server(tmp_path) as server, connect_proxy(server.port, context=context) as proxy:
        # As with Go, the proxy's certificate is checked with the authorities of the cluster.
        server.authority.write_bytes(server.authority.read_bytes() + authority.cert_pem.bytes())
        path = server.kubeconfig({"token": "t"}, **{"proxy-url": f"https://127.0.0.1:{proxy.port}"})
        async with connect(str(path)) as api:
            await ask(api)
        assert len(proxy.asked) == 1
