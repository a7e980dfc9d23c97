"""Bytes over TLS or TCP as they are: what somebody sends who does not keep to HTTP."""

from __future__ import annotations

import asyncio
import re
import ssl
from dataclasses import dataclass

_ANSWER = re.compile(rb"HTTP/\d\.\d (\d{3}) ")
# What the webhook closes is closed within seconds; this only ends a test that would hang.
_PATIENCE = 120


@dataclass(frozen=True)
class Reply:
    """What came back over a connection until the other side closed it.

    Attributes:
        data: the bytes.
        is_reset: whether it was closed by a reset.
    """

    data: bytes
    is_reset: bool = False

    @property
    def statuses(self) -> list[int]:
        return [int(status) for status in _ANSWER.findall(self.data)]


async def reply_to(
    data: bytes,
    host: str,
    port: int,
    context: ssl.SSLContext | None = None,
    *,
    answers: int | None = None,
) -> Reply:
    """Send bytes, and read until the connection is closed.

    Args:
        answers: end after so many answers, too.
    """
    reader, writer = await asyncio.open_connection(host, port, ssl=context)
    received = b""
    try:
        async with asyncio.timeout(_PATIENCE):
            writer.write(data)
            while piece := await reader.read(65536):
                received += piece
                if answers is not None and len(_ANSWER.findall(received)) >= answers:
                    break
    except ConnectionError:
        return Reply(received, is_reset=True)
    finally:
        writer.transport.abort()
    return Reply(received)
