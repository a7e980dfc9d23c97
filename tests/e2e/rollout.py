"""A rolling update of Linkerd's injector by the real controllers; the test makes its pods ready."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from control_plane import Cluster
from installing import CONTROL_PLANE, control_plane_of
from processes import wait_for

_LABEL = "linkerd.io/control-plane-component=proxy-injector"
_REPLICAS = 2


@dataclass(frozen=True)
class Rollout:
    """The pods of the injector's Deployment."""

    cluster: Cluster

    def start(self, release: str, values: dict[str, Any] | None = None) -> None:
        """Write the Deployment; its controller makes the first pods of the release."""
        self.cluster.apply(*control_plane_of(release, values, _REPLICAS))
        wait_for(f"pods of {release}", lambda: bool(self._pods(release)))

    def finish(self, release: str) -> None:
        """Make pods ready until all are of this release."""

        def is_whole() -> bool:
            self._make_ready(release)
            names = self._names(ready_only=True)
            return len(names) == _REPLICAS and set(names.values()) == {release}

        wait_for(f"all pods are of {release}", is_whole)

    def half_finish(self, release: str) -> None:
        """Make one pod of the new release ready: then pods of both releases answer."""
        first, *_ = self._pods(release)
        self._make_ready(release, first)
        wait_for("both releases are ready", lambda: len(set(self._names(ready_only=True).values())) == 2)

    def _names(self, *, ready_only: bool) -> dict[str, str]:
        """Releases of the pods that stay, by their names."""
        pods = self.cluster.get("pods", "-n", CONTROL_PLANE, "-l", _LABEL)["items"]
        return {
            pod["metadata"]["name"]: pod["spec"]["containers"][0]["image"].rpartition(":")[2]
            for pod in pods
            if "deletionTimestamp" not in pod["metadata"] and (not ready_only or _is_ready(pod))
        }

    def _pods(self, release: str) -> list[str]:
        return sorted(name for name, tag in self._names(ready_only=False).items() if tag == release)

    def _make_ready(self, release: str, *names: str) -> None:
        conditions = [{"type": kind, "status": "True"} for kind in ("Ready", "ContainersReady")]
        patch = json.dumps({"status": {"phase": "Running", "conditions": conditions}})
        for name in names or self._pods(release):
            what = ("pod", name, "-n", CONTROL_PLANE, "--subresource=status", "--type=merge", "-p", patch)
            # Its controller may have deleted it meanwhile.
            self.cluster.kubectl("patch", *what, check=False)


def _is_ready(pod: dict[str, Any]) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
