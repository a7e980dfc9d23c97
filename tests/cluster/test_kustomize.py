"""``autofix krm`` as a function of the real kustomize; the one in kubectl runs no executables."""

from __future__ import annotations

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


def test_kustomize_runs_the_function(tmp_path: Path):
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
    command = [kustomize, "build", "--enable-alpha-plugins", "--enable-exec", "."]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    [after] = yaml.safe_load_all(found.stdout)
    assert after["metadata"]["annotations"] == {ALPHA: "true", "size": "2.10"}
