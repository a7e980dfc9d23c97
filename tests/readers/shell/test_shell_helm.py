"""Values of Helm charts in shell scripts: paths, types, and Linkerd's own chart."""

from __future__ import annotations

import pytest
from shell_readings import Row, check, reported, rows

from autofix.readers.helm_path import BARE_DOTS
from autofix.readers.model import HELM_PATH, LONGER_WORD, NOT_UNDERSTOOD, InnerText, Target
from autofix.readers.shell import read
from autofix.readers.shell.helm import QUOTED_KEY

WRONG = "config.linkerd.io/proxy-native-sidecar"
PATH = "config\\.linkerd\\.io/proxy-native-sidecar"
DOUBLED = "config\\\\.linkerd\\\\.io/proxy-native-sidecar"


def typed_row(target: str, value: object = True, *, is_set: bool = True) -> Row:
    return (target, WRONG, value, "TYPED", is_set)


TEXT_ROW: Row = ("POD", WRONG, "true", "TEXT", True)
INJECT: Row = ("POD", "linkerd.io/inject", "enabled", "TYPED", True)

COMMANDS: dict[str, list[Row]] = {
    f"helm upgrade web ./web --set 'podAnnotations.{PATH}=true'": [typed_row("POD")],
    f'helm upgrade web ./web --set "podAnnotations.{PATH}=true"': [typed_row("POD")],
    f'helm upgrade web ./web --set "podAnnotations.{DOUBLED}=true"': [typed_row("POD")],
    f"helm upgrade web ./web --set podAnnotations.{DOUBLED}=true": [typed_row("POD")],
    f'helm upgrade web ./web --set podAnnotations."{PATH}"=true': [typed_row("POD")],
    f"helm upgrade web ./web --set podAnnotations.'{PATH}'=true": [typed_row("POD")],
    f"helm upgrade web ./web --set='podAnnotations.{PATH}=true'": [typed_row("POD")],
    f"helm install web ./web --set 'a=1,w[0].podAnnotations.{PATH}=false,l={{x,y}}'": [
        typed_row("POD", value=False)
    ],
    f"helm template ./web --set-string 'podAnnotations.{PATH}=true'": [TEXT_ROW],
    f"helm template ./web --set-literal 'podAnnotations.{PATH}=true'": [TEXT_ROW],
    f"helm template ./web --set-file 'podAnnotations.{PATH}=value.txt'": [
        ("POD", WRONG, "value.txt", "EXPRESSION", True)
    ],
    f'helm template ./web --set "podAnnotations.{PATH}=$NATIVE"': [
        ("POD", WRONG, "$NATIVE", "EXPRESSION", True)
    ],
    f"helm upgrade web ./web --set 'podAnnotations.{PATH}=null'": [typed_row("POD", None, is_set=False)],
    f"helm upgrade web ./web --set 'podLabels.{PATH}=true'": [typed_row("LABELS")],
    f"helm upgrade web ./web --set 'nodeSelector.{PATH}=true'": [typed_row("LABELS")],
    f"helm upgrade web ./web --set 'selector.matchLabels.{PATH}=true'": [typed_row("LABELS")],
    f"helm upgrade web ./web --set 'namespaces[0].annotations.{PATH}=true'": [typed_row("NAMESPACE")],
    f"helm upgrade web ./web --set 'namespace.annotations.{PATH}=true'": [typed_row("NAMESPACE")],
    f"helm upgrade web ./web --set 'namespaceAnnotations.{PATH}=true'": [typed_row("NAMESPACE")],
    f"helm secrets upgrade web ./web --set 'podAnnotations.{PATH}=true'": [typed_row("POD")],
    f"helm diff upgrade web ./web --set 'podAnnotations.{PATH}=true'": [typed_row("POD")],
    f"helmfile apply --set 'podAnnotations.{PATH}=true'": [typed_row("POD")],
    f"$HELM upgrade web ./web --set 'podAnnotations.{PATH}=true'": [typed_row("POD")],
    f"skaffold dev --set-value podAnnotations.{DOUBLED}=true": [typed_row("POD")],
    f"argocd app set web --helm-set 'podAnnotations.{PATH}=true'": [typed_row("POD")],
    f"./deploy.sh --set 'podAnnotations.{PATH}=true'": [typed_row("POD")],
    "helm upgrade web ./web --set 'podAnnotations.linkerd\\.io/inject=enabled' \\\n"
    f"  --set-string 'podAnnotations.{PATH}=true'": [INJECT, TEXT_ROW],
    "linkerd install --set nativeSidecar=true | kubectl apply -f -": [
        ("LINKERD_VALUES", "nativeSidecar", True, "TYPED", True)
    ],
    "linkerd upgrade --set proxy.nativeSidecar=true,proxy.waitBeforeExitSeconds=30": [
        ("LINKERD_VALUES", "proxy.nativeSidecar", True, "TYPED", True),
        ("LINKERD_VALUES", "proxy.waitBeforeExitSeconds", 30, "TYPED", True),
    ],
    "helm upgrade -i linkerd-control-plane linkerd-edge/linkerd-control-plane -n linkerd "
    "--set proxy.nativeSidecar=true --set-string identity.issuer.scheme=kubernetes.io/tls": [
        ("LINKERD_VALUES", "proxy.nativeSidecar", True, "TYPED", True),
        ("LINKERD_VALUES", "identity.issuer.scheme", "kubernetes.io/tls", "TEXT", True),
    ],
    "helm install l5d oci://example.org/linkerd-enterprise-control-plane --set proxyNativeSidecar=true": [
        ("LINKERD_VALUES", "proxyNativeSidecar", True, "TYPED", True)
    ],
    "helm template linkerd2-2.11.4.tgz --set nativeSidecar=true": [
        ("LINKERD_VALUES", "nativeSidecar", True, "TYPED", True)
    ],
    f"helm upgrade linkerd linkerd/linkerd2 --set 'podAnnotations.{PATH}=true'": [typed_row("POD")],
    "helm upgrade mesh ./mesh --set linkerd-control-plane.proxy.nativeSidecar=true": [
        ("LINKERD_VALUES", "proxy.nativeSidecar", True, "TYPED", True)
    ],
    "helm upgrade web ./web --set web.nativeSidecar=true": [],
    "linkerd inject --native-sidecar pod.yaml | kubectl apply -f -": [],
    "linkerd viz install --set dashboard.replicas=2": [],
    "helm upgrade web ./web --set a.b=true # linkerd": [],
}


@pytest.mark.parametrize("text", COMMANDS)
def test_options_set_values_of_charts(text: str) -> None:
    reading = read(text)
    check(text, reading)
    assert rows(reading) == COMMANDS[text]
    assert reported(reading) == []
    assert reading.unread == ()


REPORTED = {
    f"helm upgrade web ./web --set podAnnotations.{WRONG}=true": [(WRONG, BARE_DOTS)],
    f"helm upgrade web ./web --set podAnnotations.{PATH}=true": [(WRONG, BARE_DOTS)],
    f"helm upgrade web ./web --set 'env.{PATH}=true'": [(WRONG, NOT_UNDERSTOOD)],
    f"helm upgrade web ./web --set 'podAnnotations.\"{PATH}\"=true'": [(WRONG, QUOTED_KEY)],
    f'ARGS="--set podAnnotations.{PATH}=true"': [(WRONG, LONGER_WORD)],
}


@pytest.mark.parametrize("text", REPORTED)
def test_what_helm_would_not_read_as_the_key_is_only_reported(text: str) -> None:
    reading = read(text)
    check(text, reading)
    assert rows(reading) == []
    assert reported(reading) == REPORTED[text]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"helm upgrade a b --set 'podAnnotations.{PATH}=true'", ("--set", "--set-string")),
        (f"helm upgrade a b --set='podAnnotations.{PATH}=true'", ("--set", "--set-string")),
        (f"argocd app set a --helm-set 'podAnnotations.{PATH}=true'", ("--helm-set", "--helm-set-string")),
        (f"helm upgrade a b --set 'x=1,podAnnotations.{PATH}=true'", None),
        (f"helm upgrade a b --set-string 'podAnnotations.{PATH}=true'", None),
        (f"skaffold dev --set-value 'podAnnotations.{PATH}=true'", None),
    ],
)
def test_an_option_that_sets_only_this_value_can_make_it_a_string(
    text: str, words: tuple[str, str] | None
) -> None:
    [fragment] = read(text).fragments
    change = fragment.settings[-1].to_string
    assert (change and (text[slice(*change[0])], change[1])) == words


@pytest.mark.parametrize(
    ("path", "escapes"),
    [(f"'podAnnotations.{PATH}=true'", HELM_PATH), (f"podAnnotations.{DOUBLED}=true", ((".", "\\\\."),))],
)
def test_a_key_is_escaped_as_it_stands(path: str, escapes: tuple[tuple[str, str], ...]) -> None:
    [fragment] = read(f"helm upgrade a b -n shop --set {path}").fragments
    assert fragment.settings[0].escapes == escapes
    assert fragment.namespace == "shop"


JSON = {
    "podAnnotations": Target.POD,
    "worker.podLabels": Target.LABELS,
    "namespace.annotations": Target.NAMESPACE,
    "worker": Target.UNKNOWN,
}


@pytest.mark.parametrize("path", JSON)
def test_json_is_a_text_inside(path: str) -> None:
    value = f'{{"{WRONG}":true}}'
    text = f"helm upgrade a b -n shop --set-json '{path}={value}'"
    [inner] = read(text).texts
    check(text, read(text))
    assert inner == InnerText(
        "json",
        value,
        ((0, text.index("{")),),
        (("'", "'\\''"),),
        target=JSON[path],
        namespace="shop",
        reason=inner.reason,
    )
    assert not inner.reason


def test_settings_of_different_parents_are_apart() -> None:
    text = f"helm upgrade a b --set-string 'a.podAnnotations.{PATH}=true,b.podAnnotations.{PATH}=true'"
    assert len(read(text).fragments) == 2
