"""What the rules about running pods are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime


class RunningPod(NamedTuple):
    """A pod that has Linkerd's proxy.

    Attributes:
        namespace, name: what it is called.
        native: whether the proxy is a native sidecar.
        held_by: the container of Linkerd's that still runs although all of the user's have ended for good;
            empty when that is not so.
        ended: when the last of the user's containers ended; None when that is not known.
    """

    namespace: str
    name: str
    native: bool
    held_by: str = ""
    ended: datetime | None = None
