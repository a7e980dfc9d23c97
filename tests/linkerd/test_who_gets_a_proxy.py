"""Who gets a proxy: each row of the injector's own checks."""

from __future__ import annotations

import pytest

from autofix.linkerd.decision import decide
from autofix.linkerd.injection import (
    Cause,
    PodTraits,
    breaking_keys,
    has_debug_sidecar,
    proxy_for,
    traits_of,
)
from autofix.linkerd.precedence import Annotations
from autofix.linkerd.release import parse_release

RELEASE = parse_release("edge-26.8.3")
ALPHA = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
BETA = "config.beta.linkerd.io/proxy-enable-native-sidecar"
GA = "config.linkerd.io/proxy-enable-native-sidecar"
ENV = "config.linkerd.io/proxy-additional-env"


def inject(value: object) -> Annotations:
    return {} if value is None else {"linkerd.io/inject": value}


@pytest.mark.parametrize(
    ("namespace", "pod", "proxy", "cause"),
    [
        (None, None, False, Cause.NOBODY_ASKS),
        ("", None, False, Cause.NOBODY_ASKS),
        ("", "", False, Cause.NOBODY_ASKS),
        ("disabled", None, False, Cause.NOBODY_ASKS),
        ("disabled", "", False, Cause.NOBODY_ASKS),
        ("disabled", "enabled", True, Cause.POD_ASKS),
        ("disabled", "ingress", True, Cause.POD_ASKS),
        (None, "enabled", True, Cause.POD_ASKS),
        ("enabled", None, True, Cause.NAMESPACE_ASKS),
        ("enabled", "", True, Cause.NAMESPACE_ASKS),
        ("ingress", None, True, Cause.NAMESPACE_ASKS),
        ("ingress", "enabled", True, Cause.POD_ASKS),
        ("enabled", "disabled", False, Cause.POD_REFUSES),
        ("enabled", "Disabled", False, Cause.POD_VALUE),
        ("enabled", "true", False, Cause.POD_VALUE),
        ("true", "enabled", False, Cause.NAMESPACE_VALUE),
        ("Enabled", None, False, Cause.NAMESPACE_VALUE),
        ("enabled ", "disabled", False, Cause.NAMESPACE_VALUE),
    ],
)
def test_the_namespace_is_read_before_the_pod(
    namespace: str | None, pod: str | None, proxy: bool, cause: Cause
) -> None:
    assert proxy_for(inject(pod), inject(namespace), release=RELEASE)[:2] == (proxy, cause)


@pytest.mark.parametrize(
    ("pod", "proxy", "cause"),
    [
        (None, None, Cause.UNKNOWN),
        ("", None, Cause.UNKNOWN),
        ("enabled", True, Cause.POD_ASKS),
        ("disabled", False, Cause.POD_REFUSES),
        ("yes", False, Cause.POD_VALUE),
    ],
)
def test_an_unknown_namespace_may_ask(pod: str | None, proxy: bool | None, cause: Cause) -> None:
    assert proxy_for(inject(pod), None, release=RELEASE)[:2] == (proxy, cause)


@pytest.mark.parametrize(
    ("traits", "projects_tokens", "cause"),
    [
        (PodTraits(host_network=True), True, Cause.HOST_NETWORK),
        (PodTraits(has_proxy=True), True, Cause.HAS_PROXY),
        (PodTraits(has_token=False), False, Cause.NO_TOKEN),
        (PodTraits(has_token=False), True, Cause.NAMESPACE_ASKS),
        (PodTraits(has_token=True), False, Cause.NAMESPACE_ASKS),
    ],
)
def test_the_spec_of_a_pod_may_forbid_a_proxy(traits: PodTraits, projects_tokens: bool, cause: Cause) -> None:
    answer = proxy_for({}, inject("enabled"), traits, release=RELEASE, projects_tokens=projects_tokens)
    assert answer.cause is cause


@pytest.mark.parametrize(
    ("spec", "traits"),
    [
        ({}, PodTraits()),
        (None, PodTraits()),
        ([], PodTraits()),
        ({"containers": "x", "initContainers": [1, None]}, PodTraits()),
        ({"hostNetwork": True}, PodTraits(host_network=True)),
        ({"hostNetwork": "true"}, PodTraits()),
        ({"containers": [{"name": "linkerd-proxy"}]}, PodTraits(has_proxy=True)),
        ({"initContainers": [{"name": "linkerd-proxy"}]}, PodTraits(has_proxy=True)),
        (
            {"initContainers": [{"name": "linkerd-proxy", "restartPolicy": "Always"}]},
            PodTraits(has_proxy=True, has_native_proxy=True),
        ),
        ({"initContainers": [{"name": "linkerd-init"}]}, PodTraits()),
        ({"automountServiceAccountToken": False}, PodTraits(has_token=False)),
        (
            {
                "automountServiceAccountToken": False,
                "containers": [
                    {"volumeMounts": [{"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}]}
                ],
            },
            PodTraits(),
        ),
    ],
)
def test_traits_are_read_from_any_spec(spec: object, traits: PodTraits) -> None:
    assert traits_of(spec) == traits


@pytest.mark.parametrize(
    ("namespace", "pod", "release", "keys"),
    [
        ({GA: '"true"'}, {}, "edge-26.8.3", [GA]),
        ({GA: '"true"'}, {GA: "true"}, "edge-26.8.3", []),
        ({GA: '"true"'}, {ALPHA: "true"}, "edge-26.8.3", [GA]),
        ({GA: '"true"'}, {}, "edge-25.10.7", []),
        ({BETA: '"true"'}, {}, "edge-25.10.7", [BETA]),
        ({BETA: '"true"'}, {}, "edge-26.8.3", []),
        ({ALPHA: '"true"'}, {}, "edge-24.10.1", [ALPHA]),
        ({ALPHA: "true\n"}, {}, "edge-24.10.1", [ALPHA]),
        ({ALPHA: "\ttrue"}, {}, "edge-24.10.1", [ALPHA]),
        ({ALPHA: "tr\\ue"}, {}, "edge-24.10.1", [ALPHA]),
        ({ALPHA: "true\\"}, {}, "edge-24.10.1", [ALPHA]),
        ({ALPHA: " 'yes' é \u2028"}, {}, "edge-24.10.1", []),
        ({ENV: '[{"name": "A"}]'}, {}, "edge-26.8.3", [ENV]),
        ({ENV: '[{"name": "A"}]'}, {ENV: "[]"}, "edge-26.8.3", []),
        ({"viz.linkerd.io/disable-tap": '"true"'}, {}, "edge-26.8.3", []),
        ({"linkerd.io/created-by": '"me"'}, {}, "edge-26.8.3", []),
        ({"example.org/note": '"'}, {}, "edge-26.8.3", []),
        ({GA: True}, {}, "edge-26.8.3", []),
    ],
)
def test_inherited_values_that_break_the_patch(
    namespace: Annotations, pod: Annotations, release: str, keys: list[str]
) -> None:
    assert list(breaking_keys(pod, namespace, parse_release(release))) == keys


def test_a_broken_patch_is_said_by_both_answers() -> None:
    namespace = {"linkerd.io/inject": "enabled", GA: '"true"', ENV: "[{}, '\t']"}
    for pod, keys in (({}, (GA, ENV)), ({GA: "true"}, (ENV,))):
        answer = proxy_for(pod, namespace, release=RELEASE)
        assert (answer.proxy, answer.cause, answer.keys) == (False, Cause.BROKEN_PATCH, keys)
        decision = decide(pod, namespace, release=RELEASE)
        assert decision.broken == keys
        start = "the pod gets no proxy, or is refused if the injector's failurePolicy is Fail: "
        assert decision.reasons[0].startswith(
            f"{start}what the Namespace has under {' and '.join(keys)} breaks"
        )
        assert all(key in answer.reason for key in keys)
    assert decide({GA: "true", ENV: "[]"}, namespace, release=RELEASE).broken == ()


@pytest.mark.parametrize(
    ("pod", "namespace", "debug"),
    [
        ("true", None, True),
        (None, "1", True),
        ("false", "true", False),
        ("yes", None, False),
        (None, None, False),
    ],
)
def test_the_debug_sidecar(pod: str | None, namespace: str | None, debug: bool) -> None:
    key = "config.linkerd.io/enable-debug-sidecar"
    own = {} if pod is None else {key: pod}
    around = {} if namespace is None else {key: namespace}
    assert has_debug_sidecar(own, around) is debug
