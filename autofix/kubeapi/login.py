"""How to log in to the API server: read from a kubeconfig, or from the ServiceAccount of a pod.

kubernetes_asyncio's loaders do the reading. This module adds what they lack: no newline at the end of a
token, exec plugins as kubectl runs them, files beside the kubeconfig that names them, a context without a
user, ``as``, and the names of the files that may change while we run.

Upstream: https://github.com/kubernetes/kubernetes/pull/52920 (newline),
https://github.com/tomplus/kubernetes_asyncio/issues/257 (exec plugins are asked once).
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import aiohttp
import msgspec
from kubernetes_asyncio.client import Configuration
from kubernetes_asyncio.config import ConfigException, incluster_config
from kubernetes_asyncio.config.kube_config import ConfigNode, KubeConfigLoader, KubeConfigMerger

from autofix.errors import AutofixError
from autofix.kubeapi.addresses import checked_server, is_name
from autofix.kubeapi.contexts import without_empty
from autofix.kubeapi.exec_plugin import Plugin, PluginCredential, ask_plugin, cluster_info
from autofix.kubeapi.impersonation import impersonation
from autofix.kubeapi.proxies import Proxy, proxy_of
from autofix.kubeapi.tls_material import Pem, TlsMaterial, find_pem

# Seconds. An exec plugin has its own limit, which is shorter; the library's other logins have none.
_LONGEST_LOGIN: Final = 330.0
_AUTHORITY: Final = "certificate-authority"

Signature = tuple[int, int, int] | None


class Login(NamedTuple):
    """Where the API server is, and how we show who we are.

    Attributes:
        server: its address.
        context: the kubeconfig's context; empty in a pod.
        namespace: for commands that name none.
        headers: Authorization, and whom we act as.
        material: what the TLS context is made of.
        server_name: the name to check the certificate for; None for the address's.
        proxy: the proxy; None for a direct connection.
        plugin: what an exec plugin has answered; None without one.
        files: the files that were read, as they were.
    """

    server: str
    context: str
    namespace: str
    headers: tuple[tuple[str, str], ...]
    material: TlsMaterial
    server_name: str | None
    proxy: Proxy | None
    plugin: PluginCredential | None
    files: Mapping[str, Signature]

    @property
    def shows_the_same_as(self) -> tuple[object, ...]:
        """What the API server sees of it: two logins with the same are refused alike."""
        return self.headers, self.material


def signature_of(path: str) -> Signature:
    """Tell a file from what it was before.

    Args:
        path: the file.

    Returns:
        What changes with every new content; None when there is no such file.
    """
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


async def login_of_kubeconfig(
    paths: str, context: str, plugin: PluginCredential | None, environment: Mapping[str, str]
) -> Login:
    """Read a kubeconfig.

    Args:
        paths: its path, or several as in ``KUBECONFIG``.
        context: the name of a context; empty for the current one.
        plugin: what the exec plugin has answered before, when that is still good.
        environment: the variables of the process, for the proxy.

    Returns:
        The login.

    Raises:
        AutofixError: when it cannot be used, or its exec plugin gives no credential.
    """
    configuration = Configuration()
    try:
        merger = KubeConfigMerger(without_empty(paths))
        loader = _Loader(merger, context, plugin)
        async with asyncio.timeout(_LONGEST_LOGIN):
            await loader.load_and_set(configuration)
        return _login(configuration, environment, loader.source((*merger.paths, loader.token_file)))
    except AutofixError:
        raise
    except TimeoutError:
        raise AutofixError(f"{paths}: no login within {_LONGEST_LOGIN:g} seconds; log in by hand") from None
    except (ConfigException, OSError, aiohttp.ClientError) as error:
        raise AutofixError(_text(error)) from None
    except Exception as error:  # noqa: BLE001  # the error for a file that is no kubeconfig depends on the file
        raise AutofixError(f"{paths} is no kubeconfig: {' '.join(str(error).split())}") from None


def login_of_pod(environment: Mapping[str, str]) -> Login:
    """Read the ServiceAccount of the pod that we run in.

    Args:
        environment: the variables of the process.

    Returns:
        The login.

    Raises:
        AutofixError: when this is no pod with a ServiceAccount.
    """
    configuration = Configuration()
    try:
        incluster_config.load_incluster_config(configuration, try_refresh_token=False)  # type: ignore[no-untyped-call]
        authority = Pem(path=configuration.ssl_ca_cert or "")
        source = _Source((incluster_config.SERVICE_TOKEN_FILENAME,), (authority, Pem(), Pem()))
        return _login(configuration, environment, source)
    except (ConfigException, OSError) as error:
        raise AutofixError(_text(error)) from None


def _text(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error).rstrip(".")


class _Source(NamedTuple):
    """What a login is made of beside a configuration.

    Attributes:
        files: those of the login without those of ``pems``.
        pems: the certificate authority, the client certificate and its key.
        context, namespace, impersonation, plugin: the login's.
    """

    files: Iterable[str]
    pems: tuple[Pem, Pem, Pem]
    context: str = ""
    namespace: str = "default"
    impersonation: tuple[tuple[str, str], ...] = ()
    plugin: PluginCredential | None = None


def _login(configuration: Configuration, environment: Mapping[str, str], source: _Source) -> Login:
    """Read what kubernetes_asyncio's loaders have put into a configuration."""
    paths = (*source.files, *(pem.path for pem in source.pems))
    files = {path: signature_of(path) for path in paths if path}
    authority, certificate, key = (pem.read() for pem in source.pems)
    server = checked_server(configuration.host or "")
    server_name = configuration.tls_server_name or None
    if server_name and (server_name.startswith(".") or not is_name(server_name)):
        raise AutofixError(f"tls-server-name {server_name!r} is no name of a host; correct it")
    token = str(configuration.api_key.get("BearerToken", "")).strip()
    headers = (*((("Authorization", token),) if token else ()), *source.impersonation)
    for name, value in headers:
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in value):
            raise AutofixError(
                f"the text for the header {name} holds a character that cannot be sent; correct it"
            )
    if source.plugin and source.plugin.client_certificate_data:
        certificate = source.plugin.client_certificate_data.encode()
        key = (source.plugin.client_key_data or "").encode()
    return Login(
        server,
        source.context,
        source.namespace,
        headers,
        TlsMaterial(authority, certificate or b"", key or b"", is_checked=bool(configuration.verify_ssl)),
        server_name,
        proxy_of(server, configuration.proxy or "", environment),
        source.plugin,
        files,
    )


class _Loader(KubeConfigLoader):
    """kubernetes_asyncio's loader, with kubectl's exec plugins."""

    def __init__(self, merger: KubeConfigMerger, context: str, plugin: PluginCredential | None) -> None:
        whole = merger.config
        for section in ("clusters", "contexts", "users"):
            for node in _section(whole).get(section, ()):
                # The library's name is the whole object with its secrets, and stands in its errors.
                node.name = f"{section}[name={node.value['name']}]"
        super().__init__(
            config_dict=whole,
            active_context=context or None,
            config_base_path=None,
            config_persister=lambda _: merger.save_changes(),
        )
        self.answer = plugin
        self.token_file = ""
        # A context may have no user, and the library fails without one.
        self._user = self._user or ConfigNode("user", {})

    @property
    def pems(self) -> tuple[Pem, Pem, Pem]:
        """The certificate authority, the client certificate and its key; without TLS there are none."""
        cluster, user, folder = _section(self._cluster), _section(self._user), _folder(self._user)
        if not cluster.get("server", "").startswith("https"):
            return Pem(), Pem(), Pem()
        return (
            find_pem(cluster, _folder(self._cluster), _AUTHORITY),
            find_pem(user, folder, "client-certificate"),
            find_pem(user, folder, "client-key"),
        )

    def source(self, files: Iterable[str]) -> _Source:
        """Say what the configuration does not hold."""
        context: Mapping[str, Any] = self.current_context or {}
        namespace = context["context"].get("namespace") or "default"
        headers = tuple(impersonation(_section(self._user)))
        return _Source(files, self.pems, str(context["name"]), namespace, headers, self.answer)

    def _load_cluster_info(self) -> None:
        """Leave out the certificates and keys: the library would write them to files."""
        cluster, user = self._cluster, self._user
        rest = {key: value for key, value in _section(cluster).items() if not key.startswith(_AUTHORITY)}
        self._cluster = ConfigNode("cluster", rest)  # type: ignore[assignment]  # it has no annotation there
        self._user = ConfigNode("user", {})
        super()._load_cluster_info()
        self._cluster, self._user = cluster, user

    def _load_user_token(self) -> bool:
        """Prefer the file to the text, as client-go does."""
        path = _section(self._user).get("tokenFile")
        if not path:
            return bool(super()._load_user_token())
        self.token_file = str(_folder(self._user) / Path(path).expanduser())
        token = Path(self.token_file).read_text(encoding="utf-8").strip()
        if not token:
            raise AutofixError(f"the token file {self.token_file} is empty; write a token into it")
        self.token = f"Bearer {token}"
        return True

    async def load_from_exec_plugin(self) -> bool:
        """Ask the plugin, unless its last answer is still good."""
        try:
            plugin = msgspec.convert(_section(self._user)["exec"], Plugin)
        except msgspec.ValidationError as error:
            raise AutofixError(f"the exec section of the kubeconfig's user: {error}") from None
        if self.answer is None or self.answer.is_expired:
            info = cluster_info(_section(self._cluster), _folder(self._cluster))
            self.answer = await ask_plugin(plugin, _folder(self._user), info)
        if self.answer.token:
            self.token = f"Bearer {self.answer.token}"
        return True


def _section(node: ConfigNode | None) -> Mapping[str, Any]:
    return node.value if node else {}


def _folder(node: ConfigNode | None) -> Path:
    """Return the folder of the kubeconfig that names a user or a cluster."""
    return Path((node and node.path) or "").absolute().parent
