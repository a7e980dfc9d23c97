"""Pods run another kind of sidecar than their annotations ask for.

## What it does

Reports workloads in a live cluster with pods of another kind than their annotations ask for. For example,
the proxy is an ordinary container, although the annotations of the pod template and the Namespace ask for a
native sidecar. The other way round counts, too. A restart has to help: a pod that is made today would be
right, and after every safe fix, too. If something has to be repaired first, only the finding about that is
reported. Only `autofix scan` reports it.

## Why is this bad

Linkerd decides when a pod is created, and never again. Pods that are older than a repair, than a change of
their Namespace, or than an upgrade of Linkerd keep their kind of sidecar.

## Example

A Namespace got `config.linkerd.io/proxy-enable-native-sidecar: "true"` yesterday; the pods of Deployment
`api` are a week old.

## Fix safety

There is none: the workload needs new pods. `kubectl rollout restart` makes them for Deployments,
StatefulSets and DaemonSets. Delete the pods of a Job, and pods without an owner, and create them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from autofix.rules.context import Door
from autofix.rules.finding import Applicability, Finding, Severity
from autofix.rules.running import RunningPod

CODE = "AFX602"
DOORS = (Door.CLUSTER,)
_NAMED: Final = 3
_RESTARTABLE: Final = ("Deployment", "StatefulSet", "DaemonSet")
_CALLED: Final = {True: "a native sidecar", False: "an ordinary container"}


def report(pods: Sequence[RunningPod], kind: str, name: str) -> Finding:
    """Return the finding for pods with the other kind of sidecar.

    Args:
        pods: the pods, at least one, all of one owner and with the same kind of sidecar.
        kind: of what made them, ``Pod`` for a pod without an owner.
        name: of what made them.
    """
    native, namespace = pods[0].native, pods[0].namespace
    names = ", ".join(pod.name for pod in pods[:_NAMED]) + (", …" if len(pods) > _NAMED else "")
    which = "its proxy is" if kind == "Pod" else f"in {len(pods)} of its pods ({names}) the proxy is"
    if kind in _RESTARTABLE:
        way = f"kubectl -n {namespace} rollout restart {kind.lower()}/{name}"
    else:
        way = "delete and create it again" if kind in ("Pod", "Job") else "its pods have to be made anew"
    message = f"{which} {_CALLED[native]}, and the annotations ask for {_CALLED[not native]}: {way}"
    return Finding(CODE, Severity.WARNING, message, Applicability.DISPLAY, (), native=True)
