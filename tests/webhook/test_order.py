"""The self-check of the order in which the API server calls webhooks."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import pytest

from webhook.api_server import api_server
from webhook.order import checking, order_problem
from webhook.settings import SettingsError

LINKERD = {"linkerd-proxy-injector-webhook-config": {"linkerd-proxy-injector.linkerd.io"}}
OURS = {"pods.linkerd-autofix.io"}


@pytest.mark.parametrize(
    ("ours", "others", "problem"),
    [
        ("linkerd-autofix", LINKERD, None),
        ("autofix", LINKERD, None),
        ("linkerd-autofix", {}, None),
        ("zz-autofix", {"istio-sidecar-injector": {"rev.namespace.sidecar-injector.istio.io"}}, None),
        ("zz-autofix", LINKERD, "is called before zz-autofix"),
        ("linkerd-proxy-zz", LINKERD, "linkerd-proxy-injector-webhook-config is called before"),
        # A chart that gives it another name is found by its webhook.
        ("linkerd-autofix", {"aa-mesh": {"linkerd-proxy-injector.linkerd.io"}}, "aa-mesh is called before"),
    ],
)
def test_names_are_compared_as_the_api_server_does(
    ours: str, others: dict[str, set[str]], problem: str | None
):
    found = order_problem({ours: OURS, **others}, ours)
    assert found is None if problem is None else problem in str(found)


def test_a_configuration_that_is_not_there_is_a_problem():
    assert "there is no MutatingWebhookConfiguration linkerd-autofix" in str(
        order_problem(LINKERD, "linkerd-autofix")
    )


async def test_an_api_server_that_is_away_is_said_and_asked_again(monkeypatch, caplog):
    monkeypatch.setattr("webhook.order._SECONDS", 0)
    answers = iter([OSError("away"), LINKERD, {**LINKERD, "a": OURS}, {**LINKERD, "a": OURS}])
    reports: list[str | None] = []
    done = asyncio.Event()

    async def lister():
        answer = next(answers, None)
        if answer is None:
            done.set()
            await asyncio.sleep(60)
        if isinstance(answer, OSError):
            raise answer
        return answer

    with caplog.at_level(logging.INFO):
        async with checking(lister, "a", reports.append):
            await asyncio.wait_for(done.wait(), 5)
    assert reports == [order_problem(LINKERD, "a"), None, None]
    # Said when it changes, and not every minute.
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR", "INFO"]


@pytest.mark.parametrize("kubeconfig", ["", "absent.yaml"])
async def test_without_a_way_to_the_api_server_there_is_a_clear_error(kubeconfig: str, tmp_path: Path):
    with pytest.raises(SettingsError, match="no way to the API server"):
        async with api_server(str(tmp_path / kubeconfig) if kubeconfig else ""):
            pass


async def test_without_the_package_the_error_names_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "kubernetes_asyncio", None)
    with pytest.raises(SettingsError, match=r"install linkerd-autofix\[cluster\]"):
        async with api_server(""):
            pass
