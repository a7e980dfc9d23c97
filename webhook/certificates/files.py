"""A certificate in files that somebody else renews: cert-manager, or whoever writes the mounted Secret."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from webhook.settings import SettingsError
from webhook.tasks import Checks, in_background
from webhook.tls import Served

_LOG: Final = logging.getLogger("webhook")
# A kubelet takes up to a minute to write a changed Secret; a look at two small files costs nothing.
_SECONDS: Final = 2.0


@dataclass(slots=True)
class _Reload:
    """Why newer files are not served; empty when they are."""

    problem: str = ""


@asynccontextmanager
async def files_served(certificate: str, key: str, served: Served) -> AsyncIterator[Checks]:
    """Serve a certificate from files, and its successors, as long as the context is open.

    Args:
        certificate: path of a PEM file with the certificate and its chain.
        key: path of a PEM file with the private key.
        served: what takes it.

    Yields:
        The checks for the readiness probe.

    Raises:
        SettingsError: when the files cannot be used at the start. Later ones that cannot are said, and the
            last good ones are served on.
    """
    # Read before it is loaded: what is written in between is loaded once more, and not missed.
    first = _content(certificate, key)
    served.load(certificate, key)
    reload = _Reload()
    async with in_background(_keep_loading((certificate, key), first, served, reload)):
        yield lambda: {f"certificate: {reload.problem}": None} if reload.problem else {"certificate": True}


async def _keep_loading(
    files: tuple[str, str], last: tuple[bytes, ...], served: Served, reload: _Reload
) -> None:
    while True:
        await asyncio.sleep(_SECONDS)
        now = _content(*files)
        if now == last:
            continue
        try:
            served.load(*files)
        except SettingsError as error:
            # Perhaps only one of the two has been written so far: look again.
            if reload.problem != str(error):
                _LOG.warning("kept the last good certificate", extra={"reason": str(error)})
            reload.problem = str(error)
        else:
            last, reload.problem = now, ""
            _LOG.info("reloaded the certificate", extra={"file": files[0]})


def _content(*paths: str) -> tuple[bytes, ...]:
    # Contents and not times: a mounted Secret changes by a link's target, and times may be anything.
    try:
        return tuple(Path(path).read_bytes() for path in paths)
    except OSError:
        return ()
