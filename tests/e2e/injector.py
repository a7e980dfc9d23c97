"""The stand-in for Linkerd's injector: its processes, the values that it reads, a Service over several."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assets import build
from balancer import balancer
from control_plane import Cluster
from processes import free_port, process, wait_for

_WRITER = "linkerd.io/created-by"
Object = dict[str, object]


@dataclass(frozen=True)
class Injector:
    """An injector that runs.

    Attributes:
        url: where it serves.
        release: the release that it behaves like.
        values: its file with Helm's values, which stands for the mounted ConfigMap.
    """

    url: str
    release: str
    values: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def refresh(self, *, native: bool = False, wait: int = 0, tokens: bool = True) -> None:
        """Write the file anew, as a kubelet does some time after the ConfigMap changed."""
        write_values(self.values, native=native, wait=wait, tokens=tokens)


def write_values(path: Path, *, native: bool, wait: int, tokens: bool) -> None:
    """Write Helm's values; a reader sees the old file or the new one."""
    whole = {
        "proxy": {"nativeSidecar": native, "waitBeforeExitSeconds": wait},
        "identity": {"serviceAccountTokenProjection": tokens},
    }
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(whole))
    unfinished.replace(path)


StartInjector = Callable[..., AbstractContextManager[Injector]]


def injector_of(cluster: Cluster, release: str, folder: Path) -> StartInjector:
    """Return what starts injectors that behave like a release."""

    @contextmanager
    def start(*, native: bool = False, wait: int = 0, tokens: bool = True) -> Iterator[Injector]:
        name = f"injector-{free_port()}"
        log, values = folder / f"{name}.log", folder / f"{name}.json"
        write_values(values, native=native, wait=wait, tokens=tokens)
        command: list[str | Path] = [
            build.folder("injector") / "injector",
            f"-release={release}",
            f"-values={values}",
            f"-server={cluster.url}",
            f"-tls-cert={folder / 'tls.crt'}",
            f"-tls-key={folder / 'tls.key'}",
        ]
        with process(command, log, {"TOKEN": cluster.token}):
            wait_for("the injector listens", lambda: log.read_text().strip().isdecimal(), log=log)
            yield Injector(f"https://127.0.0.1:{int(log.read_text())}", release, values)

    return start


@contextmanager
def service_over(*injectors: Injector) -> Iterator[Injector]:
    """One address for several injectors; they answer in turns."""
    port = free_port()
    with balancer(port, lambda: [injector.port for injector in injectors]):
        yield Injector(f"https://127.0.0.1:{port}", "", injectors[0].values)


def writers_of(pods: list[dict[str, dict[str, dict[str, str]]]]) -> set[str]:
    """The releases of the injectors that injected some pods."""
    texts = {pod["metadata"]["annotations"].get(_WRITER, "") for pod in pods}
    return {text.rpartition(" ")[2] for text in texts if text}
