"""Custom resources with pod templates at places that nobody foresaw."""

from __future__ import annotations

from random import Random
from typing import Any

from pools import NAMES, key_of, value_of

_STEPS = ["spec", "template", "podTemplate", "jobs", "a/b", "~", "0", "metadata", "annotations", "items"]


def custom_resource(rng: Random) -> dict[str, Any]:
    """Make metadata and a spec in which pod templates stand: none, one or several, in mappings and lists."""
    metadata: dict[str, Any] = {"name": rng.choice(NAMES)}
    if rng.random() < 0.3:
        metadata["annotations"] = _entries(rng)
    return {"metadata": metadata, "spec": _node(rng, rng.randint(0, 5))}


def _node(rng: Random, depth: int) -> Any:
    if depth == 0:
        return _template(rng)
    inner = [_node(rng, depth - 1) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    if rng.random() < 0.3:
        return inner
    # Most operators call it so.
    names = ["template", *rng.sample(_STEPS, len(_STEPS))]
    return dict(zip(names[rng.random() < 0.4 :], inner, strict=False))


def _template(rng: Random) -> dict[str, Any]:
    metadata: Any = rng.choice([None, {}, [], {"annotations": None}, {"labels": _entries(rng)}])
    if rng.random() < 0.8:
        metadata = {"annotations": _entries(rng)}
    spec: Any = rng.choice([{"containers": [{"name": "app"}]}] * 5 + [{}, None, {"containers": None}])
    return {"metadata": metadata, "spec": spec}


def _entries(rng: Random) -> dict[str, Any]:
    return {key_of(rng): rng.choice([True, False, value_of(rng)]) for _ in range(rng.randint(1, 3))}
