"""Ask a credential plugin of a kubeconfig for a token or a client certificate, bounded in time and output.

kubernetes_asyncio waits for a plugin without limit, reads all that it writes, does not know ``installHint``,
``interactiveMode`` and ``provideClusterInfo``, and takes no token and certificate together.

Source: Kubernetes documentation, "Authenticating", "client-go credential plugins"; client-go,
plugin/pkg/client/auth/exec/exec.go. Upstream: https://github.com/tomplus/kubernetes_asyncio/issues/257.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
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
_LONGEST_HINT: Final = 2000
_STOP_SECONDS, _COMPLAINT_SECONDS = 5.0, 1.0
_STDOUT: Final = 1
# Of a cluster, what a plugin may read. Source: client-go, pkg/apis/clientauthentication, Cluster.
_CLUSTER_INFO: Final = ("server", "tls-server-name", "insecure-skip-tls-verify", "proxy-url")
_PLUGIN_EXTENSION: Final = "client.authentication.k8s.io/exec"


class _Variable(Struct):
    name: str
    value: str | None = None


class Plugin(Struct, rename="camel", frozen=True):
    """The section ``exec`` of a user in a kubeconfig; the names are the kubeconfig's, and null is absent."""

    api_version: str
    command: str
    args: list[str] | None = None
    env: list[_Variable] | None = None
    install_hint: str | None = None
    interactive_mode: str | None = None
    provide_cluster_info: bool | None = None


class PluginCredential(Struct, rename="camel", frozen=True):
    """What a plugin answers: the status of an ExecCredential, of which each part may be absent or null."""

    expiration_timestamp: datetime | None = None
    token: str | None = None
    client_certificate_data: str | None = None
    client_key_data: str | None = None

    @property
    def is_expired(self) -> bool:
        """Whether it is time to ask the plugin again."""
        end = self.expiration_timestamp
        return end is not None and end.replace(tzinfo=end.tzinfo or UTC) <= datetime.now(UTC)


class _ExecCredential(Struct, rename="camel"):
    api_version: str | None = None
    status: PluginCredential | None = None


def cluster_info(cluster: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Say what a plugin may know of a cluster.

    Args:
        cluster: the section ``cluster`` of the kubeconfig.
        folder: the folder of that kubeconfig.

    Returns:
        The fields; the authority is always a text in base64.

    Raises:
        OSError: when the file of the authority cannot be read.
    """
    info = {name: cluster[name] for name in _CLUSTER_INFO if name in cluster}
    if authority := cluster.get("certificate-authority-data"):
        info["certificate-authority-data"] = authority
    elif path := cluster.get("certificate-authority"):
        info["certificate-authority-data"] = base64.b64encode((folder / path).read_bytes()).decode()
    for extension in cluster.get("extensions") or ():
        if extension.get("name") == _PLUGIN_EXTENSION:
            info["config"] = extension.get("extension")
    return info


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
    # Where standard input is closed, Python has none.
    has_terminal = sys.stdin is not None and sys.stdin.isatty()
    interactive = has_terminal and plugin.interactive_mode != "Never"
    if plugin.interactive_mode == "Always" and not interactive:
        raise AutofixError(f"{name} needs a terminal (interactiveMode: Always); run this in a terminal")
    limit = seconds or (_INTERACTIVE_SECONDS if interactive else _SECONDS)
    environment = _environment(plugin, cluster, interactive=interactive)
    transport, run = await _start(plugin, folder, environment, interactive=interactive)
    try:
        async with asyncio.timeout(limit):
            await run.end.wait()
        if transport.get_returncode():
            # Its last words may still be on the way.
            await _wait_shortly(run.is_over, _COMPLAINT_SECONDS)
    except TimeoutError:
        raise AutofixError(f"{name} did not end within {limit:g} seconds; run it by hand") from None
    finally:
        if not run.has_answered:
            await _stop(transport, run, is_group=not interactive)
        transport.close()
    if run.is_too_long:
        raise AutofixError(f"{name} wrote more than {_LONGEST_OUTPUT} bytes; run it by hand")
    if code := transport.get_returncode():
        complaint = " ".join(run.complaint.decode(errors="replace").split())
        raise AutofixError(f"{name} failed with exit code {code}{complaint and ': '}{complaint}")
    return _credential(plugin, name, bytes(run.answer))


def _environment(plugin: Plugin, cluster: Mapping[str, Any], *, interactive: bool) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": interactive}
    if plugin.provide_cluster_info:
        spec["cluster"] = cluster
    request = {"apiVersion": plugin.api_version, "kind": "ExecCredential", "spec": spec}
    variables = {variable.name: variable.value or "" for variable in plugin.env or ()}
    return {**os.environ, **variables, "KUBERNETES_EXEC_INFO": msgspec.json.encode(request).decode()}


async def _start(
    plugin: Plugin, folder: Path, environment: dict[str, str], *, interactive: bool
) -> tuple[asyncio.SubprocessTransport, _Run]:
    # Source: client-go, exec.go: only a command with a separator is a path, the others are looked up in PATH.
    is_path = os.sep in plugin.command
    command = str(folder / plugin.command) if is_path else shutil.which(plugin.command)
    hint = " ".join((plugin.install_hint or "")[:_LONGEST_HINT].split()) or "install it, or put it on PATH"
    if command is None:
        raise AutofixError(f"exec plugin {plugin.command} is not installed: {hint}")
    try:
        return await asyncio.get_running_loop().subprocess_exec(
            _Run,
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


class _Run(asyncio.SubprocessProtocol):
    """What a plugin writes. asyncio's own streams hang when a process is killed that nobody reads from."""

    def __init__(self) -> None:
        self.answer, self.complaint = bytearray(), b""
        self.has_exited = self.is_closed = False
        # It is over, or nobody needs the rest.
        self.end, self.is_over = asyncio.Event(), asyncio.Event()

    @property
    def has_answered(self) -> bool:
        """Whether it has ended, and nobody writes to its standard output any more."""
        return self.has_exited and self.is_closed

    @property
    def is_too_long(self) -> bool:
        """Whether it has written more than any credential has."""
        return len(self.answer) > _LONGEST_OUTPUT

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Keep the whole answer, and of standard error the end."""
        if fd != _STDOUT:
            self.complaint = (self.complaint + data)[-_SHOWN:]
        elif not self.is_too_long:
            self.answer += data
            if self.is_too_long:
                self.end.set()

    def pipe_connection_lost(self, fd: int, _: Exception | None) -> None:
        """Note the end of the answer. A helper that it leaves behind may keep standard error open."""
        self.is_closed = self.is_closed or fd == _STDOUT
        if self.has_answered:
            self.end.set()

    def process_exited(self) -> None:
        """Note that it has ended."""
        self.has_exited = True
        if self.has_answered:
            self.end.set()

    def connection_lost(self, _: Exception | None) -> None:
        """Note that the process has ended, and has closed its pipes."""
        self.end.set()
        self.is_over.set()


async def _stop(transport: asyncio.SubprocessTransport, run: _Run, *, is_group: bool) -> None:
    """Stop a plugin that has not ended, and its children: they hold the pipe."""
    # Not by the transport: it would ask for the exit code, which another thread waits for.
    with suppress(ProcessLookupError, PermissionError):
        (os.killpg if is_group else os.kill)(transport.get_pid(), signal.SIGKILL)
    await _wait_shortly(run.is_over, _STOP_SECONDS)


async def _wait_shortly(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _credential(plugin: Plugin, name: str, answer: bytes) -> PluginCredential:
    try:
        whole = msgspec.json.decode(answer, type=_ExecCredential)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # The answer may hold a secret, so the message does not repeat it.
        raise AutofixError(f"{name} answered what is no ExecCredential; run it by hand") from None
    if whole.api_version != plugin.api_version:
        raise AutofixError(
            f"{name} answered in {(whole.api_version or 'no version')[:_SHOWN]}, and the kubeconfig names "
            f"{plugin.api_version}; name its version in the kubeconfig"
        )
    status = whole.status or PluginCredential()
    if bool(status.client_certificate_data) != bool(status.client_key_data):
        raise AutofixError(f"{name} answered a client certificate without its key, or a key alone")
    if not status.token and not status.client_certificate_data:
        raise AutofixError(f"{name} answered neither a token nor a client certificate; run it by hand")
    return status
