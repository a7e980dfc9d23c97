"""S16 for what comes from an API server: nothing of it reaches a terminal or a runner as it is."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from builders import WRONG
from commands import assert_harmless, assert_said, run
from forged import FORGED, FORMATS, NAME, quoted


class _Server(BaseHTTPRequestHandler):
    """An API server that is in an attacker's hands."""

    def do_GET(self) -> None:
        if self.path.startswith("/version"):
            self._answer(200, {"major": "1", "minor": "33", "gitVersion": "v1.33.0"})
        elif "pods" in self.path:
            annotations = {WRONG: "true", f"config.linkerd.io/{FORGED}": FORGED}
            metadata = {"name": FORGED, "namespace": FORGED, "annotations": annotations, "uid": FORGED}
            pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {}}
            self._answer(200, {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [pod]})
        else:
            self._answer(403, {"kind": "Status", "message": FORGED, "code": 403})

    def _answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        self._answer(403, {"kind": "Status", "message": FORGED, "code": 403})

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def kubeconfig(tmp_path: Path) -> Iterator[Path]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = tmp_path / "kubeconfig"
        path.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "x",
                    "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x", "namespace": "x"}}],
                    "clusters": [
                        {"name": "x", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}
                    ],
                    "users": [{"name": "x", "user": {"token": "x"}}],
                }
            )
        )
        yield path
        server.shutdown()


@pytest.mark.parametrize("form", ["table", "wide", "html", *FORMATS])
def test_no_format_of_scan_hands_anything_on(tmp_path: Path, kubeconfig: Path, form: str) -> None:
    arguments = ("scan", "pods", "-A", "-t", "2.17", "--kubeconfig", str(kubeconfig), "-o", form)
    code, out, errors = run(*arguments, folder=tmp_path)
    assert code in (1, 2), errors
    assert_said(errors)
    assert_harmless(out.replace("\t", "") if form == "diff" else out, own_commands=form == "github")
    assert form in ("diff", "jsonpatch") or "stop-commands" in out


def test_scan_of_a_hostile_server_says_nothing_raw(tmp_path: Path, kubeconfig: Path) -> None:
    for arguments in (("scan", "deploy"), ("scan",), ("doctor",), ("doctor", "-o", "json"), ("probe",)):
        code, out, errors = run(*arguments, "--kubeconfig", str(kubeconfig), folder=tmp_path)
        assert code != 0
        assert_said(errors)
        assert_harmless(out)
        assert "stop-commands" in errors + out


def test_colours_come_only_from_us(tmp_path: Path, kubeconfig: Path) -> None:
    arguments = ("scan", "pods", "-A", "-t", "2.17", "--kubeconfig", str(kubeconfig), "--color", "always")
    _, out, _ = run(*arguments, folder=tmp_path)
    colours = re.compile(r"\x1b\[(?:0|1|31|33|36)m")
    assert colours.search(out)
    assert_harmless(colours.sub("", out))


def test_several_contexts_of_a_hostile_kubeconfig_say_nothing_raw(tmp_path: Path, kubeconfig: Path) -> None:
    config = json.loads(kubeconfig.read_text())
    config["contexts"].append({**config["contexts"][0], "name": FORGED})
    path = tmp_path / "two"
    path.write_text(json.dumps(config))
    for form in ("table", "wide", "html", *FORMATS):
        arguments = ("scan", "pods", "-A", "-t", "2.17", "--kubeconfig", str(path), "--all-contexts")
        code, out, errors = run(*arguments, "-o", form, folder=tmp_path)
        assert code in (1, 2), errors
        assert_said(errors)
        assert_harmless(out.replace("\t", "") if form == "diff" else out, own_commands=form == "github")


def test_a_hostile_kubeconfig_says_nothing_raw(tmp_path: Path) -> None:
    for number, text in enumerate((f"a: {quoted(FORGED)}", "a: \x1b[31m\n b: \u202e", f"*\u202ex: {FORGED}")):
        path = tmp_path / f"{number}"
        path.write_text(text)
        code, _, errors = run("scan", "--kubeconfig", str(path), "--context", NAME, folder=tmp_path)
        assert code == 2
        assert_said(errors)
