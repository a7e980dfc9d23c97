"""Which annotation keys are meant to be the native-sidecar key."""

from __future__ import annotations

import string

import pytest
from builders import ALPHA, BETA, GA, WAIT
from hypothesis import given
from hypothesis import strategies as st

from autofix.linkerd.keys import Likeness, is_linkerd_key, is_native_like, likeness


@pytest.mark.parametrize("key", [ALPHA, BETA, GA])
def test_the_three_real_keys(key: str) -> None:
    assert likeness(key) is Likeness.REAL
    assert is_native_like(key)


@pytest.mark.parametrize(
    "key",
    [
        "config.linkerd.io/proxy-native-sidecar",
        "linkerd.io/native-sidecar",
        "linkerd.io/nativeSidecar",
        "linkerd.io/NativeSidecars",
        "linkerd.io/NATIVE_SIDECAR",
        "linkerd.io/proxy.native.sidecar",
        "config.linkerd.io/proxyEnableNativeSidecar2",
        "a.b.c.linkerd.io/native-sidecar",
        "linkerd.io/enable-native-proxy-sidecar",
        "linkerd.io/native/sidecar",
    ],
)
def test_both_words_in_linkerds_domain_are_meant(key: str) -> None:
    assert likeness(key) is Likeness.WRONG
    assert is_native_like(key)


@pytest.mark.parametrize(
    "key",
    [
        "config.linkerd.io/proxy-sidecar-native",
        "config.alpha.linkerd.io/enable-sidecar",
        "config.linkerd.io/proxy-enable-nativ-sidecar",
        "config.linkerd.io/proxy-enable-native-sidcar",
        "proxy-enable-native-sidecar",
        "proxy.nativeSidecar",
        "linkerd.io/nativesidecar",
        "linkerd.io/nativesidecars-x",
    ],
)
def test_near_misses_are_not_sure_enough(key: str) -> None:
    assert likeness(key) is Likeness.NEAR
    assert not is_native_like(key)


@pytest.mark.parametrize(
    "key",
    [
        *("sidecar.istio.io/nativeSidecar", "dapr.io/enable-native-sidecar", "example.com/native-sidecar"),
        *(
            "native-sidecar",
            "nativesidecar",
            "evil-linkerd.io/native-sidecar",
            "linkerd.io.evil/native-sidecar",
        ),
        *("LINKERD.IO/native-sidecar", "linkerd.io", "/native-sidecar", "linkerd.io/", "", "/"),
        *(
            "config.linkerd.io/enable-debug-sidecar",
            WAIT,
            "config.linkerd.io/proxy-await",
            "linkerd.io/inject",
        ),
        *(
            "linkerd.io/alternative-sidecar",
            "linkerd.io/native",
            "linkerd.io/sidecar",
        ),
    ],
)
def test_other_keys_are_other_keys(key: str) -> None:
    assert likeness(key) is Likeness.NONE
    assert not is_native_like(key)


KEYS = st.text(string.ascii_letters + string.digits + "-_./ ", max_size=60) | st.builds(
    "{}/{}".format,
    st.sampled_from(["linkerd.io", "config.linkerd.io", "x.linkerd.io", "istio.io"]),
    st.lists(
        st.sampled_from(["proxy", "enable", "native", "sidecar", "Native", "Sidecars", "x"]), max_size=6
    ).map("-".join),
)


@given(KEYS)
def test_the_two_questions_agree(key: str) -> None:
    assert is_native_like(key) == (likeness(key) in (Likeness.REAL, Likeness.WRONG))
    if is_native_like(key):
        assert is_linkerd_key(key)
        assert "native" in key.lower()
        assert "sidecar" in key.lower()
