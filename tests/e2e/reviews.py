"""What our webhook counted, and many pods at once in a dry run."""

from __future__ import annotations

import re
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator

from builders import Object
from control_plane import Answer, Cluster
from mesh import Endpoint

_SAMPLE = re.compile(r"(\w+)\{(.*)\} (\S+)")


def _samples(endpoint: Endpoint, name: str) -> Iterator[tuple[dict[str, str], int]]:
    with urllib.request.urlopen(f"{endpoint.admin}/metrics", timeout=5) as answer:  # noqa: S310  # always loopback
        lines = answer.read().decode().splitlines()
    for line in lines:
        if (sample := _SAMPLE.fullmatch(line)) and sample[1] == name:
            yield dict(re.findall(r'(\w+)="([^"]*)"', sample[2])), int(float(sample[3]))


def outcomes_of(endpoint: Endpoint) -> Counter[str]:
    """How many reviews of Pods had each outcome."""
    counted: Counter[str] = Counter()
    for labels, number in _samples(endpoint, "autofix_admission_requests_total"):
        if labels["kind"] == "Pod":
            counted[labels["outcome"]] += number
    return +counted


def fixes_of(endpoint: Endpoint) -> Counter[str]:
    """How many fixes of Pods each rule made."""
    counted: Counter[str] = Counter()
    for labels, number in _samples(endpoint, "autofix_fixes_total"):
        if labels["kind"] == "Pod":
            counted[labels["code"]] += number
    return +counted


def warnings_of(answer: Answer) -> list[str]:
    """The warnings that kubectl shows."""
    return [
        line.removeprefix("Warning: ") for line in answer.err.splitlines() if line.startswith("Warning: ")
    ]


def tried(cluster: Cluster, pods: Iterable[Object]) -> Answer:
    """Create pods in a dry run that passes all webhooks; pods that are refused are left out of the answer."""
    whole = {"apiVersion": "v1", "kind": "List", "items": list(pods)}
    return cluster.kubectl("create", "-f", "-", "--dry-run=server", "-o", "json", given=whole, check=False)


def keys_of(pod: Object) -> dict[str, str]:
    """Annotations of a pod that are about native sidecars."""
    annotations: dict[str, str] = pod["metadata"].get("annotations", {})
    return {key: text for key, text in annotations.items() if "sidecar" in key}
