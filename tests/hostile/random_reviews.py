"""Random AdmissionReviews, made of the real ones as plain code: the same seed makes the same reviews."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from json_text import Verbatim, odd_text, plain_text
from mutations import MUTATIONS, Review, annotations_change, bare
from pools import KEYS, NATIVE_KEYS, OLD_RELEASE, RELEASES, SPACES
from strategies import FALSE_WORDS, TRUE_WORDS, WORDS
from webhook_client import NAMES as REAL
from webhook_client import REVIEWS

_REAL = {name: (REVIEWS / f"{name}.json").read_text(encoding="utf-8") for name in REAL}
# Pods are what the webhook is for.
_DRAW_FROM = [*REAL, *(name for name in REAL if "-pod-create-" in name)]
SITUATIONS = 96


@dataclass(frozen=True)
class Situation:
    """What the webhook knows, and its settings."""

    release: str | None = None
    kubernetes: str | None = None
    default: bool | None = None
    wait_before_exit: int = 0
    mutate_workloads: bool = False
    namespaces: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class MutatedReview:
    """One review.

    Attributes:
        number: which of the seed's reviews it is.
        name: the real review that it was.
        mutations: what was done to it.
        situation: number of the situation in which it arrives.
        uid: of its request.
        body: what the API server would send.
    """

    number: int
    name: str
    mutations: tuple[str, ...]
    situation: int
    uid: str
    body: bytes


def situations(seed: str) -> list[Situation]:
    """Make the situations of a seed."""
    chances = [_chance(f"{seed}/situation/{number}") for number in range(SITUATIONS)]
    return [_situation(rng, number) for number, rng in enumerate(chances)]


def _chance(seed: str) -> Random:
    return Random(seed)  # noqa: S311  # not a secret


def _situation(rng: Random, number: int) -> Situation:
    return Situation(
        rng.choice([*RELEASES, *RELEASES, OLD_RELEASE]),
        rng.choice([None, None, None, None, "1.33", "1.27"]),
        rng.choice([None, None, True, False]),
        rng.choice([0, 0, 0, 0, 0, 5]),
        mutate_workloads=number % 2 == 0,
        namespaces={space: _of_namespace(rng) for space in SPACES if space and rng.random() < 0.7},
    )


def _of_namespace(rng: Random) -> dict[str, str]:
    keys = rng.choice([[], NATIVE_KEYS, NATIVE_KEYS, [*NATIVE_KEYS, *KEYS]])
    words = rng.choice([TRUE_WORDS, FALSE_WORDS, WORDS])
    return {rng.choice(keys): rng.choice(words) for _ in range(rng.choice([1, 1, 2, 3])) if keys}


def mutated_review(seed: str, number: int) -> MutatedReview:
    """Make one review of a seed; it does not depend on the others."""
    rng = _chance(f"{seed}/{number}")
    name = rng.choice(_DRAW_FROM)
    review: Review = json.loads(_REAL[name])
    review["request"]["uid"] = str(uuid.UUID(int=rng.getrandbits(128)))
    steps = rng.choices(list(MUTATIONS), list(MUTATIONS.values()), k=rng.choice([0, 1, 1, 2, 2, 3, 4]))
    if rng.random() < 0.08:
        steps = [bare]
    elif rng.random() < 0.6:
        # What comes last is not undone by the others.
        steps.append(annotations_change)
    for step in steps:
        step(rng, review)
    return MutatedReview(
        number,
        name,
        tuple(step.__name__ for step in steps),
        rng.randrange(SITUATIONS),
        review["request"]["uid"],
        _text(rng, review).encode(),
    )


def _text(rng: Random, review: Review) -> str:
    """Write all of it in an odd way, or the object alone, or nothing.

    An object that cannot be decoded is let pass by the head of the body, which then stays as it is.
    """
    way = rng.choice(["plain", "plain", "object", "all"])
    if way == "plain":
        return plain_text(review)
    if way == "all" and not _has_verbatim(review):
        return odd_text(rng, review)
    request = review["request"]
    return plain_text(
        {**review, "request": {**request, "object": Verbatim(odd_text(rng, request.get("object")))}}
    )


def _has_verbatim(node: Any) -> bool:
    if isinstance(node, dict | list):
        return any(map(_has_verbatim, node.values() if isinstance(node, dict) else node))
    return isinstance(node, Verbatim)
