"""A certificate in files that somebody else renews: cert-manager, or whoever writes the mounted Secret."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from webhook.certificates.tls import Served
from webhook.serving.tasks import Checks, in_background
from webhook.settings import SettingsError

_LOG: Final = logging.getLogger("webhook")
# A kubelet takes up to a minute to write a changed Secret; a look at two small files costs nothing.
_SECONDS: Final = 2.0


@dataclass(slots=True)
class _Reload:
    """What is wrong, as far as it has been said; empty when nothing is.

    Attributes:
        problem: why newer files are not served.
        invalid: why nobody can trust what is served.
    """

    problem: str = ""
    invalid: str = ""


@asynccontextmanager
async def files_served(
    certificate: str, key: str, served: Served, now: Callable[[], datetime]
) -> AsyncIterator[Checks]:
    """Serve a certificate from files, and its successors, as long as the context is open.

    Args:
        certificate: path of a PEM file with the certificate and its chain.
        key: path of a PEM file with the private key.
        served: what takes it.
        now: the clock.

    Yields:
        The checks for the readiness probe. Nobody can connect to what is not valid at the time.

    Raises:
        SettingsError: when the files cannot be used at the start. Later ones that cannot, or are not valid at
            the time, are said, and the last good ones are served on. At the start what is not valid is
            served all the same, unready: files that are valid may come, and the time at which these are.
    """
    # Read before it is loaded: what is written in between is loaded once more, and not missed.
    first = _content(certificate, key)
    served.load(certificate, key)
    reload = _Reload()
    async with in_background(_keep_loading((certificate, key), first, served, now, reload)):
        yield lambda: _checks(served, reload, now())


def _checks(served: Served, reload: _Reload, now: datetime) -> Mapping[str, bool | None]:
    invalid = served.leaf.problem(now) if served.leaf else ""
    why = "; ".join(filter(None, (served.problem(now), reload.problem)))
    return {f"certificate: {why}": False if invalid else None} if why else {"certificate": True}


async def _keep_loading(
    files: tuple[str, str],
    last: tuple[bytes, ...],
    served: Served,
    now: Callable[[], datetime],
    reload: _Reload,
) -> None:
    while True:
        _say_invalid(served, reload, now())
        await asyncio.sleep(_SECONDS)
        content = _content(*files)
        if content == last:
            # Perhaps the last good ones have come back.
            reload.problem = ""
            continue
        try:
            served.load(*files, now())
        except SettingsError as error:
            # Perhaps only one of the two has been written so far: look again.
            if reload.problem != str(error):
                _LOG.warning("kept the last good certificate", extra={"reason": str(error)})
            reload.problem = str(error)
        else:
            last, reload.problem = content, ""
            _LOG.info("reloaded the certificate", extra={"file": files[0]})


def _say_invalid(served: Served, reload: _Reload, now: datetime) -> None:
    invalid = served.leaf.problem(now) if served.leaf else ""
    if invalid and invalid != reload.invalid:
        _LOG.error("nobody can connect", extra={"reason": invalid})
    reload.invalid = invalid


def _content(*paths: str) -> tuple[bytes, ...]:
    # Contents and not times: a mounted Secret changes by a link's target, and times may be anything.
    try:
        return tuple(Path(path).read_bytes() for path in paths)
    except OSError:
        return ()
