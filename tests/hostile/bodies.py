"""Requests that could hurt: much structure, long names, dear objects."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from paths import DATA

MIB = 1024 * 1024
REVIEWS = DATA / "reviews"
GOOD = (REVIEWS / "06-pod-create-from-job.json").read_bytes()
WRONG = "config.linkerd.io/proxy-native-sidecar"
LINE = b"POST /mutate HTTP/1.1\r\nHost: webhook\r\nContent-Type: application/json\r\n"


def request(body: bytes, length: int | None = None, extra: bytes = b"") -> bytes:
    return (
        LINE + b"Content-Length: %d\r\n" % (len(body) if length is None else length) + extra + b"\r\n" + body
    )


def changed(change: Callable[[dict[str, Any]], None]) -> bytes:
    """Write the review of a Pod that somebody has changed."""
    review = json.loads(GOOD)
    change(review["request"])
    return json.dumps(review, separators=(",", ":")).encode()


def with_owners(owners: list[dict[str, Any]]) -> bytes:
    return changed(lambda asked: asked["object"]["metadata"].update(ownerReferences=owners))


def with_annotations(annotations: dict[str, Any]) -> bytes:
    return changed(lambda asked: asked["object"]["metadata"].update(annotations=annotations))


def custom(spec: Any) -> bytes:
    def change(asked: dict[str, Any]) -> None:
        asked["kind"] = {"group": "example.com", "version": "v1", "kind": "Fleet"}
        asked["object"] = {"apiVersion": "example.com/v1", "kind": "Fleet", "metadata": {}, "spec": spec}
        asked["object"]["metadata"]["annotations"] = {WRONG: True}

    return changed(change)


def structures() -> dict[str, bytes]:
    """Bodies that hold as much structure as fits into the largest body."""
    most = 9 * MIB
    return {
        "owners": with_owners([{}] * (most // 3)),
        "owners with names": with_owners([{"name": "x", "controller": True}] * (most // 30)),
        "a custom resource of mappings": custom([{}] * (most // 3)),
        "a custom resource of lists": custom([[]] * (most // 3)),
        "a custom resource of numbers": custom([0] * (most // 2)),
        "a custom resource of chains": custom([json.loads("[" * 200 + "]" * 200)] * (most // 420)),
        "annotations": with_annotations({str(number): "" for number in range(most // 12)}),
        "annotations of another type": with_annotations({"x": [[]] * (most // 3)}),
        "a Pod whose spec is a list": changed(lambda asked: asked["object"].update(spec=[{}] * (most // 3))),
        "other texts": changed(lambda asked: asked["object"].update(x=["é"] * (most // 9))),
        "no review": json.dumps([{}] * (most // 4)).encode(),
        "wide characters": with_annotations({"x": "\U0001f600" + "y" * most})
        .decode("unicode-escape")
        .encode(errors="replace"),
        "an old object": changed(lambda asked: asked.update(oldObject=[{}] * (most // 3))),
        "a long name": with_owners(
            [{"apiVersion": "v1", "kind": "K", "name": "n" * most, "controller": True}]
        ),
        "a long uid": changed(lambda asked: asked.update(uid="u" * most)),
    }


def dear() -> bytes:
    """Make the review of a Pod that costs most under the bounds."""
    return with_annotations({f"{WRONG}-{number}": "true" for number in range(199)})
