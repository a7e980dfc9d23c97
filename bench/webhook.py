"""The webhook beside a bare aiohttp handler, a webhook in Go, and the usual way in Python: server CPU."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Final

import msgspec
from image import malloc_environment

from autofix.kubeapi.types import BuiltInObject
from bench.figure import Figure, Goal
from bench.load import Load, Target, load
from bench.measure import Rounds, calls, interleaved
from bench.reviews import deployment_update, pod
from bench.servers import bare, certificates, go, webhook
from webhook.admission.codec import decode
from webhook.admission.models import Envelope

_ROUNDS: Final = 11
_REQUESTS: Final = 600
_CONNECTIONS: Final = 8
_MANY: Final = 64
_USER: Final = "who pays for the processor time of each review"
# By what is sent, and whether there is one fix: the most that the cost may be of the bare handler's, and of
# that of the usual webhook in Go.
_GOALS: Final[Mapping[tuple[str, bool], tuple[float | None, float | None]]] = {
    ("9 KB Pod", False): (1.15, None),
    ("9 KB Pod", True): (1.35, 0.9),
    ("40 KB Pod", False): (None, None),
    ("40 KB Pod", True): (1.6, 0.5),
}
_SIZES: Final = {"3 KB Pod": (pod, 3), "9 KB Pod": (pod, 8.9), "40 KB Pod": (pod, 39.5)} | {
    "30 KB Deployment UPDATE": (deployment_update, 29)
}
# So long that its structure is counted before it is decoded.
_LONG: Final = {"300 KB Pod": (pod, 300)}


def measure() -> list[Figure]:
    """Measure server CPU a review over TLS connections that stay open."""
    with certificates() as files, load(files.client) as client, ExitStack() as stack:
        ours = stack.enter_context(webhook(files)).target
        floor = stack.enter_context(bare(files))
        targets = {
            "ours": ours,
            "bare": floor,
            "bare kept": stack.enter_context(bare(files, malloc_environment())),
        }
        if in_go := stack.enter_context(go(files)):
            targets |= {
                f"go {path}": replace(in_go, path=f"/{path}") for path in ("usual", "annotations", "read")
            }
        figures = _by_size(client, targets)
        figures += _by_connections(client, targets)
        figures += _deepcopy(client, ours, floor)
        figures += _gate(client, ours)
        logging = stack.enter_context(webhook(files, "--access-log", "true")).target
        return figures + _access_log(client, ours, logging)


def _gate(client: Load, ours: Target) -> list[Figure]:
    """Measure what it costs to bound a review and to check its names, of all that a review costs."""
    figures = []
    for size in ("9 KB Pod", "40 KB Pod", "300 KB Pod"):
        body = _body(size, fix=True)
        rounds = interleaved(
            {"with": calls(partial(decode, body), 200), "without": calls(partial(_bare, body), 200)}, 21
        )
        gate = statistics.median(
            one.cpu - other.cpu
            for one, other in zip(rounds.samples["with"], rounds.samples["without"], strict=True)
        )
        whole = _rounds(client, {"ours": ours}, body).cpu("ours")
        detail = f"{_micro(gate)} of {_micro(whole)}"
        figures.append(
            Figure(f"webhook, the gate, {size}", gate / whole * 100, "%", goal=Goal(5, _USER), detail=detail)
        )
    return figures


class _Request(Envelope, rename="camel"):
    object: BuiltInObject | None = None


class _Review(msgspec.Struct, rename="camel"):
    api_version: str = ""
    kind: str = ""
    request: _Request | None = None


_DECODER: Final = msgspec.json.Decoder(_Review)


def _bare(body: bytes) -> object:
    """Decode what the webhook needs, and neither bound nor check anything."""
    body.isascii()
    return _DECODER.decode(body)


def _body(size: str, *, fix: bool) -> bytes:
    make, kilobytes = (_SIZES | _LONG)[size]
    return make(kilobytes, fix=fix)


def _rounds(
    client: Load, targets: Mapping[str, Target], body: bytes, connections: int = _CONNECTIONS
) -> Rounds:
    contenders = {
        name: client.contender(target, body, _REQUESTS, connections) for name, target in targets.items()
    }
    return interleaved(contenders, _ROUNDS)


def _by_size(client: Load, targets: Mapping[str, Target]) -> list[Figure]:
    figures = []
    for size in _SIZES:
        for fix in (False, True):
            goals = _GOALS.get((size, fix))
            # Go where there is a goal: everywhere it would take twice the time.
            some = targets if goals else {name: targets[name] for name in ("ours", "bare", "bare kept")}
            rounds = _rounds(client, some, _body(size, fix=fix))
            what = f"webhook, {size}, {'one fix' if fix else 'nothing to do'}"
            to_bare, to_go = goals or (None, None)
            figures.append(_ratio(rounds, what, "bare", "bare aiohttp handler", to_bare))
            figures.append(_ratio(rounds, what, "bare kept", "bare aiohttp handler that keeps its memory"))
            if "go usual" in some:
                figures.append(_ratio(rounds, what, "go usual", "Go, two decodes", to_go))
                figures.append(_ratio(rounds, what, "go annotations", "Go, annotations only"))
                figures.append(_ratio(rounds, what, "go read", "Go, only reads the body"))
    return figures


def _ratio(rounds: Rounds, what: str, against: str, words: str, limit: float | None = None) -> Figure:
    detail = f"{_micro(rounds.cpu('ours'))} to {_micro(rounds.cpu(against))}"
    return Figure(
        what, rounds.ratio("ours", against), "x", words, Goal(limit, _USER) if limit else None, detail=detail
    )


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs"


def _by_connections(client: Load, targets: Mapping[str, Target]) -> list[Figure]:
    body, figures = _body("9 KB Pod", fix=True), []
    for connections in (1, _MANY):
        rounds = _rounds(client, targets, body, connections)
        what = f"webhook, 9 KB Pod, one fix, {connections} connections"
        figures.append(_ratio(rounds, what, "bare", "bare aiohttp handler"))
        if "go usual" in targets:
            figures.append(_ratio(rounds, what, "go usual", "Go, two decodes"))
    return [*figures, _latency(client, targets, body)]


def _latency(client: Load, targets: Mapping[str, Target], body: bytes) -> Figure:
    slowest: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(_ROUNDS):
        for name, found in slowest.items():
            _, latencies = client.sample(targets[name], [body], 20 * _MANY, _MANY)
            found.append(statistics.quantiles(latencies, n=100)[-1])
    pairs = zip(slowest["ours"], slowest["bare"], strict=True)
    ours, floor = (statistics.median(found) * 1e3 for found in slowest.values())
    return Figure(
        f"webhook, 9 KB Pod, one fix, p99 at {_MANY} connections",
        statistics.median(one / other for one, other in pairs),
        "x",
        "bare aiohttp handler",
        detail=f"{ours:.1f} ms to {floor:.1f} ms",
    )


def _deepcopy(client: Load, ours: Target, floor: Target) -> list[Figure]:
    targets = {"ours": ours, "bare": floor, "deepcopy": replace(floor, path="/deepcopy")}
    rounds = _rounds(client, targets, _body("9 KB Pod", fix=True))
    beyond = statistics.median(
        (usual.cpu - read.cpu) / max(mine.cpu - read.cpu, 1e-9)
        for mine, read, usual in zip(*(rounds.samples[name] for name in targets), strict=True)
    )
    against, what = "deepcopy and jsonpatch.make_patch", "webhook, 9 KB Pod, one fix, times cheaper"
    detail = f"{_micro(rounds.cpu('ours'))} to {_micro(rounds.cpu('deepcopy'))}"
    return [
        Figure(what, 1 / rounds.ratio("ours", "deepcopy"), "x", against, detail=f"{detail}, all of it"),
        Figure(f"{what}, beyond the bare handler", beyond, "x", against, Goal(15, _USER, "at least"), detail),
    ]


def _access_log(client: Load, off: Target, on: Target) -> list[Figure]:
    figures = []
    for fix in (False, True):
        rounds = _rounds(client, {"ours": on, "off": off}, _body("9 KB Pod", fix=fix))
        what = f"webhook, access log on, 9 KB Pod, {'one fix' if fix else 'nothing to do'}"
        figures.append(_ratio(rounds, what, "off", "access log off", 1.15))
    return figures
