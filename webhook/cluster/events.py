"""Kubernetes Events for the owners of pods: what was repaired, and what was not and why.

A review only puts a note into a queue. The same note about the same owner is sent once in ten minutes. A few
notes a second are sent at most, and a hundred of one Namespace. The rest is dropped and counted.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final

import msgspec
from aiolimiter import AsyncLimiter
from cachetools import TTLCache

from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import METADATA, Api
from autofix.kubeapi.types import Object, controller_of
from autofix.kubernetes.kinds import EVENT, JOB, REPLICA_SET
from webhook.admission.answers import Answer, Outcome
from webhook.admission.names import Checked, CheckedOwner, check_owner
from webhook.admission.request import Request
from webhook.serving.metrics import Metrics
from webhook.serving.tasks import in_background

_LOG: Final = logging.getLogger("webhook")
_CONTROLLER: Final = "linkerd-autofix.io/webhook"
# A note has 2 KB at most, by its parts.
_QUEUE: Final = 256
_MOST_NOTES, _AGAIN_SECONDS = 4096, 600
_EVENTS, _PER_SECONDS = 50, 10
# In the time in which a note is not repeated: a tenant's quota limits pods, but not our Events.
_OF_A_NAMESPACE: Final = 100
_OF_ALL_NAMESPACES: Final = 1000
# No Namespace has this name.
_ALL: Final = ""
_LONGEST_NOTE: Final = 1024
_REASONS: Final = {
    Outcome.FIXED: ("Normal", "LinkerdAnnotationFixed"),
    Outcome.COMPLETED: ("Normal", "LinkerdAnnotationAdded"),
    Outcome.TOO_LATE: ("Warning", "LinkerdAnnotationTooLate"),
    Outcome.WITHHELD: ("Warning", "LinkerdAnnotationNotFixed"),
}
# People look at the owners of these owners.
_INTERMEDIATE_OWNERS: Final = {(kind.api_version, kind.kind): kind for kind in (REPLICA_SET, JOB)}

Notify = Callable[[Request, Answer], None]


@dataclass(frozen=True, slots=True)
class _Note:
    namespace: Checked
    owner: CheckedOwner
    type: str
    reason: str
    text: str


@dataclass(slots=True)
class _Budget:
    """How many Events are left of a Namespace, or of all."""

    left: int


@asynccontextmanager
async def send_events(
    api: Api, metrics: Metrics, instance: str, timer: Callable[[], float] = monotonic
) -> AsyncIterator[Notify]:
    """Send Events as long as the context is open.

    Args:
        api: the connection.
        metrics: where they are counted.
        instance: name of this replica.
        timer: the clock, in seconds.

    Yields:
        A function to call with every review and its answer; it returns at once.
    """
    queue: asyncio.Queue[_Note] = asyncio.Queue(_QUEUE)
    sent: MutableMapping[_Note, None] = TTLCache(_MOST_NOTES, _AGAIN_SECONDS, timer)
    budgets: MutableMapping[str, _Budget] = TTLCache(_MOST_NOTES, _AGAIN_SECONDS, timer)

    def notify(request: Request, answer: Answer) -> None:
        note = _note(request, answer)
        if note is None or note in sent:
            return
        spent = [
            budget(note.namespace, _OF_A_NAMESPACE),
            budget(_ALL, _OF_ALL_NAMESPACES),
        ]
        if queue.full() or not all(part.left for part in spent):
            metrics.events.labels("dropped").inc()
            return
        for part in spent:
            part.left -= 1
        sent[note] = None
        queue.put_nowait(note)

    def budget(name: str, most: int) -> _Budget:
        # Its time begins with its first Event. It is written once: each write would begin the time again.
        known = budgets.get(name)
        if known is None:
            known = budgets[name] = _Budget(most)
        return known

    def forget(note: _Note) -> None:
        sent.pop(note, None)
        for name in (note.namespace, _ALL):
            if part := budgets.get(name):
                part.left += 1

    async with in_background(_send_all(api, queue, metrics, instance, forget)):
        yield notify


def _note(request: Request, answer: Answer) -> _Note | None:
    if answer.outcome not in _REASONS or request.kind != "Pod" or request.dry_run:
        return None
    owner = request.owner
    if owner is None or not request.namespace:
        # There is no owner, or it has a name that the API server would not store.
        return None
    kind, reason = _REASONS[answer.outcome]
    text = "; ".join(answer.warnings)[:_LONGEST_NOTE]
    return _Note(request.namespace, owner, kind, reason, text)


async def _send_all(
    api: Api, queue: asyncio.Queue[_Note], metrics: Metrics, instance: str, forget: Callable[[_Note], None]
) -> None:
    limiter = AsyncLimiter(_EVENTS, _PER_SECONDS)
    last = ""
    while True:
        note = await queue.get()
        async with limiter:
            try:
                await _send(api, note, instance)
            except Exception as error:  # noqa: BLE001  # a lost Event must not stop the next one
                problem = str(error) or type(error).__name__
                if problem != last:
                    _LOG.warning("cannot send Events", extra={"reason": problem})
                last = problem
                # The next pod of the same owner may say it again.
                forget(note)
                metrics.events.labels("failed").inc()
            else:
                last = ""
                metrics.events.labels("sent").inc()


async def _send(api: Api, note: _Note, instance: str) -> None:
    """Create the Event (events.k8s.io/v1, Kubernetes API reference)."""
    owner = await _workload(api, note.namespace, note.owner)
    event: dict[str, Any] = {
        "apiVersion": EVENT.api_version,
        "kind": EVENT.kind,
        "metadata": {"name": f"{owner.name[:200]}.{secrets.token_hex(8)}", "namespace": note.namespace},
        "eventTime": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "reportingController": _CONTROLLER,
        "reportingInstance": instance[:128],
        "action": "Admission",
        "type": note.type,
        "reason": note.reason,
        "note": note.text,
        "regarding": {
            "apiVersion": owner.api_version,
            "kind": owner.kind,
            "name": owner.name,
            "uid": owner.uid,
            "namespace": note.namespace,
        },
    }
    await api.request("POST", resource_path(EVENT, note.namespace), body=event)


async def _workload(api: Api, namespace: Checked, owner: CheckedOwner) -> CheckedOwner:
    """Return the object that people look at: for a ReplicaSet its Deployment, for a Job its CronJob.

    If that object cannot be read, the Event is about the pod's own owner.
    """
    kind = _INTERMEDIATE_OWNERS.get((owner.api_version, owner.kind))
    if kind is None:
        return owner
    with suppress(Exception):
        path = resource_path(kind, namespace, owner.name)
        obj = msgspec.json.decode(await api.request("GET", path, accept=METADATA), type=Object)
        if controller := controller_of(obj.metadata):
            return check_owner(controller) or owner
    return owner
