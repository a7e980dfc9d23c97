"""What may be different in an AdmissionReview: each mutation changes one in place.

Its envelope stays such as an API server may send; the object in it may become anything.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from custom_resources import custom_resource
from json_text import Verbatim, plain_text
from pools import KINDS, NAMES, NATIVE_KEYS, NO_MAPS, ODD_NUMBERS, SPACES, key_of, value_of
from strategies import FALSE_WORDS, TRUE_WORDS, WORDS

Review = dict[str, Any]
Mutation = Callable[[Random, Review], None]
_ABSENT: Any = object()


def _object(review: Review) -> dict[str, Any]:
    obj = review["request"].get("object")
    return obj if isinstance(obj, dict) else {}


def _mappings(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    if isinstance(node, dict | list):
        for child in list(node.values() if isinstance(node, dict) else node):
            yield from _mappings(child)


def _holder(rng: Random, review: Review) -> dict[str, Any]:
    """Choose the object, or something in it that has metadata or a spec, such as a pod template."""
    root = _object(review)
    inner = [node for node in _mappings(root) if node is not root and ("metadata" in node or "spec" in node)]
    return rng.choice([root, *inner, *inner])


def _inner(node: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the mapping of that name; it takes the place of anything else."""
    if not isinstance(node.get(name), dict):
        node[name] = {}
    mapping: dict[str, Any] = node[name]
    return mapping


def _set(node: dict[str, Any], name: str, value: Any) -> None:
    node.pop(name, None)
    if value is not _ABSENT:
        # A copy: another mutation may change what stands here.
        node[name] = copy.deepcopy(value)


def _fill(rng: Random, entries: dict[str, Any]) -> None:
    # Keys that agree are repaired, those that do not are left alone.
    words = rng.choice([TRUE_WORDS, FALSE_WORDS, WORDS, []])
    for _ in range(rng.choice([1, 1, 1, 2, 3, 4])):
        entries[key_of(rng)] = rng.choice(words) if words else value_of(rng)
    members = list(entries.items())
    rng.shuffle(members)
    entries.clear()
    entries.update(members)


def annotations_change(rng: Random, review: Review) -> None:
    metadata = _inner(_holder(rng, review), "metadata")
    if rng.random() < 0.4:
        metadata["annotations"] = {}
    _fill(rng, _inner(metadata, "annotations"))


def labels(rng: Random, review: Review) -> None:
    _fill(rng, _inner(_inner(_holder(rng, review), "metadata"), "labels"))


def map_is_something_else(rng: Random, review: Review) -> None:
    name = rng.choice(["annotations", "annotations", "labels"])
    _set(_inner(_holder(rng, review), "metadata"), name, rng.choice([_ABSENT, None, {}, *NO_MAPS]))


def metadata_is_something_else(rng: Random, review: Review) -> None:
    _set(_holder(rng, review), "metadata", rng.choice([_ABSENT, _ABSENT, None, None, {}, *NO_MAPS]))


def structure_is_something_else(rng: Random, review: Review) -> None:
    name = rng.choice(["spec", "template", "jobTemplate", "containers", "apiVersion", "kind"])
    places = [node for node in _mappings(_object(review)) if name in node]
    if places:
        _set(rng.choice(places), name, rng.choice([_ABSENT, None, {}, *NO_MAPS]))


def bare(rng: Random, review: Review) -> None:
    """Take away what the intent of the Namespace would be written to."""
    name, holder = rng.choice(["metadata", "annotations"]), _holder(rng, review)
    _set(holder if name == "metadata" else _inner(holder, "metadata"), name, rng.choice([_ABSENT, None, {}]))


def names(rng: Random, review: Review) -> None:
    value = rng.choice([_ABSENT, None, 5, *NAMES])
    _set(_inner(_holder(rng, review), "metadata"), rng.choice(["name", "generateName", "uid"]), value)
    if isinstance(value, str):
        review["request"]["name"] = value


def owners(rng: Random, review: Review) -> None:
    def owner() -> Any:
        whole = {
            "apiVersion": rng.choice(["apps/v1", "batch/v1", "", "x" * 5000]),
            "kind": rng.choice(["ReplicaSet", "Job", "", "../../x"]),
            "name": rng.choice(NAMES),
            "uid": "1",
            "controller": rng.choice([True, True, False, None, "true", 1]),
        }
        return rng.choice([whole, whole, whole, {}, {"controller": True}, None, "text", 5])

    value = rng.choice([_ABSENT, None, {}, "text", *([owner() for _ in range(size)] for size in range(4))])
    _set(_inner(_object(review), "metadata"), "ownerReferences", value)


def namespaces(rng: Random, review: Review) -> None:
    review["request"]["namespace"] = rng.choice([*SPACES, "unheard-of", "../../kube-system", "x" * 300])
    if rng.random() < 0.5:
        _set(_inner(_object(review), "metadata"), "namespace", rng.choice([_ABSENT, None, 5, *SPACES]))


def kinds(rng: Random, review: Review) -> None:
    group, version, kind = rng.choice(KINDS)
    review["request"]["kind"] = {"group": group, "version": version, "kind": kind}
    if rng.random() < 0.7:
        _object(review).update(apiVersion=f"{group}/{version}" if group else version, kind=kind)


def operations(rng: Random, review: Review) -> None:
    request = review["request"]
    request["operation"] = rng.choice(["CREATE", "CREATE", "UPDATE", "UPDATE", "DELETE", "CONNECT"])
    _set(request, "dryRun", rng.choice([_ABSENT, None, True, False]))
    _set(request, "subResource", rng.choice([_ABSENT, _ABSENT, "", "status", "scale", "ephemeralcontainers"]))
    old = rng.choice(
        [_ABSENT, None, request.get("object"), {"metadata": {"annotations": {key_of(rng): "1"}}}]
    )
    _set(request, "oldObject", old)


def objects(rng: Random, review: Review) -> None:
    _set(review["request"], "object", rng.choice([_ABSENT, None, {}, *NO_MAPS]))


def custom_resources(rng: Random, review: Review) -> None:
    group, version, kind = rng.choice([row for row in KINDS if "." in row[0]])
    review["request"]["kind"] = {"group": group, "version": version, "kind": kind}
    review["request"]["object"] = {"apiVersion": f"{group}/{version}", "kind": kind, **custom_resource(rng)}


def numbers(rng: Random, review: Review) -> None:
    node = rng.choice([*_mappings(_object(review)), {}])
    node[rng.choice([*node, "priority", "annotations", "linkerd.io/x"])] = Verbatim(rng.choice(ODD_NUMBERS))


def deep(rng: Random, review: Review) -> None:
    node = rng.choice([*_mappings(_object(review)), {}])
    depth = rng.choice([5, 50, 150, 3000])
    opening, closing = rng.choice([("[", "]"), ('{"a":', "}"), ('{"spec":{"template":', "}}")])
    inner = plain_text({"metadata": {"annotations": {key_of(rng): True}}, "spec": {"containers": []}})
    depth //= len(closing)
    node[rng.choice([*node, "x"])] = Verbatim(opening * depth + inner + closing * depth)


def many(rng: Random, review: Review) -> None:
    entries = _inner(_inner(_holder(rng, review), "metadata"), "annotations")
    for number in range(rng.choice([10, 60, 300, 1100])):
        entries[f"{key_of(rng)}{rng.choice(['', number])}"] = value_of(rng)


def large(rng: Random, review: Review) -> None:
    """Fill the annotations up to what the API server takes, or nearly so."""
    entries = _inner(_inner(_holder(rng, review), "metadata"), "annotations")
    entries[rng.choice(NATIVE_KEYS)] = rng.choice(WORDS)
    size = sum(len(part.encode()) for pair in entries.items() for part in pair if isinstance(part, str))
    room = 256 * 1024 - size - len("fill") - rng.choice([0, 1, 5, 20, 100, 1000])
    entries["fill"] = "x" * max(0, room)


# How often each is drawn.
MUTATIONS: dict[Mutation, float] = {
    annotations_change: 30,
    labels: 3,
    map_is_something_else: 8,
    metadata_is_something_else: 6,
    structure_is_something_else: 4,
    names: 4,
    owners: 6,
    namespaces: 8,
    kinds: 8,
    operations: 8,
    objects: 1,
    custom_resources: 8,
    numbers: 4,
    deep: 3,
    many: 2,
    large: 0.4,
}
