"""Which proxy is used. The table is what golang.org/x/net/http/httpproxy v0.49.0 answers."""

from __future__ import annotations

import pytest

from autofix.errors import AutofixError
from autofix.kubeapi.proxies import Proxy, proxy_of

KUBELIKE = "169.254.169.254,.svc,.cluster.local,10.96.0.0/12"


@pytest.mark.parametrize(
    ("no_proxy", "server", "is_proxied"),
    [
        ("", "https://10.0.0.1:6443", True),
        ("10.0.0.0/8", "https://10.0.0.1:6443", False),
        ("10.0.0.7/8", "https://10.0.0.1:6443", False),
        ("10.0.0.0/8", "https://11.0.0.1:6443", True),
        ("10.0.0.0/8", "https://example.com", True),
        ("10.0.0.0/255.0.0.0", "https://10.0.0.1:6443", True),
        ("10.0.0.0/33", "https://10.0.0.1", True),
        ("0.0.0.0/0", "https://10.96.0.1", False),
        ("::/0", "https://10.96.0.1", True),
        ("10.0.0.1", "https://10.0.0.1:6443", False),
        ("10.0.0.1:6443", "https://10.0.0.1:6443", False),
        ("10.0.0.1:443", "https://10.0.0.1:6443", True),
        ("10.0.0.1:443", "https://10.0.0.1", False),
        ("10.0.0.1:80", "http://10.0.0.1", False),
        ("10.0.0.", "https://10.0.0.1:6443", True),
        ("10.0.0.01", "https://10.0.0.1", True),
        ("fd00::/8", "https://[fd00::1]:6443", False),
        ("fd00::1", "https://[fd00::1]:6443", False),
        ("[fd00::1]:6443", "https://[fd00::1]:6443", False),
        ("[fd00::1]:443", "https://[fd00::1]:6443", True),
        ("[fd00::1]", "https://[fd00::1]:6443", True),
        ("10.0.0.0/8", "https://[::ffff:10.0.0.1]:6443", False),
        ("10.0.0.1", "https://[::ffff:10.0.0.1]:6443", False),
        ("::ffff:10.0.0.0/104", "https://10.0.0.1:6443", False),
        ("example.com", "https://example.com", False),
        ("example.com", "https://api.example.com", False),
        ("example.com", "https://notexample.com", True),
        (".example.com", "https://api.example.com", False),
        (".example.com", "https://example.com", True),
        ("*.example.com", "https://api.example.com", False),
        ("*.example.com", "https://example.com", True),
        ("*example.com", "https://example.com", True),
        (".example.com:6443", "https://api.example.com:6443", False),
        (".example.com:6443", "https://api.example.com", True),
        ("example.com:443", "https://api.example.com", False),
        ("example.com:", "https://example.com", False),
        ("example.com.", "https://example.com", True),
        ("example.com", "https://example.com.", True),
        ("EXAMPLE.com", "https://api.example.COM", False),
        (" example.com , other.org", "https://other.org", False),
        ("a,,b", "https://b", False),
        ("*", "https://10.0.0.1:6443", False),
        ("x,*", "https://example.com", False),
        ("*:443", "https://example.com", True),
        (":443", "https://example.com", True),
        (".", "https://example.com", True),
        ("a:b:c", "https://a", True),
        ("https://example.com", "https://example.com", True),
        ("bücher.example", "https://xn--bcher-kva.example", False),
        (KUBELIKE, "https://kubernetes.default.svc", False),
        (KUBELIKE, "https://10.96.0.1", False),
        ("", "https://localhost:6443", False),
        ("", "https://127.8.9.1:6443", False),
        ("", "https://[::1]:6443", False),
        ("", "https://[::ffff:127.0.0.1]:6443", False),
        ("", "https://localhost.localdomain", True),
    ],
)
def test_the_exceptions_are_those_of_go(no_proxy: str, server: str, is_proxied: bool) -> None:
    environment = {"HTTPS_PROXY": "http://p:1", "HTTP_PROXY": "http://p:1", "NO_PROXY": no_proxy}
    assert (proxy_of(server, "", environment) is not None) == is_proxied


@pytest.mark.parametrize(
    ("server", "proxy_url", "environment", "proxy"),
    [
        ("https://a", "", {}, None),
        ("https://a", "", {"HTTPS_PROXY": "http://p:1"}, Proxy("http://p:1", "HTTPS_PROXY")),
        ("https://a", "", {"https_proxy": "http://p:1"}, Proxy("http://p:1", "https_proxy")),
        ("https://a", "", {"https_proxy": "p:1", "HTTPS_PROXY": "q:1"}, Proxy("http://q:1", "HTTPS_PROXY")),
        ("https://a", "", {"HTTPS_PROXY": "", "https_proxy": "p:1"}, Proxy("http://p:1", "https_proxy")),
        ("https://a", "", {"HTTP_PROXY": "http://p:1", "ALL_PROXY": "http://p:1"}, None),
        ("http://a", "", {"HTTPS_PROXY": "http://p:1"}, None),
        ("http://a", "", {"http_proxy": "http://p:1"}, Proxy("http://p:1", "http_proxy")),
        ("https://a", "", {"HTTPS_PROXY": "p:1", "no_proxy": "a"}, None),
        (
            "https://a",
            "",
            {"HTTPS_PROXY": "p:1", "no_proxy": "a", "NO_PROXY": "b"},
            Proxy("http://p:1", "HTTPS_PROXY"),
        ),
        ("https://a", "https://k:2", {"NO_PROXY": "*"}, Proxy("https://k:2", "proxy-url of the kubeconfig")),
        ("https://127.0.0.1", "http://k", {}, Proxy("http://k", "proxy-url of the kubeconfig")),
    ],
)
def test_the_kubeconfig_comes_before_the_environment(
    server: str, proxy_url: str, environment: dict[str, str], proxy: Proxy | None
) -> None:
    assert proxy_of(server, proxy_url, environment) == proxy


@pytest.mark.parametrize(
    "address", ["http://u:pa55@", "http://u:pa55@p:port", "http://u:pa55@[::1", "ftp://u:pa55@p"]
)
def test_an_address_that_cannot_be_used_is_an_error_without_its_password(address: str) -> None:
    with pytest.raises(AutofixError, match="HTTPS_PROXY") as told:
        proxy_of("https://a", "", {"HTTPS_PROXY": address})
    assert "pa55" not in str(told.value)


def test_a_proxy_of_another_kind_is_named_with_what_to_do() -> None:
    with pytest.raises(
        AutofixError, match=r"proxy socks4://p:1 \(proxy-url.* is no http, https or socks5 proxy"
    ):
        proxy_of("https://a", "socks4://u:pa55@p:1", {})


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("http://p:1", None),
        ("socks5://p", "socks5://p:1080"),
        ("socks5h://u:s@[fd00::1]:9", "socks5://u:s@[fd00::1]:9"),
    ],
)
def test_a_socks_proxy_is_known(address: str, url: str | None) -> None:
    proxy = proxy_of("https://a", address, {})
    assert proxy is not None
    assert proxy.is_socks == (url is not None)
    assert url is None or proxy.socks_url == url


def test_the_password_is_not_shown() -> None:
    assert Proxy("http://user:pa55@p:3128/x", "HTTPS_PROXY").shown == "http://p:3128 (HTTPS_PROXY)"
