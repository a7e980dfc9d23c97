"""Running the commands that ask a cluster, as a user would."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from control_plane import Cluster


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str
    seconds: float = 0
    # The most memory it had, in bytes.
    memory: int = 0

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The objects of ``-o json``."""
        return [found for document in json.loads(self.out)["documents"] for found in document["objects"]]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "autofix", *arguments]


def environment(kubeconfig: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "KUBECONFIG": str(kubeconfig)}


def autofix(cluster: Cluster, *arguments: str, kubeconfig: Path | None = None) -> Ran:
    """Run autofix as an administrator, or with another kubeconfig."""
    started = time.monotonic()
    child = subprocess.Popen(
        command(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(kubeconfig or cluster.kubeconfig),
    )
    try:
        out, err = child.communicate(timeout=240)
    except subprocess.TimeoutExpired:
        child.kill()
        raise
    return Ran(child.returncode, out, err, time.monotonic() - started)


def at_a_terminal(
    cluster: Cluster, *arguments: str, answer: str, before: Callable[[], None] = lambda: None
) -> Ran:
    """Run autofix with a person at the terminal, who answers its question."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        command(*arguments),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(cluster.kubeconfig),
    )
    os.close(theirs)
    assert child.stderr is not None
    said = ""
    while "[y/N]" not in said:
        piece = child.stderr.read(1)
        if not piece:
            break
        said += piece
    before()
    os.write(ours, f"{answer}\n".encode())
    out, err = child.communicate(timeout=60)
    os.close(ours)
    return Ran(child.returncode, out, said + err)


def shown_at_a_terminal(
    kubeconfig: Path, columns: int, *arguments: str, stop: Callable[[str], bool] | None = None, **more: str
) -> str:
    """What a person sees on a terminal of this width; a command without an end ends when it is enough."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, columns))
    child = subprocess.Popen(
        command(*arguments),
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={**environment(kubeconfig), **more},
    )
    os.close(theirs)
    output = b""
    try:
        while piece := _read(ours):
            output += piece
            if stop and stop(output.decode(errors="replace")):
                child.terminate()
                stop = None
        child.wait(timeout=60)
    finally:
        child.kill()
        os.close(ours)
    return output.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        # Linux says so when nobody is at the other end any more.
        return b""


def versions(cluster: Cluster, namespaces: Mapping[str, Any] | list[str]) -> dict[str, str]:
    """The resource versions of everything that a scan looks at in some Namespaces."""
    kinds = "namespaces,deploy,sts,ds,rs,rc,jobs,cronjobs,podtemplates,pods"
    found = {}
    for one in cluster.get(kinds, "-A")["items"]:
        metadata = one["metadata"]
        inside = metadata.get("namespace", metadata["name"])
        if inside in namespaces:
            found[f"{one['kind']} {inside}/{metadata['name']}"] = metadata["resourceVersion"]
    return found
