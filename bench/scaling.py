"""How the cost of a review grows with its size, and that nothing hostile is slow."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from bench.figure import Figure, Goal
from bench.load import Load, Target, load
from bench.reviews import WRONG, pod, written
from bench.servers import certificates, webhook
from webhook.admission.limits import MOST_KEYS as _MOST

_MEGABYTES: Final = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0)
_ROUNDS: Final = 7
_NUMBER: Final = 20
_BIG: Final = 3_000_000
_USER: Final = "whose Pod waits behind such a review"


def measure() -> list[Figure]:
    """Measure server CPU a review, from 0.1 to 3 MB, and the time that odd ones take."""
    with certificates() as files, webhook(files) as replica, load(files.client) as client:
        return [*_growth(client, replica.target), *_odd(client, replica.target)]


def _growth(client: Load, target: Target) -> list[Figure]:
    bodies = {size: pod(size * 1000, fix=True) for size in _MEGABYTES}
    samples: dict[float, list[float]] = {size: [] for size in bodies}
    for _ in range(_ROUNDS):
        for size, body in bodies.items():
            samples[size].append(client.sample(target, [body], _NUMBER, connections=1)[0].cpu)
    medians = {size: statistics.median(found) for size, found in samples.items()}
    sizes = [len(body) / 1e6 for body in bodies.values()]
    slope, _ = statistics.linear_regression(sizes, list(medians.values()))
    first, last = _MEGABYTES[0], _MEGABYTES[-1]
    grown = (medians[last] / medians[first]) / (last / first)
    detail = ", ".join(f"{size:g} MB {seconds * 1e3:.2f} ms" for size, seconds in medians.items())
    return [
        Figure("webhook, Pod with one fix, CPU for each MB more", slope * 1e3, "ms", detail=detail),
        Figure(
            f"webhook, cost of {last:g} MB",
            grown,
            "x",
            f"{last / first:.0f} times that of {first:g} MB",
            Goal(1.2, _USER),
        ),
    ]


def _odd(client: Load, target: Target) -> list[Figure]:
    figures = []
    for name, body in _bodies().items():
        walls = [client.sample(target, [body], 1, connections=1)[0].wall for _ in range(3)]
        figures.append(
            Figure(f"webhook, {name}", max(walls), "s", goal=Goal(1, _USER), detail="slowest of 3, wall")
        )
    return figures


def _bodies() -> Mapping[str, bytes]:
    """Make reviews that are large or deep where it could hurt."""
    small: Any = json.loads(pod(3, fix=True))
    nested = b'"restartPolicy":' + b"[" * 900 + b"]" * 900 + b',"x":'
    deep = b'"restartPolicy":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b',"x":'
    annotations = small["request"]["object"]["metadata"]["annotations"]
    many = {f"config.linkerd.io/proxy-native-sidecar-{number}": "true" for number in range(20_000)}
    most = dict(islice(many.items(), _MOST - len(annotations)))
    small["request"]["object"]["metadata"]["annotations"] = {**annotations, **most}
    below = written(small)
    small["request"]["object"]["metadata"]["annotations"] = {**annotations, **many}
    resource: Any = json.loads(pod(3, fix=True))
    resource["request"]["kind"] = {"group": "example.com", "version": "v1", "kind": "Fleet"}
    resource["request"]["object"] |= {"apiVersion": "example.com/v1", "kind": "Fleet"}
    template = {"metadata": {"annotations": {WRONG: True}}, "spec": {"containers": [{"name": "app"}]}}
    resource["request"]["object"]["spec"] = {"groups": [{"template": template}] * (_MOST // 2 - 20)}
    fleet = written(resource)
    resource["request"]["object"]["spec"] = {"groups": [{"template": template}] * (_BIG // 140)}
    return {
        "3 MB Pod": pod(_BIG / 1000, fix=True),
        "900 levels deep": pod(3, fix=True).replace(b'"restartPolicy":', nested, 1),
        "100,000 levels deep": pod(3, fix=True).replace(b'"restartPolicy":', deep, 1),
        "a Pod with as many wrong keys as are looked at": below,
        "20,000 wrong keys": written(small),
        "a custom resource with as many wrong pod templates as are looked at": fleet,
        "3 MB custom resource of pod templates, each wrong": written(resource),
    }
