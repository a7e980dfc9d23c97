"""The control plane of the cluster tests, for what is measured on a real API server.

``make cluster-assets`` builds it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assets import build
from control_plane import Binaries, Cluster, control_plane


@contextmanager
def newest(folder: Path) -> Iterator[Cluster | None]:
    """Run a control plane of the newest Kubernetes that is tested against; None where it has not been built.

    Args:
        folder: a temporary folder for its files.
    """
    version = f"kubernetes-{build.MINORS[-1]}"
    if {"etcd", version} & set(build.missing()):
        print("left out what needs a control plane: run `make cluster-assets`", file=sys.stderr)
        yield None
        return
    with control_plane(Binaries(build.folder("etcd") / "etcd", build.folder(version)), folder) as cluster:
        yield cluster
