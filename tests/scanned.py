"""Scans of a cluster on loopback, through the command line."""

from __future__ import annotations

from typing import Any

from api_server import ApiServer
from command_line import Ended, Run

OPTIONS = ("-t", "2.17", "--ignore", "AFX404", "--no-headers")


def put(server: ApiServer, version: str, plural: str, obj: dict[str, Any], place: str = "shop") -> None:
    """Store an object where those of its Namespace are read, and where those of all are."""
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    server.store(f"{root}/{plural}", server.store(f"{root}/namespaces/{place}/{plural}", obj))


def scanned(run: Run, server: ApiServer, *words: str) -> Ended:
    return run("scan", *OPTIONS, "--kubeconfig", str(server.kubeconfig), *words)


def rows(out: str) -> list[list[str]]:
    """The first three columns of a table without headers."""
    return [line.split()[:3] for line in out.splitlines()]
