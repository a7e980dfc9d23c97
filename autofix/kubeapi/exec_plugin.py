"""Ask a credential plugin of a kubeconfig for a token or a client certificate, bounded in time and output.

kubernetes_asyncio waits for a plugin without limit, reads all that it writes, does not know ``installHint``,
``interactiveMode`` and ``provideClusterInfo``, and takes no token and certificate together.

Source: Kubernetes documentation, "Authenticating", "client-go credential plugins"; client-go,
plugin/pkg/client/auth/exec/exec.go. Upstream: https://github.com/tomplus/kubernetes_asyncio/issues/257.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from autofix.errors import AutofixError

# A person may have to log in with a browser.
_SECONDS, _INTERACTIVE_SECONDS = 60.0, 300.0
_LONGEST_OUTPUT: Final = 1 << 20
_SHOWN: Final = 500
_PIECE: Final = 1 << 16


class _Variable(Struct):
    name: str
    value: str


class Plugin(Struct, rename="camel", frozen=True):
    """The section ``exec`` of a user in a kubeconfig; the names are the kubeconfig's."""

    api_version: str
    command: str
    args: list[str] | None = None
    env: list[_Variable] | None = None
    install_hint: str | None = None
    interactive_mode: str = "IfAvailable"
    provide_cluster_info: bool = False


class PluginCredential(Struct, rename="camel", frozen=True):
    """What a plugin answers: the status of an ExecCredential, of which each part may be absent."""

    expiration_timestamp: datetime | None = None
    token: str = ""
    client_certificate_data: str = ""
    client_key_data: str = ""

    @property
    def is_expired(self) -> bool:
        """Whether it is time to ask the plugin again."""
        end = self.expiration_timestamp
        return end is not None and end.replace(tzinfo=end.tzinfo or UTC) <= datetime.now(UTC)


class _ExecCredential(Struct, rename="camel"):
    api_version: str = ""
    status: PluginCredential | None = None


async def ask_plugin(
    plugin: Plugin, folder: Path, cluster: Mapping[str, Any], seconds: float | None = None
) -> PluginCredential:
    """Run a plugin.

    Args:
        plugin: how to run it.
        folder: the kubeconfig's, to which a relative path of a command belongs.
        cluster: what the plugin may know of the cluster: an ExecCredential's ``spec.cluster``.
        seconds: how long it may take; None for a minute, and five where a person can answer it.

    Returns:
        The credential.

    Raises:
        AutofixError: when it is not installed, fails, takes too long, or answers what is no credential.
    """
    name = f"exec plugin {plugin.command}"
    interactive = sys.stdin.isatty() and plugin.interactive_mode != "Never"
    if plugin.interactive_mode == "Always" and not interactive:
        raise AutofixError(f"{name} needs a terminal (interactiveMode: Always); run this in a terminal")
    limit = seconds or (_INTERACTIVE_SECONDS if interactive else _SECONDS)
    environment = _environment(plugin, cluster, interactive=interactive)
    process = await _start(plugin, folder, environment, interactive=interactive)
    try:
        async with asyncio.timeout(limit):
            answer, complaint = await asyncio.gather(_whole(process), _end(process))
            code = await process.wait()
    except BaseException as error:
        await _stop(process, is_group=not interactive)
        if isinstance(error, TimeoutError):
            raise AutofixError(f"{name} did not end within {limit:g} seconds; run it by hand") from None
        if isinstance(error, _TooLongError):
            raise AutofixError(f"{name} wrote more than {_LONGEST_OUTPUT} bytes; run it by hand") from None
        raise
    if code:
        raise AutofixError(f"{name} failed with exit code {code}{complaint and ': '}{complaint}")
    return _credential(plugin, name, answer)


def _environment(plugin: Plugin, cluster: Mapping[str, Any], *, interactive: bool) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": interactive}
    if plugin.provide_cluster_info:
        spec["cluster"] = cluster
    request = {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec}
    variables = {variable.name: variable.value for variable in plugin.env or ()}
    return {**os.environ, **variables, "KUBERNETES_EXEC_INFO": msgspec.json.encode(request).decode()}


async def _start(plugin: Plugin, folder: Path, environment: dict[str, str], *, interactive: bool) -> Process:
    # Source: client-go, exec.go: only a command with a separator is a path, the others are looked up in PATH.
    is_path = os.sep in plugin.command
    command = str(folder / plugin.command) if is_path else shutil.which(plugin.command)
    hint = " ".join((plugin.install_hint or "").split()) or "install it, or put it on PATH"
    if command is None:
        raise AutofixError(f"exec plugin {plugin.command} is not installed: {hint}")
    try:
        return await asyncio.create_subprocess_exec(
            command,
            *(plugin.args or ()),
            env=environment,
            # A question of the plugin must reach the person as it is, also without the end of a line.
            stdin=None if interactive else DEVNULL,
            stderr=None if interactive else PIPE,
            stdout=PIPE,
            # A group of its own can be stopped as a whole; but it has no terminal.
            start_new_session=not interactive,
        )
    except FileNotFoundError:
        raise AutofixError(f"exec plugin {command} is not installed: {hint}") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise AutofixError(f"exec plugin {command} cannot be run: {why}; {hint}") from None


class _TooLongError(Exception):
    pass


async def _whole(process: Process) -> bytes:
    """Read standard output to its end."""
    whole = bytearray()
    while process.stdout is not None and (piece := await process.stdout.read(_PIECE)):
        whole += piece
        if len(whole) > _LONGEST_OUTPUT:
            raise _TooLongError
    return bytes(whole)


async def _end(process: Process) -> str:
    """Read standard error, of which only the end counts, in one line."""
    end = b""
    while process.stderr is not None and (piece := await process.stderr.read(_PIECE)):
        end = (end + piece)[-_SHOWN:]
    return " ".join(end.decode(errors="replace").split())


async def _stop(process: Process, *, is_group: bool) -> None:
    """Stop a plugin that has not ended, and its children: they hold the pipe."""
    with suppress(ProcessLookupError, PermissionError):
        if is_group:
            os.killpg(process.pid, signal.SIGKILL)
        elif process.returncode is None:
            process.kill()
    await process.wait()


def _credential(plugin: Plugin, name: str, answer: bytes) -> PluginCredential:
    try:
        whole = msgspec.json.decode(answer, type=_ExecCredential)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # The answer may hold a secret, so the message does not repeat it.
        raise AutofixError(f"{name} answered what is no ExecCredential; run it by hand") from None
    if whole.api_version != plugin.api_version:
        raise AutofixError(
            f"{name} answered in {whole.api_version[:_SHOWN] or 'no version'}, and the kubeconfig names "
            f"{plugin.api_version}; name its version in the kubeconfig"
        )
    status = whole.status or PluginCredential()
    if bool(status.client_certificate_data) != bool(status.client_key_data):
        raise AutofixError(f"{name} answered a client certificate without its key, or a key alone")
    if not status.token and not status.client_certificate_data:
        raise AutofixError(f"{name} answered neither a token nor a client certificate; run it by hand")
    return status
