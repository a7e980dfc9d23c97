"""S9: no name, wherever it comes from, leads a request with our rights to another path of the API server.

Every function that sends a request is found in the source, and is called here with hostile names. What a
server on loopback gets is read as the API server reads it: decoded before it is split.
"""

from __future__ import annotations

import ast
import io
import json
import re
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote

import aiohttp
import pytest
import trustme
import yarl
from api_callers import CALLS, PLAIN, Call
from api_server import ApiServer, Asked, api_server
from hypothesis import given, settings
from hypothesis import strategies as st
from paths import ROOT
from webhook_client import load
from webhook_process import lines, process

from autofix.kubeapi.api_path import ApiPath, PathError, field_selector, label_selector
from autofix.kubeapi.client import connect

SOURCES = sorted((*ROOT.glob("autofix/**/*.py"), *ROOT.glob("webhook/**/*.py")))
BUILDER, CLIENT = ROOT / "autofix/kubeapi/api_path.py", ROOT / "autofix/kubeapi/client.py"
# The only caller of the HTTP client; it takes nothing but the paths that CLIENT has checked.
CONNECTION = ROOT / "autofix/kubeapi/connection.py"

REFUSED = [
    *("", ".", "..", "/", "a/b", "../../../api/v1/nodes", "/api/v1/nodes", "%2f", "%2F..", "..%2f..%2fnodes"),
    *("%2e%2e", "a%00", "%", "a\nb", "a\r\nHost: b", "\0", "\x7f", "\x85", "x" * 254, "\udc80"),
]
# These may be names, and must stay one segment.
KEPT = [
    *("a?watch=true", "?", "a#b", "#", "a b", "a&limit=1", "a;b", "a=b", "a+b", "\\..\\..\\nodes", "..a"),
    *("a,metadata.namespace=kube-system", "é", "\u202e", "\uff0f", "x" * 253),
]
QUERY = {
    "allowWatchBookmarks",
    *("dryRun", "fieldManager", "fieldSelector", "labelSelector", "limit", "resourceVersion"),
    *("timeoutSeconds", "watch"),
}
LABELS = re.compile(
    r"kubernetes\.io/service-name=[\w.-]+|linkerd\.io/control-plane-component=proxy-injector", re.ASCII
)


def senders() -> Iterator[str]:
    """Every function that calls ``.request`` or ``.stream``, as module:name."""
    for source in SOURCES:
        if source in (CLIENT, CONNECTION):
            continue
        module = ".".join(source.relative_to(ROOT).with_suffix("").parts)
        for function in ast.walk(ast.parse(source.read_text())):
            if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef):
                calls = [one for one in ast.walk(function) if isinstance(one, ast.Call)]
                names = [one.func.attr for one in calls if isinstance(one.func, ast.Attribute)]
                if {"request", "stream"} & set(names):
                    yield f"{module}:{function.name}"


def test_every_function_that_sends_a_request_is_tried_here() -> None:
    assert sorted(senders()) == sorted(name for call in CALLS for name in call.functions)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_paths_are_made_in_one_module(source: Path) -> None:
    tree = ast.parse(source.read_text())
    texts = [one.value for one in ast.walk(tree) if isinstance(one, ast.Constant)]
    assert not [text for text in texts if isinstance(text, str) and re.match(r"/?apis?/|/version", text)]
    names = {one.attr for one in ast.walk(tree) if isinstance(one, ast.Attribute)}
    assert source == CLIENT or "connection" not in names or "send" not in names
    calls = [ast.unparse(one) for one in ast.walk(tree) if isinstance(one, ast.Call)]
    assert source == BUILDER or not [one for one in calls if "ApiPath" in one and re.match("cast|str", one)]


def is_inside(one: Asked, call: Call, name: str) -> bool:
    """Whether a request leads to where it may; a star is this name or one of our own, as a whole."""

    def fits(wanted: str, part: str) -> bool:
        # A resource's name is cut at its first dot, and a Secret's is a Service's with an end.
        ours = (f"{name}-tls", f"{name}-cert")
        is_like_it = name in KEPT and (part in f"{name}.argoproj.io" or part in ours)
        is_name = re.fullmatch("[a-z0-9.-]+", part) or part == name or is_like_it
        return part == wanted or bool(wanted == "*" and is_name and part.strip("."))

    paths = [path.split("/")[1:] for path in call.paths]
    return any(len(path) == len(one.path) and all(map(fits, path, one.path)) for path in paths) and normpath(
        "/" + "/".join(one.path)
    ) == "/" + "/".join(one.path)


def check(server: ApiServer, call: Call, name: str) -> None:
    for one in server.asked:
        assert is_inside(one, call, name), one
        assert set(one.query) <= QUERY, one
        for selector in one.query.get("fieldSelector", []):
            assert re.fullmatch(r"metadata\.name=(?:[^\\,=]|\\[\\,=])+", selector), one
        for selector in one.query.get("labelSelector", []):
            assert LABELS.fullmatch(selector), one
        assert name in (PLAIN, *KEPT) or name not in one.path, one


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.functions[0])
async def test_no_name_leads_a_request_elsewhere(call: Call, tmp_path: Path) -> None:
    async with api_server(tmp_path) as server, connect(str(server.kubeconfig)) as api:
        for name in (PLAIN, *KEPT, *REFUSED):
            server.asked.clear()
            server.answers.clear()
            await call.drive(api, server, name)
            check(server, call, name)
            # With a name as it should be, it does something.
            assert server.asked or name != PLAIN


async def test_a_text_is_not_sent(tmp_path: Path) -> None:
    async with api_server(tmp_path) as server, connect(str(server.kubeconfig)) as api:
        path = ApiPath("api", "v1")
        for text in ("/version", f"{path}/nodes", path + "/nodes"):
            with pytest.raises(TypeError, match="not an ApiPath"):
                await api.request("GET", text)  # type: ignore[arg-type]
            with pytest.raises(TypeError, match="not an ApiPath"):
                async with api.stream(text, {}, ""):  # type: ignore[arg-type]
                    pass
        assert server.asked == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_a_name_is_a_clear_error(name: str) -> None:
    refused: tuple[Callable[[], object], ...] = (
        lambda: ApiPath("api", name),
        lambda: ApiPath("api").child(name),
        lambda: field_selector(name),
    )
    for make in refused:
        with pytest.raises(
            PathError, match=r"cannot be the name of anything in Kubernetes: .*; correct"
        ) as error:
            make()
        assert str(error.value).isprintable()
        assert len(str(error.value)) < 500


@pytest.mark.parametrize("value", [*REFUSED, *KEPT, "-a", "a-", "x" * 64])
def test_what_cannot_be_a_label_is_a_clear_error(value: str) -> None:
    with pytest.raises(PathError, match="cannot be the value of a label"):
        label_selector("app", value)


TEXTS = st.text(max_size=300) | st.sampled_from([*REFUSED, *KEPT]) | st.text("./%\\?#&=,;:\n a", max_size=9)


@settings(max_examples=2000)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_a_path_is_read_as_its_parts_or_is_none(parts: list[str]) -> None:
    try:
        path = ApiPath(*parts)
    except PathError:
        return
    # aiohttp sends what yarl makes of it.
    sent = yarl.URL(f"https://127.0.0.1{path}?limit=1")
    assert unquote(sent.raw_path).split("/") == ["", *parts]
    assert sent.raw_query_string == "limit=1"
    assert path == ApiPath(parts[0]).child(*parts[1:])


def review(namespace: str, name: str, version: str = "apps/v1", kind: str = "ReplicaSet") -> bytes:
    found = load("05-pod-create-from-replicaset")
    request = found["request"]
    request["namespace"] = namespace
    owner = {"apiVersion": version, "kind": kind, "name": name, "uid": name, "controller": True}
    request["object"]["metadata"] |= {
        "namespace": namespace,
        "annotations": {"config.linkerd.io/proxy-native-sidecar": "true", "linkerd.io/inject": "enabled"},
        "ownerReferences": [owner],
    }
    return json.dumps(found).encode()


async def test_no_review_leads_the_real_process_elsewhere(tmp_path: Path) -> None:
    authority, client = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(client)
    leaf = authority.issue_cert("127.0.0.1")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "tls.pem"))
    call = next(call for call in CALLS if "webhook.cluster.events:_send" in call.functions)
    async with (
        api_server(tmp_path) as server,
        process(
            *("--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--linkerd", "2.17"),
            *("--tls-cert", str(tmp_path / "tls.pem"), "--tls-key", str(tmp_path / "tls.pem")),
            *("--events", "true", "--kubeconfig", str(server.kubeconfig)),
        ) as found,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=client)) as session,
    ):
        url = f"https://{(await lines(found, 'listening'))['address']}/mutate"

        async def post(body: bytes) -> bool:
            headers = {"Content-Type": "application/json"}
            async with session.post(url, data=io.BytesIO(body), headers=headers) as answer:
                return bool(json.loads(await answer.read())["response"]["allowed"])

        for name in (*KEPT, *REFUSED):
            if name.isprintable():
                assert await post(review(name, "web"))
            assert await post(review("shop", name if name != "\udc80" else "a/b"))
            assert await post(review("../../../api/v1", "..", version="../../api/v1", kind="Node"))
        assert await post(review("shop", "the-last-one"))
        # Events are sent in turn, fifty in ten seconds: the queue holds all of these.
        await server.until(lambda: any(b"the-last-one" in one.body for one in server.asked))
        for one in server.asked:
            assert any(is_inside(one, call, name) for name in KEPT), one
