"""Patches, as Python's library and the API server's own apply them, and what they change."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonpatch
import msgspec

Steps = tuple[str | int, ...]
ABSENT: Any = object()


def read(text: bytes | str) -> Any:
    """Read JSON, and leave its numbers the texts that they are, so that each equals only itself."""
    return json.loads(text, parse_int=_number, parse_float=_number)


def _number(text: str) -> msgspec.Raw:
    return msgspec.Raw(text.encode())


def write(node: Any) -> bytes:
    """Write what ``read`` returned."""
    return msgspec.json.encode(node)


def object_of(body: bytes) -> bytes:
    """Return the bytes of the object in a review, as they are."""
    return bytes(_members(_members(body)["request"])["object"])


def with_object(body: bytes, obj: bytes) -> bytes:
    """Put another object in the place of a review's, and leave all other values as they are."""
    review = _members(body)
    request = write({**_members(review["request"]), "object": msgspec.Raw(obj)})
    return write({**review, "request": msgspec.Raw(request)})


def _members(text: bytes | msgspec.Raw) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(text, type=dict[str, msgspec.Raw])


def by_jsonpatch(obj: bytes, patch: bytes) -> Any:
    """Apply a patch with Python's library.

    Raises:
        JsonPatchException, JsonPointerException: when it does not apply.
    """
    with _deep_values():
        return jsonpatch.apply_patch(read(obj), json.loads(patch))


def by_the_api_server(tasks: Sequence[tuple[bytes, bytes]], program: Path) -> list[dict[str, Any]]:
    """Apply patches with the library of the API server, all in one process.

    Args:
        tasks: objects, each with its patch.
        program: built from ``tests/e2e/assets/json-patch``.

    Returns:
        For each task, by minor version of Kubernetes, the patched object, or an error as a text.
    """
    lines = [json.dumps({"object": _base64(obj), "patch": _base64(patch)}) for obj, patch in tasks]
    run = subprocess.run([program], input="\n".join(lines).encode(), capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    results = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(results) == len(tasks)
    return [{version: _outcome(outcome) for version, outcome in result.items()} for result in results]


def _base64(text: bytes) -> str:
    return base64.b64encode(text).decode()


def _outcome(outcome: dict[str, str]) -> Any:
    if "error" in outcome:
        return f"error: {outcome['error']}"
    return read(base64.b64decode(outcome["object"]))


@contextmanager
def _deep_values() -> Iterator[None]:
    """Let Python's own functions recurse as deep as the decoders of Python 3.12 and newer do, in C."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def differences(before: Any, after: Any) -> list[tuple[Steps, Any, Any]]:
    """List where two JSON values differ, with what stands there; ``ABSENT`` for nothing."""
    with _deep_values():
        return list(_differences(before, after, ()))


def _differences(before: Any, after: Any, steps: Steps) -> Iterator[tuple[Steps, Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            yield from _differences(before.get(key, ABSENT), after.get(key, ABSENT), (*steps, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (item, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(item, other, (*steps, index))
    elif type(before) is not type(after) or before != after:
        yield steps, before, after
