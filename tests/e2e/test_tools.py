"""The plugs for kustomize and kubectl, run by the real ones; the kustomize in kubectl runs no executables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import yaml
from assets import build
from builders import ALPHA, WRONG

FUNCTION = """\
apiVersion: example.com/v1
kind: Autofix
metadata:
  name: autofix
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: ./autofix-krm
"""


def test_kustomize_runs_the_function(tmp_path: Path) -> None:
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web", "annotations": {WRONG: "true", "size": "2.10"}},
    }
    (tmp_path / "pod.yaml").write_text(yaml.safe_dump(pod))
    (tmp_path / "kustomization.yaml").write_text("resources: [pod.yaml]\ntransformers: [function.yaml]\n")
    (tmp_path / "function.yaml").write_text(FUNCTION)
    program = tmp_path / "autofix-krm"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -m autofix krm --linkerd 2.17\n")
    program.chmod(0o755)
    kustomize = build.folder("kustomize") / "kustomize"
    command: list[str | Path] = [kustomize, "build", "--enable-alpha-plugins", "--enable-exec", "."]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    [after] = yaml.safe_load_all(found.stdout)
    assert after["metadata"]["annotations"] == {ALPHA: "true", "size": "2.10"}


def test_kubectl_finds_its_plugin(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(
        f"kind: Pod\napiVersion: v1\nmetadata: {{annotations: {{{WRONG}: yes}}}}\n"
    )
    kubectl = build.folder(f"kubernetes-{build.MINORS[-1]}") / "kubectl"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command: list[str | Path] = [kubectl, "autofix", "fix", "-t", "2.17", "pod.yaml"]
    found = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    assert f'{ALPHA}: "true"' in (tmp_path / "pod.yaml").read_text()
