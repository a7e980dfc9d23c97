"""Judging the life of one pod by its status."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from autofix.cluster.lifecycle import Ending, ProbeOutcome, probe_outcome, timeout_outcome
from autofix.kubeapi.types import Pod

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
PROXY, WORK = "linkerd-proxy", "work"
RUNS: dict[str, Any] = {"running": {}}


def ended(seconds_ago: int, code: int = 0) -> dict[str, Any]:
    at = (NOW - timedelta(seconds=seconds_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"terminated": {"exitCode": code, "finishedAt": at}}


def pod(
    states: dict[str, Any], *, native: bool = True, proxy: bool = True, phase: str = "Running", **status: Any
) -> Pod:
    place = "initContainerStatuses" if native else "containerStatuses"
    containers = [{"name": WORK}] + ([{"name": PROXY}] if proxy and not native else [])
    statuses: dict[str, list[Any]] = {"containerStatuses": [], "initContainerStatuses": []}
    for name, state in states.items():
        statuses[place if name == PROXY else "containerStatuses"].append({"name": name, "state": state})
    body = {
        "metadata": {"name": "probe"},
        "spec": {
            "containers": containers,
            "initContainers": [{"name": PROXY, "restartPolicy": "Always"}] if proxy and native else [],
        },
        "status": {"phase": phase, **statuses, **status},
    }
    return msgspec.json.decode(msgspec.json.encode(body), type=Pod)


@pytest.mark.parametrize(
    ("subject", "ending"),
    [
        (None, None),
        (pod({}), None),
        (pod({PROXY: RUNS}), None),
        (pod({PROXY: RUNS, WORK: RUNS}), None),
        (pod({PROXY: RUNS, WORK: ended(1)}), None),
        (pod({PROXY: RUNS, WORK: ended(60)}), None),
        (pod({PROXY: ended(1), WORK: ended(2)}), None),
        (pod({PROXY: ended(1), WORK: ended(2)}, phase="Succeeded"), Ending.COMPLETED),
        (pod({PROXY: ended(1, 143), WORK: ended(2)}, phase="Succeeded"), Ending.COMPLETED),
        (pod({PROXY: RUNS, WORK: ended(1)}, native=False), None),
        (pod({PROXY: RUNS, WORK: ended(60)}, native=False), Ending.PROXY_KEPT_RUNNING),
        (pod({PROXY: ended(1, 1), WORK: ended(2)}, native=False, phase="Failed"), Ending.FAILED),
        (pod({PROXY: RUNS, WORK: ended(2, 127)}), Ending.FAILED),
        (pod({WORK: RUNS}, proxy=False), Ending.NOT_INJECTED),
    ],
)
def test_a_pod_is_judged_by_its_status(subject: Pod | None, ending: Ending | None) -> None:
    outcome = probe_outcome(subject, WORK, [], NOW)
    assert (outcome and outcome.ending) == ending


def test_the_order_in_which_containers_ended_is_told() -> None:
    outcome = probe_outcome(pod({PROXY: ended(1, 143), WORK: ended(2)}, phase="Succeeded"), WORK, [], NOW)
    assert outcome == ProbeOutcome(
        Ending.COMPLETED,
        "the proxy, a native sidecar, ended by itself and the pod completed",
        ("work ended at 11:59:58 with exit code 0", "linkerd-proxy ended at 11:59:59 with exit code 143"),
    )


def test_a_pod_that_nobody_may_create_is_denied() -> None:
    outcome = probe_outcome(None, WORK, ["exceeded quota: no-pods"], NOW)
    assert outcome is not None
    assert (outcome.ending, outcome.why) == (Ending.DENIED, "no pod can be created: exceeded quota: no-pods")


UNSCHEDULED = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}]
PULLING = {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}


@pytest.mark.parametrize(
    ("subject", "ending", "word"),
    [
        (None, Ending.TIMED_OUT, "Job controller"),
        (pod({}, conditions=UNSCHEDULED), Ending.NOT_SCHEDULED, "0/3 nodes"),
        (pod({}, phase="Pending"), Ending.NOT_SCHEDULED, "no node had started the pod"),
        (pod({PROXY: RUNS, WORK: PULLING}), Ending.TIMED_OUT, "no such image"),
        (pod({PROXY: RUNS, WORK: ended(60)}), Ending.PROXY_KEPT_RUNNING, "the proxy still ran"),
        (pod({PROXY: RUNS, WORK: RUNS}), Ending.TIMED_OUT, "linkerd-proxy runs, work runs"),
    ],
)
def test_when_time_is_over_it_is_said_what_was_waited_for(
    subject: Pod | None, ending: Ending, word: str
) -> None:
    outcome = timeout_outcome(subject, WORK, 30)
    assert outcome.ending is ending
    assert word in outcome.why
