"""Addresses of API servers: which can be used, and what the error says about the others."""

from __future__ import annotations

import pytest

from autofix.errors import AutofixError
from autofix.kubeapi.addresses import checked_server

LONG = "a" * 64
BAD_PART = "has a host with an empty part or a part of more than 63 characters; correct the host$"
NO_ADDRESS = "is no address; write it as https://HOST:PORT$"


@pytest.mark.parametrize(
    "address",
    [
        "https://10.0.0.1:6443",
        "https://10.0.0.1:",
        "http://localhost:8080",
        "https://[fd00::1]:6443",
        "https://[fe80::1%25eth0]:6443",
        "https://bücher.example",
        "https://a_b.example.",
        "https://rancher.example/k8s/clusters/c-1@x",
        f"https://{LONG[1:]}.example",
    ],
)
def test_an_address_that_can_be_used_stays_as_it_is(address: str) -> None:
    assert checked_server(address) == address


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("", f"server '' {NO_ADDRESS}"),
        ("10.0.0.1:6443", f"server '10.0.0.1:6443' {NO_ADDRESS}"),
        ("ftp://a", f"server 'ftp://a' {NO_ADDRESS}"),
        ("https://a:0", f"server 'https://a:0' {NO_ADDRESS}"),
        ("https://[x]", rf"server 'https://\[x\]' {NO_ADDRESS}"),
        ("https://a..b", rf"server 'https://a\.\.b' {BAD_PART}"),
        (f"https://{LONG}:6443", f"server 'https://{LONG}:6443' {BAD_PART}"),
        (f"https://a.{LONG}.b", BAD_PART),
        (
            "https://u:pa55@a",
            "server a has a user or a password in its address; write it as .*, and name user",
        ),
        ("https://pa55@a", "server a has a user or a password in its address"),
        ("https://u:pa55@a:port", f"server {NO_ADDRESS}"),
        ("https://u:pa55@a..b", f"server {BAD_PART}"),
        ("u:pa55@a", f"server {NO_ADDRESS}"),
        ("https://u:pa55@a\\b", f"server {NO_ADDRESS}"),
    ],
)
def test_another_address_is_a_clear_error_without_its_password(address: str, why: str) -> None:
    with pytest.raises(AutofixError, match=why) as raised:
        checked_server(address)
    assert "pa55" not in str(raised.value)
