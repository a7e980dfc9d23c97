"""The life of a pod, read from its status: did the proxy end by itself, and which container ended when?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from autofix.cluster.models import traits_in
from autofix.kubeapi.types import ContainerState, Pod, TerminatedState
from autofix.linkerd.completion import PROXY_CONTAINER
from autofix.linkerd.injection import Injection

# A proxy that is an ordinary container never ends; this is long enough to see that it does not.
_GRACE: Final = timedelta(seconds=5)


class Ending(StrEnum):
    """How a probe ended."""

    COMPLETED = "completed"
    PROXY_KEPT_RUNNING = "proxy kept running"
    NOT_INJECTED = "not injected"
    FAILED = "failed"
    DENIED = "denied"
    NOT_SCHEDULED = "never scheduled"
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True)
class ProbeOutcome:
    """The outcome of a probe.

    Attributes:
        ending: how it ended.
        why: the same in a sentence.
        order: how and when each container ended, the earliest first.
    """

    ending: Ending
    why: str
    order: tuple[str, ...] = ()


def _states(pod: Pod) -> dict[str, ContainerState]:
    """Return the states of all containers of a pod, by their names."""
    status = pod.status
    statuses = (*(status.init_container_statuses or ()), *(status.container_statuses or ()))
    return {status.name: status.state for status in statuses}


def progress(pod: Pod | None) -> str:
    """Describe the state of a pod in a line.

    Args:
        pod: the pod; None when there is none yet.

    Returns:
        The line.
    """
    if pod is None:
        return "waiting for the pod"
    parts = [f"{name} {_word(state)}" for name, state in _states(pod).items()]
    return ", ".join(parts) or f"pod is {pod.status.phase or 'new'}"


def _word(state: ContainerState) -> str:
    if state.terminated:
        return f"ended with {state.terminated.exit_code}"
    if state.running is not None:
        return "runs"
    return f"waits ({state.waiting.reason})" if state.waiting and state.waiting.reason else "waits"


def probe_outcome(
    pod: Pod | None,
    work: str,
    refusals: Sequence[str],
    now: datetime,
    injection: Injection | None = None,
) -> ProbeOutcome | None:
    """Judge the pod of a probe by its status.

    Args:
        pod: the pod, None when there is none yet.
        work: name of the container that does the work.
        refusals: why the API server refused the pod; empty if it did not.
        now: the present time.
        injection: whether Linkerd gives such a pod a proxy, and why; None when nobody has asked.

    Returns:
        The outcome; None while the pod goes on.
    """
    if pod is None:
        return ProbeOutcome(Ending.DENIED, f"no pod can be created: {refusals[0]}") if refusals else None
    traits = traits_in(pod)
    if not traits.has_proxy:
        return ProbeOutcome(Ending.NOT_INJECTED, _no_proxy(injection))
    states = _states(pod)
    done = states.get(work, ContainerState()).terminated
    order = tuple(_order(states))
    if done and done.exit_code:
        why = f"the container {work} failed: {done.reason or done.exit_code}"
        return ProbeOutcome(Ending.FAILED, why, order)
    proxy = states.get(PROXY_CONTAINER, ContainerState())
    if done and proxy.terminated:
        return _ended(pod, proxy.terminated, order, is_native=traits.has_native_proxy)
    if done and done.finished_at and not traits.has_native_proxy and now - done.finished_at > _GRACE:
        why = f"{work} ended and the proxy, an ordinary container, still runs: the Job would hang for ever"
        return ProbeOutcome(Ending.PROXY_KEPT_RUNNING, why, order)
    return None


def _no_proxy(injection: Injection | None) -> str:
    why = "Linkerd's injector put no proxy into the pod"
    if injection and injection.proxy:
        why += f", although {injection.reason}"
    elif injection:
        why += f": {injection.reason}"
    return f"{why}; run `autofix doctor`"


def _ended(
    pod: Pod, proxy: TerminatedState, order: tuple[str, ...], *, is_native: bool
) -> ProbeOutcome | None:
    if pod.status.phase not in ("Succeeded", "Failed"):
        return None
    if proxy.exit_code and not is_native:
        return ProbeOutcome(Ending.FAILED, f"the proxy ended with exit code {proxy.exit_code}", order)
    kind = "a native sidecar" if is_native else "an ordinary container"
    return ProbeOutcome(Ending.COMPLETED, f"the proxy, {kind}, ended by itself and the pod completed", order)


def timeout_outcome(pod: Pod | None, work: str, seconds: float) -> ProbeOutcome:
    """Say what the pod of a probe waited for when the time was over.

    Args:
        pod: the pod, None when there was none.
        work: name of the container that does the work.
        seconds: how long the probe has waited.

    Returns:
        The outcome of the probe.
    """
    if pod is None:
        return ProbeOutcome(
            Ending.TIMED_OUT, f"there was no pod after {seconds:g} s: is the Job controller running?"
        )
    for condition in pod.status.conditions or ():
        if condition.type == "PodScheduled" and condition.status == "False":
            why = f"no node took the pod within {seconds:g} s: {condition.message or condition.reason}"
            return ProbeOutcome(Ending.NOT_SCHEDULED, why)
    states = _states(pod)
    done = states.get(work, ContainerState()).terminated
    if done and states.get(PROXY_CONTAINER, ContainerState()).running is not None:
        why = f"{work} ended and the proxy still ran after {seconds:g} s"
        return ProbeOutcome(Ending.PROXY_KEPT_RUNNING, why, tuple(_order(states)))
    if not states:
        return ProbeOutcome(Ending.NOT_SCHEDULED, f"no node had started the pod after {seconds:g} s")
    waits = next(
        (state.waiting for state in states.values() if state.waiting and state.waiting.message), None
    )
    more = f": {waits.message}" if waits else ""
    return ProbeOutcome(
        Ending.TIMED_OUT, f"after {seconds:g} s: {progress(pod)}{more}", tuple(_order(states))
    )


def _order(states: dict[str, ContainerState]) -> Iterator[str]:
    ended = [(state.terminated, name) for name, state in states.items() if state.terminated]
    for end, name in sorted(
        ended, key=lambda pair: (pair[0].finished_at is None, pair[0].finished_at or 0, pair[1])
    ):
        at = f" at {end.finished_at:%H:%M:%S}" if end.finished_at else ""
        yield f"{name} ended{at} with exit code {end.exit_code}"
