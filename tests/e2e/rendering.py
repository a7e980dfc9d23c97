"""What kustomize and Helm make of `deploy/`."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import yaml
from assets import build
from installing import NAME, NAMESPACE
from paths import DEPLOY

Objects = dict[tuple[str, str], Any]


def run(*command: str | Path) -> str:
    found = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout


def by_name(text: str) -> Objects:
    objects = [one for one in yaml.safe_load_all(text) if one]
    found = {(one["kind"], one["metadata"]["name"]): one for one in objects}
    assert len(found) == len(objects)
    return found


def kustomized(components: list[str], folder: Path, **more: Any) -> str:
    overlay = {
        **more,
        "resources": [os.path.relpath(DEPLOY / "base", folder)],
        "components": [os.path.relpath(DEPLOY / "components" / one, folder) for one in components],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
    return run(build.folder("kustomize") / "kustomize", "build", folder)


def charted(values: dict[str, Any], folder: Path, helm: str = "helm-3", *more: str) -> str:
    path = folder / "values.yaml"
    path.write_text(yaml.safe_dump({"createNamespace": True, **values}))
    command = ("template", NAME, DEPLOY / "chart", "--namespace", NAMESPACE, "--kube-version", "1.34.0")
    # A flag that is given twice has its last value.
    return run(build.folder(helm) / "helm", *command, "--values", path, *more)
