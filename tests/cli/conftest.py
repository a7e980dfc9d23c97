"""The command line as a user runs it: arguments in, two streams and an exit code out."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_server import ApiServer, served
from builders import WRONG, namespace, workload
from command_line import Ended, Run, Write
from scanned import put

from autofix.cli import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("AUTOFIX_")]:
        monkeypatch.delenv(name)

    def begin(*argv: str, stdin: bytes = b"", chdir: bool = True) -> Ended:
        if chdir:
            os.chdir(tmp_path)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        try:
            code = main(argv)
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return begin


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    return put


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ApiServer]:
    """A cluster with a Namespace, in which one Deployment has a wrong key."""
    with served(tmp_path) as server:
        server.answers["/version"] = {"gitVersion": "v1.36.0"}
        server.answers["/apis/apps/v1/namespaces/linkerd/deployments/linkerd-proxy-injector"] = 404
        server.answers["/api/v1/namespaces/linkerd/configmaps/linkerd-config"] = 404
        server.store("/api/v1/namespaces", namespace({}))
        put(server, "apps/v1", "deployments", workload(annotations={WRONG: "true"}))
        yield server
