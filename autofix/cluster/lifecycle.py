"""The life of one pod, read from its status: did the proxy end by itself, and who ended when?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec
from msgspec import Struct

from autofix.kubeapi.list import Object
from autofix.rules.running import PROXY_CONTAINER

# A proxy that is an ordinary container never ends; this is long enough to see that it does not.
_GRACE: Final = timedelta(seconds=5)


class Ending(StrEnum):
    """How it ended."""

    COMPLETED = "completed"
    PROXY_KEPT_RUNNING = "proxy kept running"
    NOT_INJECTED = "not injected"
    FAILED = "failed"
    DENIED = "denied"
    NOT_SCHEDULED = "never scheduled"
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the pod.

    Attributes:
        ending: how it ended.
        why: the same in a sentence.
        order: which container ended when and how, the first first.
    """

    ending: Ending
    why: str
    order: tuple[str, ...] = ()


class _Container(Struct):
    name: str = ""


class _Spec(Struct, rename="camel"):
    containers: list[_Container] = msgspec.field(default_factory=list)
    init_containers: list[_Container] | None = None


class _Waiting(Struct):
    reason: str = ""
    message: str = ""


class _Terminated(Struct, rename="camel"):
    exit_code: int = 0
    reason: str = ""
    finished_at: datetime | None = None


class _State(Struct):
    waiting: _Waiting | None = None
    running: Struct | None = None
    terminated: _Terminated | None = None


class _Status(Struct):
    name: str = ""
    state: _State = msgspec.field(default_factory=_State)


class _Condition(Struct):
    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""


class _PodStatus(Struct, rename="camel"):
    phase: str = ""
    conditions: list[_Condition] | None = None
    container_statuses: list[_Status] | None = None
    init_container_statuses: list[_Status] | None = None


class Pod(Object):
    """A pod, as far as its life goes."""

    spec: _Spec = msgspec.field(default_factory=_Spec)
    status: _PodStatus = msgspec.field(default_factory=_PodStatus)

    @property
    def statuses(self) -> dict[str, _State]:
        """The states of all its containers, by their names."""
        status = self.status
        both = (*(status.init_container_statuses or ()), *(status.container_statuses or ()))
        return {one.name: one.state for one in both}

    @property
    def has_native_proxy(self) -> bool:
        """Whether Linkerd's proxy is a native sidecar."""
        return any(one.name == PROXY_CONTAINER for one in self.spec.init_containers or ())

    @property
    def has_proxy(self) -> bool:
        """Whether it has Linkerd's proxy at all."""
        return self.has_native_proxy or any(one.name == PROXY_CONTAINER for one in self.spec.containers)


def progress(pod: Pod | None) -> str:
    """Say in a line where a pod is."""
    if pod is None:
        return "waiting for the pod"
    parts = [f"{name} {_word(state)}" for name, state in pod.statuses.items()]
    return ", ".join(parts) or f"pod is {pod.status.phase or 'new'}"


def _word(state: _State) -> str:
    if state.terminated:
        return f"ended with {state.terminated.exit_code}"
    if state.running is not None:
        return "runs"
    return f"waits ({state.waiting.reason})" if state.waiting and state.waiting.reason else "waits"


def outcome(pod: Pod | None, work: str, refusals: Sequence[str], now: datetime) -> Outcome | None:
    """Judge a pod; None while its life goes on.

    Args:
        pod: the pod, None when there is none yet.
        work: name of the container that does the work.
        refusals: why the API server refused the pod, as far as it did.
        now: the present time.
    """
    if pod is None:
        return Outcome(Ending.DENIED, f"no pod can be created: {refusals[0]}") if refusals else None
    if not pod.has_proxy:
        return Outcome(
            Ending.NOT_INJECTED, "Linkerd's injector put no proxy into the pod: run `autofix doctor`"
        )
    states = pod.statuses
    done = states.get(work, _State()).terminated
    order = tuple(_order(states))
    if done and done.exit_code:
        return Outcome(Ending.FAILED, f"the container {work} failed: {done.reason or done.exit_code}", order)
    proxy = states.get(PROXY_CONTAINER, _State())
    if done and proxy.terminated:
        return _ended(pod, proxy.terminated, order)
    if done and done.finished_at and not pod.has_native_proxy and now - done.finished_at > _GRACE:
        why = f"{work} ended and the proxy, an ordinary container, still runs: the Job would hang for ever"
        return Outcome(Ending.PROXY_KEPT_RUNNING, why, order)
    return None


def _ended(pod: Pod, proxy: _Terminated, order: tuple[str, ...]) -> Outcome | None:
    if pod.status.phase not in ("Succeeded", "Failed"):
        return None
    if proxy.exit_code and not pod.has_native_proxy:
        return Outcome(Ending.FAILED, f"the proxy ended with exit code {proxy.exit_code}", order)
    kind = "a native sidecar" if pod.has_native_proxy else "an ordinary container"
    return Outcome(Ending.COMPLETED, f"the proxy, {kind}, ended by itself and the pod completed", order)


def gave_up(pod: Pod | None, work: str, seconds: float) -> Outcome:
    """Say what a pod was waiting for when the time was over."""
    if pod is None:
        return Outcome(
            Ending.TIMED_OUT, f"there was no pod after {seconds:g} s: is the Job controller running?"
        )
    for condition in pod.status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False":
            why = f"no node took the pod within {seconds:g} s: {condition.message or condition.reason}"
            return Outcome(Ending.NOT_SCHEDULED, why)
    states = pod.statuses
    done = states.get(work, _State()).terminated
    if done and states.get(PROXY_CONTAINER, _State()).running is not None:
        why = f"{work} ended and the proxy still ran after {seconds:g} s"
        return Outcome(Ending.PROXY_KEPT_RUNNING, why, tuple(_order(states)))
    if not states:
        return Outcome(Ending.NOT_SCHEDULED, f"no node had started the pod after {seconds:g} s")
    waits = next(
        (state.waiting for state in states.values() if state.waiting and state.waiting.message), None
    )
    more = f": {waits.message}" if waits else ""
    return Outcome(Ending.TIMED_OUT, f"after {seconds:g} s: {progress(pod)}{more}", tuple(_order(states)))


def _order(states: dict[str, _State]) -> Iterator[str]:
    ended = [(state.terminated, name) for name, state in states.items() if state.terminated]
    for end, name in sorted(
        ended, key=lambda one: (one[0].finished_at is None, one[0].finished_at or 0, one[1])
    ):
        at = f" at {end.finished_at:%H:%M:%S}" if end.finished_at else ""
        yield f"{name} ended{at} with exit code {end.exit_code}"
