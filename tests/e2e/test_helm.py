"""The post-renderer in the real Helm, as an executable in Helm 3 and as a plugin in Helm 4."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from assets import build
from builders import ALPHA, WRONG
from paths import ROOT

RENDERER = ROOT / "deploy" / "helm-post-renderer"
POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: {{ .Release.Name }}
  annotations:
    config.linkerd.io/proxy-native-sidecar: "true"  # why
spec:
  containers: []
"""


@pytest.mark.parametrize(
    ("version", "renderer"), [("3", str(RENDERER / "autofix-post-renderer")), ("4", "autofix")]
)
def test_the_rendered_manifests_are_repaired(version: str, renderer: str, tmp_path: Path) -> None:
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: chart\nversion: 0.1.0\n")
    (chart / "templates" / "pod.yaml").write_text(POD)
    folders = {
        name: str(tmp_path / name) for name in ("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME")
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **folders, "PATH": path, "AUTOFIX_LINKERD": "2.17"}

    def helm(*arguments: str) -> str:
        command: list[str | Path] = [build.folder(f"helm-{version}") / "helm", *arguments]
        found = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert found.returncode == 0, found.stderr
        return found.stdout

    if version == "4":
        helm("plugin", "install", str(RENDERER))
    rendered = helm("template", "web", str(chart), "--post-renderer", renderer)
    assert f'    {ALPHA}: "true"' in rendered
    assert WRONG not in rendered
    assert "name: web" in rendered
