"""A watch: what it says on standard error from round to round."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from api_server import api_server
from builders import WRONG
from linkerd_objects import CONFIGS, DEPLOYMENTS, deployment, values
from scan_reports import report_of, scan_of

from autofix.cli.scan_watch import watch
from autofix.cluster.scan import Scan, scan
from autofix.cluster.scope import read_scope
from autofix.errors import AutofixError
from autofix.kubeapi.client import connect
from autofix.linkerd.release import join_releases, parse_release

AGAIN = "everything can be read again"
UPGRADE = {
    "options": scan_of({}).options._replace(
        release=join_releases(map(parse_release, ("edge-24.10.1", "edge-26.8.3")))
    )
}
ERROR = {"problems": (AutofixError("pods: late"),), "unread": ("pods",)}
UNREAD = {"warnings": (AutofixError("podtemplates: forbidden"),), "unread": ("podtemplates",)}
UNKNOWN = {"unknowns": ("cannot read the server's version: late",)}
ARGUMENTS = argparse.Namespace(
    statistics=False, output="table", metrics_port=None, interval=0, quiet=False, color="never"
)
Round = Mapping[str, Any] | Exception


async def said(rounds: list[Round], capfd: pytest.CaptureFixture[str], *, quiet: bool = False) -> list[str]:
    """What a watch says in some rounds, without the time and the summary."""
    whole = scan_of({"shop/web": {WRONG: "true"}})
    left = iter(rounds)

    async def once() -> Any:
        for answer in left:
            if isinstance(answer, Exception):
                raise answer
            return replace(whole, **answer)
        raise asyncio.CancelledError

    arguments = argparse.Namespace(**{**vars(ARGUMENTS), "quiet": quiet})
    assert await watch(arguments, once, lambda scans: report_of(*scans)) == 0
    lines = (line.split(" ", 2)[2] for line in capfd.readouterr().err.splitlines())
    return [line for line in lines if "watching; " not in line]


@pytest.mark.parametrize(
    ("rounds", "times"),
    [
        ([{}, {}], 0),
        # Nothing was unread: the upgrade has ended.
        ([UPGRADE, {}], 0),
        ([UNKNOWN, {}], 0),
        ([ERROR, {}, {}], 1),
        ([ERROR, UPGRADE], 1),
        ([UNREAD, {}], 1),
        ([TimeoutError("late"), {}], 1),
        ([ERROR, UNREAD], 0),
        # Something else cannot be read yet.
        ([ERROR, UNKNOWN], 0),
        ([ERROR, UNKNOWN, {}], 1),
        ([ERROR, {}, ERROR, {}], 2),
    ],
)
async def test_that_everything_can_be_read_again_is_said_when_it_is_so(
    rounds: list[Round], times: int, capfd: pytest.CaptureFixture[str]
) -> None:
    assert (await said(rounds, capfd)).count(AGAIN) == times


async def test_what_was_not_said_is_not_taken_back(capfd: pytest.CaptureFixture[str]) -> None:
    assert await said([UNREAD, {}], capfd, quiet=True) == []


async def test_what_was_said_in_the_round_before_is_not_said_again(capfd: pytest.CaptureFixture[str]) -> None:
    assert await said([ERROR, ERROR], capfd) == ["error: pods: late"]


async def test_a_login_page_in_the_place_of_the_cluster_ends_no_watch(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    pages = login_page_and_cluster()
    async with api_server(tmp_path) as server, connect(str(server.kubeconfig)) as api:

        async def once() -> Scan:
            server.page = next(pages)
            scope, settings = read_scope(["deploy"]), scan_of({}).options
            return await scan(api, scope, settings, linkerd_namespace="linkerd", progress=lambda *_: None)

        server.answers[f"{DEPLOYMENTS}/linkerd-proxy-injector"] = deployment("edge-25.10.7")
        server.answers[f"{CONFIGS}/linkerd-config"] = values("a: b")
        server.answers["/version"] = {"gitVersion": "v1.36.0"}
        assert await watch(ARGUMENTS, once, lambda scans: report_of(*scans)) == 0
    err = capfd.readouterr().err
    assert "the API server answered what is no Kubernetes object" in err
    assert err.count(AGAIN) == 1


def login_page_and_cluster() -> Iterator[bytes]:
    """What answers in the first two rounds in the place of the cluster; then somebody stops the watch."""
    yield b"<html>log in</html>"
    yield b""
    raise asyncio.CancelledError
