"""A certificate in files that another program renews, such as cert-manager by a mounted Secret."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from webhook.certificates.tls import ServedCertificate
from webhook.serving.tasks import Checks, in_background
from webhook.settings import SettingsError

_LOG: Final = logging.getLogger("webhook")
# A kubelet takes up to a minute to write a changed Secret, and reading two small files costs nothing.
_SECONDS: Final = 2.0


@dataclass(slots=True)
class _Reload:
    """The problems that are in the log already; empty when there are none.

    Attributes:
        problem: why newer files are not served.
        invalid: why nobody can trust the served certificate.
    """

    problem: str = ""
    invalid: str = ""


@asynccontextmanager
async def serve_files(
    certificate: str, key: str, served: ServedCertificate, now: Callable[[], datetime]
) -> AsyncIterator[Checks]:
    """Serve the certificate in two files, and load newer files, as long as the context is open.

    Args:
        certificate: path of a PEM file with the certificate and its chain.
        key: path of a PEM file with the private key.
        served: takes the certificate.
        now: returns the time, with time zone.

    Yields:
        The checks for the readiness probe. No client can connect while the certificate is not valid.

    Raises:
        SettingsError: when the files cannot be used at the start. If later files cannot be used, or are not
            valid at the time, the log says so, and the last good files are still served. At the start a
            certificate that is not valid is served, and the replica is not ready: valid files may come, or
            the time at which these are valid.
    """
    # The files are read before they are loaded. So a change between the two is loaded again, and not missed.
    first = _content(certificate, key)
    served.load(certificate, key)
    reload = _Reload()
    async with in_background(_keep_loading((certificate, key), first, served, now, reload)):
        yield lambda: _checks(served, reload, now())


def _checks(served: ServedCertificate, reload: _Reload, now: datetime) -> Mapping[str, bool | None]:
    invalid = served.leaf.problem(now) if served.leaf else ""
    why = "; ".join(filter(None, (served.problem(now), reload.problem)))
    return {f"certificate: {why}": False if invalid else None} if why else {"certificate": True}


async def _keep_loading(
    files: tuple[str, str],
    last: tuple[bytes, ...],
    served: ServedCertificate,
    now: Callable[[], datetime],
    reload: _Reload,
) -> None:
    while True:
        _say_invalid(served, reload, now())
        await asyncio.sleep(_SECONDS)
        content = _content(*files)
        if content == last:
            # Perhaps the last good files have come back.
            reload.problem = ""
            continue
        try:
            served.load(*files, now())
        except SettingsError as error:
            # Perhaps only one of the two files has been written so far: try again.
            if reload.problem != str(error):
                _LOG.warning("kept the last good certificate", extra={"reason": str(error)})
            reload.problem = str(error)
        else:
            last, reload.problem = content, ""
            _LOG.info("reloaded the certificate", extra={"file": files[0]})


def _say_invalid(served: ServedCertificate, reload: _Reload, now: datetime) -> None:
    invalid = served.leaf.problem(now) if served.leaf else ""
    if invalid and invalid != reload.invalid:
        _LOG.error("nobody can connect", extra={"reason": invalid})
    reload.invalid = invalid


def _content(*paths: str) -> tuple[bytes, ...]:
    # The contents count, and not the times of the files: a kubelet changes a mounted Secret by a link.
    try:
        return tuple(Path(path).read_bytes() for path in paths)
    except OSError:
        return ()
