"""Programs in Go to compare with, built where Go is."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

_SOURCES: Final = Path(__file__).with_name("go")
_CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "linkerd-autofix-bench"


def go_decoder() -> Path | None:
    """Return the decoder of YAML documents with gopkg.in/yaml.v3; None without Go."""
    return _built("yaml", ".")


def kubeconform() -> Path | None:
    """Return kubeconform; None without Go, or where its modules cannot be fetched."""
    return _built("kubeconform", "github.com/yannh/kubeconform/cmd/kubeconform")


def kyverno() -> str | None:
    """Return kyverno's CLI where it is installed; its build takes minutes, and the fork of another module."""
    return shutil.which("kyverno")


@cache
def _built(name: str, package: str) -> Path | None:
    go = shutil.which("go")
    if go is None:
        return None
    program = _CACHE / name
    _CACHE.mkdir(parents=True, exist_ok=True)
    done = subprocess.run((go, "build", "-o", program, package), cwd=_SOURCES / name, check=False)
    return program if done.returncode == 0 else None
