"""What a cluster tells of itself, when it tells little and when nobody is there to tell anything."""

from __future__ import annotations

from typing import Any

import pytest

from autofix.cluster.environment import read_environment
from autofix.kubeapi.client import ApiError


class Server:
    """Answers the version with one thing, and everything else with another."""

    def __init__(self, version: object, rest: Exception) -> None:
        self.version, self.rest = version, rest

    async def request(self, _method: str, path: str, **_: object) -> bytes:
        found = self.version if path == "/version" else self.rest
        if isinstance(found, Exception):
            raise found
        assert isinstance(found, bytes)
        return found


def server(version: object, rest: Exception) -> Any:
    """A server in the place of an `Api`."""
    return Server(version, rest)


@pytest.mark.parametrize("error", [TimeoutError("no answer within 10 seconds"), ConnectionRefusedError("no")])
async def test_where_nobody_answers_nothing_more_is_asked(error: Exception) -> None:
    with pytest.raises(type(error), match=str(error)):
        await read_environment(server(error, error), "linkerd")


@pytest.mark.parametrize(
    ("version", "rest"),
    [
        (b'{"gitVersion": "v1.34.0"}', TimeoutError("late")),
        (ApiError(403, "late"), TimeoutError("late")),
        (TimeoutError("late"), ApiError(403, "late")),
        (ApiError(401, "late"), ApiError(401, "late")),
    ],
)
async def test_a_server_that_says_anything_is_asked_on(version: object, rest: Exception) -> None:
    environment = await read_environment(server(version, rest), "linkerd")
    assert environment.kubernetes == ("v1.34.0" if isinstance(version, bytes) else "")
    assert environment.linkerd.release is None
    assert "Linkerd's injector in linkerd: late" in environment.unknowns
