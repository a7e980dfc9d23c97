"""The proxy between us and the API server: as kubectl chooses it.

aiohttp asks Python's own ``urllib`` for the proxy of the environment. That knows neither CIDRs nor ports in
NO_PROXY, and sends requests for loopback to the proxy.

Source: golang.org/x/net/http/httpproxy, proxy.go; client-go, rest/transport.go (``proxy-url`` comes first and
knows no exceptions). Upstream: https://github.com/kubernetes-client/python/issues/2460 and
https://github.com/kubernetes-client/python/issues/1578.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from autofix.errors import AutofixError

_PORTS: Final = {"https": 443, "http": 80, "socks5": 1080, "socks5h": 1080}
_HOST_AND_PORT: Final = re.compile(r"(?:\[([^\[\]]*)\]|([^\[\]:]*)):([^\[\]:]*)")
_CIDR: Final = re.compile(r"[^/]+/[0-9]+", re.ASCII)

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network


class Proxy(NamedTuple):
    """A proxy.

    Attributes:
        url: its address, perhaps with a password.
        source: who names it, such as ``HTTPS_PROXY``.
    """

    url: str
    source: str

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS and not HTTP; it then looks up the name of the server, as with Go."""
        return urlsplit(self.url).scheme.startswith("socks")

    @property
    def socks_url(self) -> str:
        """The address of a SOCKS proxy, with its port."""
        parts = urlsplit(self.url)
        port = "" if parts.port else f":{_PORTS['socks5']}"
        return f"socks5://{parts.netloc}{port}"

    @property
    def shown(self) -> str:
        """The address without user and password, and who names it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]} ({self.source})"


def proxy_of(server: str, proxy_url: str, environment: Mapping[str, str]) -> Proxy | None:
    """Choose the proxy for an API server.

    Args:
        server: the server's address.
        proxy_url: the kubeconfig's ``proxy-url``; empty for none.
        environment: the variables of the process.

    Returns:
        The proxy; None for a direct connection.

    Raises:
        AutofixError: when the address of the proxy cannot be used.
    """
    if proxy_url:
        return _checked(proxy_url, "proxy-url of the kubeconfig")
    target = urlsplit(server)
    for name in _variables(f"{target.scheme}_proxy"):
        if environment.get(name):
            exceptions = next(filter(None, map(environment.get, _variables("no_proxy"))), "")
            return None if _is_direct(target, exceptions) else _checked(environment[name], name)
    return None


def _variables(name: str) -> tuple[str, str]:
    return name.upper(), name


def _checked(address: str, source: str) -> Proxy:
    """Return a proxy whose address has a scheme; one without is meant for HTTP."""
    proxy = Proxy(address if "://" in address else f"http://{address}", source)
    try:
        parts = urlsplit(proxy.url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        # A text that is no address may hold a password at any place, so the message does not repeat it.
        is_whole = False
    if not is_whole:
        raise AutofixError(f"{source} is no address of a proxy; write it as http://HOST:PORT")
    if parts.scheme not in _PORTS:
        raise AutofixError(f"proxy {proxy.shown} is no http, https or socks5 proxy; name such a proxy")
    return proxy


def _is_direct(target: SplitResult, exceptions: str) -> bool:
    """Tell whether a server is on this machine, or one of the exceptions of NO_PROXY."""
    host, port = target.hostname or "", str(target.port or _PORTS.get(target.scheme) or "")
    address = _address(host)
    if host == "localhost" or (address is not None and address.is_loopback):
        return True
    entries = [entry.strip().lower() for entry in exceptions.split(",")]
    return "*" in entries or any(_matches(entry, host, port, address) for entry in entries if entry)


def _matches(entry: str, host: str, port: str, address: _Address | None) -> bool:
    if (network := _network(entry)) is not None:
        return address is not None and address in network
    split = _HOST_AND_PORT.fullmatch(entry)
    name = (split[1] or split[2] or "") if split else entry
    wanted_port = split[3] if split else ""
    if not name or (wanted_port and wanted_port != port):
        return False
    if (named := _address(name)) is not None:
        return named == address
    name = _ascii(name.removeprefix("*") if name.startswith("*.") else name)
    return host.endswith(name if name.startswith(".") else f".{name}") or host == name


def _address(text: str) -> _Address | None:
    """Read an IP address; an IPv4 address that is written as IPv6 is the IPv4 address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(text: str) -> _Network | None:
    """Read a CIDR; a network of IPv4 addresses that are written as IPv6 is the IPv4 network."""
    try:
        network = ip_network(text, strict=False) if _CIDR.fullmatch(text) else None
    except ValueError:
        return None
    mapped = getattr(network and network.network_address, "ipv4_mapped", None)
    return ip_network(f"{mapped}/{network.prefixlen - 96}") if network and mapped else network


def _ascii(name: str) -> str:
    # A name that DNS cannot have stays as it is, and matches nothing.
    try:
        return name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return name
