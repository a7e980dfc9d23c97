"""Addresses of servers and proxies: whether a request can be sent there."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from yarl import URL

from autofix.errors import AutofixError


def split_address(text: str, name: str, form: str) -> SplitResult:
    """Split an address that somebody has written.

    Args:
        text: the address. It may hold a password at any place, so no error repeats it.
        name: what it is, for an error.
        form: how such an address is written, for an error.

    Returns:
        Its parts, with a host.

    Raises:
        AutofixError: when no request can be sent there.
    """
    try:
        parts = urlsplit(text)
        # aiohttp reads an address so, and must not be the first to refuse it: its error repeats the text.
        host = URL(text).raw_host
        is_whole = bool(host and parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole:
        raise AutofixError(f"{name} is no address; write it as {form}")
    if not is_name(host or ""):
        raise AutofixError(
            f"{name} has a host with an empty part or a part of more than 63 characters; correct the host"
        )
    return parts


def checked_server(address: str) -> str:
    """Check the address of an API server.

    Args:
        address: the address.

    Returns:
        The address.

    Raises:
        AutofixError: when no request can be sent there, or it holds a user or a password.
    """
    name = "server" if "@" in address else f"server {address!r}"
    parts = split_address(address, name, form := "https://HOST:PORT")
    if parts.scheme not in ("http", "https"):
        raise AutofixError(f"{name} is no address; write it as {form}")
    if "@" in parts.netloc:
        raise AutofixError(
            f"server {parts.hostname} has a user or a password in its address; write it as {form}, and name "
            "user and password among the users of the kubeconfig"
        )
    return address


def is_name(host: str) -> bool:
    """Tell whether a host can be looked up.

    Args:
        host: its name or address.

    Returns:
        Whether each part between two dots has 1 to 63 characters. Source: RFC 1035, section 2.3.4.
    """
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True
