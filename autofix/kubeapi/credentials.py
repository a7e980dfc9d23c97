"""The login that is valid now: renewed when a file changes, when it ends, and when the API server refuses it.

kubernetes_asyncio renews only the token of a pod, once a minute. It reads the token file of a kubeconfig
once, asks an exec plugin once, and makes one TLS context. So a token that ends and an authority that rotates
end a long run.

Upstream: https://github.com/tomplus/kubernetes_asyncio/issues/257,
https://github.com/kubernetes-client/python/issues/741 (tokens),
https://github.com/kubernetes/kubernetes/issues/119483 (the same fault of client-go with authorities).
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import aiohttp

from autofix.errors import AutofixError
from autofix.kubeapi.exec_plugin import PluginCredential
from autofix.kubeapi.login import Login, TlsMaterial, signature_of

_LOG: Final = logging.getLogger("autofix")

# Reads a login: the name of the context (empty at first), and what an exec plugin has answered before.
Read = Callable[[str, PluginCredential | None], Awaitable[Login]]


class CredentialsError(aiohttp.ClientConnectionError):
    """There is no valid login any more; a later request may find one."""


@dataclass(frozen=True, slots=True)
class Access:
    """A login with its TLS context.

    Attributes:
        login: the login.
        tls: the TLS context.
    """

    login: Login
    tls: ssl.SSLContext


@dataclass(slots=True)
class Credentials:
    """The login that is valid now. Server and context stay as they were at first.

    Attributes:
        read: reads a login.
        access: the newest login.
        problem: why the files that have changed cannot be read; empty when they can.
    """

    read: Read
    access: Access
    problem: str = ""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def current(self) -> Access:
        """Return the login for the next request.

        Returns:
            The login, read again when a file has changed or the answer of a plugin has ended.

        Raises:
            CredentialsError: when the last one has ended, and there is no new one.
        """
        if not _is_due(self.access.login):
            return self.access
        async with self._lock:
            login = self.access.login
            if _is_due(login):
                try:
                    self.access = await self._renewed(login.plugin)
                    self.problem = ""
                except CredentialsError as error:
                    if _is_expired(login):
                        raise
                    # Somebody may be about to write the file: the old login is the best one there is.
                    if str(error) != self.problem:
                        _LOG.warning("cannot read the login again: %s", error)
                    self.problem = str(error)
        return self.access

    async def after(self, refused: Access) -> Access | None:
        """Look for a login after the server has refused one, or we the server.

        Args:
            refused: the login of that request.

        Returns:
            A login that differs from it; None when there is none.

        Raises:
            CredentialsError: when it cannot be read.
        """
        async with self._lock:
            if self.access is refused:
                self.access = await self._renewed(None)
        is_new = self.access.login.shows_the_same_as != refused.login.shows_the_same_as
        return self.access if is_new else None

    async def _renewed(self, plugin: PluginCredential | None) -> Access:
        before = self.access
        try:
            login = await self.read(before.login.context, plugin)
            login = login._replace(server=before.login.server, proxy=before.login.proxy)
            tls = before.tls if login.material == before.login.material else make_context(login.material)
        except AutofixError as error:
            raise CredentialsError(str(error)) from None
        return Access(login, tls)


async def open_credentials(read: Read, context: str) -> Credentials:
    """Read the first login.

    Args:
        read: reads a login.
        context: the name of the context; empty for the current one.

    Returns:
        The credentials.

    Raises:
        AutofixError: when there is no login.
    """
    login = await read(context, None)
    return Credentials(read, Access(login, make_context(login.material)))


def make_context(material: TlsMaterial) -> ssl.SSLContext:
    """Make a TLS context.

    Args:
        material: what it is made of.

    Returns:
        The context.

    Raises:
        AutofixError: when a certificate or a key cannot be used.
    """
    if material.authority is not None and not material.authority.strip():
        # Without a text Python would trust the authorities of the system.
        raise AutofixError("the certificate authority of the cluster is empty; write it into its file")
    try:
        authority = None if material.authority is None else material.authority.decode()
        context = ssl.create_default_context(cadata=authority)
    except (ssl.SSLError, ValueError) as error:
        raise AutofixError(f"the certificate authority of the cluster cannot be used: {error}") from None
    # Python 3.13 and newer refuses certificates of API servers that every other client accepts.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not material.is_checked:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if material.certificate:
        # Python reads certificates from files only. mkdtemp(3): nobody else may read this folder.
        with TemporaryDirectory() as folder:
            path = Path(folder) / "chain.pem"
            try:
                path.write_bytes(material.certificate + b"\n" + material.key)
                # An encrypted key must not ask for its password at the terminal.
                context.load_cert_chain(path, password="")
            except (OSError, ValueError) as error:
                raise AutofixError(f"the client certificate or its key cannot be used: {error}") from None
    return context


def _is_due(login: Login) -> bool:
    return _is_expired(login) or any(signature_of(path) != was for path, was in login.files.items())


def _is_expired(login: Login) -> bool:
    return login.plugin is not None and login.plugin.is_expired
