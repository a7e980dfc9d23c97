"""AdmissionReviews of several sizes: real ones of an API server, with a longer pod spec."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, Final

RELEASE: Final = "2.17"
# In this release a key that came too early: the real reviews have it, and it is repaired.
WRONG: Final = "config.linkerd.io/proxy-enable-native-sidecar"
_REVIEWS: Final = Path(__file__).parents[1] / "tests" / "data" / "reviews"
_KB: Final = 1000


def pod(kilobytes: float, *, fix: bool) -> bytes:
    """Make the review of a Pod's creation.

    Args:
        kilobytes: how long it is at least; a few containers' worth longer at most.
        fix: whether there is one thing to fix, or nothing to do.
    """
    review = _review("06-pod-create-from-job")
    obj = review["request"]["object"]
    if not fix:
        del obj["metadata"]["annotations"][WRONG]
    return _grown(review, (obj["spec"],), kilobytes)


def deployment_update(kilobytes: float, *, fix: bool) -> bytes:
    """Make the review of a Deployment's update, old object and all; the arguments are those of ``pod``."""
    review = _review("14-deployment-update-apply-new-image")
    objects = [review["request"][name] for name in ("object", "oldObject")]
    for obj in objects:
        annotations = obj["spec"]["template"]["metadata"].setdefault("annotations", {})
        annotations.pop(WRONG, None)
        if fix:
            annotations[WRONG] = "true"
    return _grown(review, [obj["spec"]["template"]["spec"] for obj in objects], kilobytes)


def written(review: Any) -> bytes:
    """Write a review as the API server does, without blanks."""
    return json.dumps(review, separators=(",", ":")).encode()


def _review(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_REVIEWS / f"{name}.json").read_bytes())
    return found


def _grown(review: dict[str, Any], specs: Any, kilobytes: float) -> bytes:
    size = len(written(review))
    number = 0
    while size < kilobytes * _KB:
        number += 1
        for spec in specs:
            spec["containers"].append(_container(number, spec["containers"][0]))
            size += len(written(spec["containers"][-1])) + 1
    return written(review)


def _container(number: int, like: dict[str, Any]) -> dict[str, Any]:
    container = copy.deepcopy(like)
    probe = {"httpGet": {"path": "/healthz", "port": 8080, "scheme": "HTTP"}, "periodSeconds": 10}
    return container | {
        "name": f"worker-{number}",
        "args": ["--listen=:8080", f"--shard={number}", "--log-format=json", '--labels={"team":"shop"}'],
        "env": [
            {
                "name": "POD_NAME",
                "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.name"}},
            },
            {"name": "DATABASE_HOST", "value": "postgres.databases.svc.cluster.local"},
            {
                "name": "DATABASE_PASSWORD",
                "valueFrom": {"secretKeyRef": {"name": "database", "key": "password"}},
            },
        ],
        "resources": {
            "limits": {"cpu": "500m", "memory": "512Mi"},
            "requests": {"cpu": "100m", "memory": "128Mi"},
        },
        "livenessProbe": probe,
        "readinessProbe": probe,
    }
