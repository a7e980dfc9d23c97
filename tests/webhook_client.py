"""What the API server does with a webhook, as far as the tests need it."""

from __future__ import annotations

import asyncio
import base64
import copy
import io
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from paths import DATA

from webhook.server.server import Server

REVIEWS = DATA / "reviews"
NAMES = sorted(path.stem for path in REVIEWS.glob("*.json"))


@dataclass(frozen=True)
class Client:
    session: aiohttp.ClientSession
    server: Server

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server.address[1]}/mutate"

    def admin(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.admin_address[1]}{path}"

    async def post(self, body: bytes, content_type: str = "application/json") -> tuple[int, str]:
        headers = {"Content-Type": content_type, "User-Agent": "kube-apiserver-admission"}
        async with self.session.post(self.url, data=io.BytesIO(body), headers=headers) as answer:
            return answer.status, await answer.text()

    async def review(self, review: bytes | dict[str, Any]) -> dict[str, Any]:
        """Send a review and check of its answer what the API server checks."""
        body = review if isinstance(review, bytes) else json.dumps(review).encode()
        status, text = await self.post(body)
        assert status == 200, text
        answer = json.loads(text)
        assert answer["apiVersion"] == "admission.k8s.io/v1"
        assert answer["kind"] == "AdmissionReview"
        response: dict[str, Any] = answer["response"]
        assert response["uid"] == json.loads(body, parse_int=str)["request"]["uid"]
        assert response["allowed"] is True
        assert ("patch" in response) == ("patchType" in response)
        for warning in response.get("warnings", []):
            assert len(warning) <= 120
            assert warning.isprintable()
        return response

    async def get(self, path: str) -> tuple[int, str]:
        async with self.session.get(self.admin(path)) as answer:
            return answer.status, await answer.text()


# Start a webhook with changed settings; it ends with the test.
Start = Callable[..., Awaitable[Client]]


def load(name: str) -> dict[str, Any]:
    review: dict[str, Any] = json.loads((REVIEWS / f"{name}.json").read_bytes())
    return review


def patch_of(response: dict[str, Any]) -> list[dict[str, Any]]:
    if "patch" not in response:
        return []
    assert response["patchType"] == "JSONPatch"
    patch: list[dict[str, Any]] = json.loads(base64.b64decode(response["patch"], validate=True))
    return patch


def with_annotations(review: dict[str, Any], annotations: dict[str, Any] | None, *at: str) -> dict[str, Any]:
    """Return a copy of a review whose object has other annotations; None takes the map away."""
    changed = copy.deepcopy(review)
    metadata = changed["request"]["object"]
    for part in (*at, "metadata"):
        metadata = metadata[part]
    metadata.pop("annotations", None)
    if annotations is not None:
        metadata["annotations"] = annotations
    return changed


async def the_loop_has_turned() -> None:
    """Let everything go on that waits for nothing outside of this process; no clock is needed for that."""
    for _ in range(1000):
        await asyncio.sleep(0)
