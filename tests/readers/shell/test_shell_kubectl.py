"""kubectl in shell scripts: whose annotations and labels a command sets or removes."""

from __future__ import annotations

import pytest
from shell_readings import Row, check, reported, rows

from autofix.readers.model import LONGER_WORD, NOT_SET, NOT_UNDERSTOOD, Branch, Target
from autofix.readers.shell import read

ALPHA = "config.alpha.linkerd.io/proxy-enable-native-sidecar"
WRONG = "config.linkerd.io/proxy-native-sidecar"


def text_row(target: str, key: str = WRONG, value: str | None = "true", *, is_set: bool = True) -> Row:
    return (target, key, value, "TEXT", is_set)


COMMANDS: dict[str, list[Row]] = {
    f"kubectl annotate ns shop {WRONG}=true": [text_row("NAMESPACE")],
    f"kubectl annotate namespaces shop --overwrite {WRONG}=true": [text_row("NAMESPACE")],
    f"oc annotate project/shop {WRONG}=true": [text_row("NAMESPACE")],
    f"k annotate po web {WRONG}=true": [text_row("POD")],
    f"microk8s kubectl annotate pods --all {WRONG}=true": [text_row("POD")],
    f"$KUBECTL annotate pod/web {WRONG}=true": [text_row("POD")],
    f'"${{KUBECTL_BIN}}" annotate pod/web {WRONG}=true': [text_row("POD")],
    f"/usr/local/bin/kubectl annotate pod web {WRONG}=true": [text_row("POD")],
    f"kubectl $FLAGS --context prod -n shop annotate deploy web {WRONG}=true": [text_row("WORKLOAD")],
    f"kubectl annotate deployment.apps/web {WRONG}=true": [text_row("WORKLOAD")],
    f"kubectl annotate cronjobs.v1.batch backup {WRONG}=true": [text_row("WORKLOAD")],
    f"kubectl annotate svc web {WRONG}=true": [text_row("OTHER")],
    f"kubectl annotate helmreleases.helm.toolkit.fluxcd.io web {WRONG}=true": [text_row("OTHER")],
    f'kubectl annotate "$TYPE" web {WRONG}=true': [text_row("UNKNOWN")],
    f"kubectl annotate -f pod.yaml {WRONG}=true": [text_row("UNKNOWN")],
    f"kubectl annotate --filename=pod.yaml --local {WRONG}=true -o yaml": [text_row("UNKNOWN")],
    f"kubectl annotate deploy/a svc/b {WRONG}=true": [text_row("UNKNOWN")],
    f"kubectl annotate ns a b c {WRONG}=true": [text_row("NAMESPACE")],
    f"sudo -u root FOO=bar kubectl annotate ns shop {WRONG}=true": [text_row("NAMESPACE")],
    f"env KUBECONFIG=x kubectl annotate ns shop {WRONG}=true": [text_row("NAMESPACE")],
    f"KUBECONFIG=x kubectl annotate ns shop {WRONG}=true": [text_row("NAMESPACE")],
    f"xargs -n1 -I{{}} kubectl annotate ns {{}} {WRONG}=true": [text_row("NAMESPACE")],
    f"retry 5 kubectl annotate ns shop {WRONG}=true": [text_row("NAMESPACE")],
    f"kubectl annotate ns shop '{WRONG}=true'": [text_row("NAMESPACE")],
    f'kubectl annotate ns shop "{WRONG}=true"': [text_row("NAMESPACE")],
    f'kubectl annotate ns shop "{WRONG}"="true"': [text_row("NAMESPACE")],
    f"kubectl annotate ns shop {WRONG}='true'": [text_row("NAMESPACE")],
    f"kubectl annotate ns shop \\\n  linkerd.io/inject=enabled \\\n  {WRONG}=true": [
        text_row("NAMESPACE", "linkerd.io/inject", "enabled"),
        text_row("NAMESPACE"),
    ],
    f"kubectl annotate ns shop {WRONG}-": [text_row("NAMESPACE", value=None, is_set=False)],
    f"kubectl annotate ns shop {WRONG}- {ALPHA}=true": [
        text_row("NAMESPACE", value=None, is_set=False),
        text_row("NAMESPACE", ALPHA),
    ],
    f"kubectl annotate ns shop {WRONG}=": [text_row("NAMESPACE", value="")],
    f'kubectl annotate ns shop {WRONG}="$NATIVE"': [("NAMESPACE", WRONG, "$NATIVE", "EXPRESSION", True)],
    f"kubectl annotate ns shop {WRONG}=${{NATIVE:-a=b}}": [
        ("NAMESPACE", WRONG, "${NATIVE:-a=b}", "EXPRESSION", True)
    ],
    f"kubectl annotate ns shop {WRONG}={{{{ .Values.native }}}}": [
        ("NAMESPACE", WRONG, "{{ .Values.native }}", "EXPRESSION", True)
    ],
    f"kubectl annotate pods -l app=web --field-selector a=b {WRONG}=true": [text_row("POD")],
    f"kubectl annotate pods -l {ALPHA}=true {WRONG}=true": [text_row("POD"), text_row("LABELS", ALPHA)],
    f"kubectl get pods --selector '{WRONG} in (true),{ALPHA}!=true'": [text_row("LABELS", ALPHA)],
    f"kubectl delete pods -l{WRONG}==true": [text_row("LABELS")],
    f"kubectl label ns shop {WRONG}=true": [text_row("LABELS")],
    f"kubectl label pods web {WRONG}-": [text_row("LABELS", value=None, is_set=False)],
    f"kubectl run web --image=x --annotations='linkerd.io/inject=enabled,{WRONG}=true'": [
        text_row("POD", "linkerd.io/inject", "enabled"),
        text_row("POD"),
    ],
    f"kubectl run web --image x --annotations {WRONG}=true --annotations linkerd.io/inject=enabled": [
        text_row("POD"),
        text_row("POD", "linkerd.io/inject", "enabled"),
    ],
    f"kubectl run web --image=x --labels={WRONG}=true,app=web": [
        text_row("LABELS"),
        text_row("LABELS", "app", "web"),
    ],
    f"kubectl create ingress web --annotation {WRONG}=true --rule=a/b=c:80": [text_row("OTHER")],
    f"kubectl create ns shop -o yaml --dry-run=client | kubectl annotate --local -f - {WRONG}=true": [
        text_row("NAMESPACE")
    ],
    f"kubectl create deployment web --image=x -o yaml | kubectl annotate -f - --local {WRONG}=true": [
        text_row("WORKLOAD")
    ],
    f"if kubectl annotate ns shop {WRONG}=true; then ls; fi": [text_row("NAMESPACE")],
    f"out=$(kubectl annotate ns shop {WRONG}=true)": [text_row("NAMESPACE")],
    f"echo `kubectl annotate ns shop {WRONG}=true`": [text_row("NAMESPACE")],
    f'echo "done: $(kubectl annotate ns shop {WRONG}=true)"': [text_row("NAMESPACE")],
    f"diff <(kubectl annotate ns shop {WRONG}=true) x": [text_row("NAMESPACE")],
    f"annotate() {{ kubectl annotate ns shop {WRONG}=true; }}": [text_row("NAMESPACE")],
    f"kubectl annotate ns shöp {WRONG}=true # ✓ {ALPHA}=true": [text_row("NAMESPACE")],
    f"# kubectl annotate ns shop {WRONG}=true": [],
    "kubectl annotate ns shop owner=me": [],
}


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_sets_annotations_of_its_target(text: str) -> None:
    reading = read(text)
    check(text, reading)
    assert rows(reading) == COMMANDS[text]
    assert reported(reading) == []
    assert reading.unread == ()


OWNERS = {
    f"kubectl annotate ns shop {WRONG}=true": ("shop", "shop", "Namespace"),
    f"kubectl annotate ns/shop {WRONG}=true": ("shop", "shop", "Namespace"),
    f'kubectl annotate ns "$NS" {WRONG}=true': ("", "", "Namespace"),
    f"kubectl annotate ns a b {WRONG}=true": ("", "", "Namespace"),
    f"kubectl -n shop annotate deploy web {WRONG}=true": ("shop", "web", "Deployment"),
    f"kubectl annotate sts/db --namespace=shop {WRONG}=true": ("shop", "db", "StatefulSet"),
    f'kubectl annotate ds log -n "$NS" {WRONG}=true': ("", "log", "DaemonSet"),
    f"kubectl annotate pod web -nshop {WRONG}=true": ("shop", "web", "Pod"),
    f"kubectl run web -n shop --annotations={WRONG}=true": ("shop", "web", "Pod"),
}


@pytest.mark.parametrize("text", OWNERS)
def test_a_fragment_knows_its_owner(text: str) -> None:
    [fragment] = read(text).fragments
    assert (fragment.namespace, fragment.name, fragment.kind) == OWNERS[text]


REPORTED = {
    f"kubectl annotate ns shop ${{PREFIX}}{WRONG}=true": [(WRONG, LONGER_WORD)],
    "kubectl annotate ns shop config.linkerd.io/$NAME=true": [],
    "kubectl annotate ns shop config.'linkerd.io'/proxy-native-sidecar=true": [(WRONG, NOT_UNDERSTOOD)],
    "kubectl annotate ns shop config.linkerd.io/{proxy-native-sidecar,inject}=true": [
        ("config.linkerd.io/{proxy-native-sidecar,inject}", NOT_UNDERSTOOD)
    ],
    f"KEY={WRONG}": [(WRONG, NOT_UNDERSTOOD)],
    f'annotations="{WRONG}=true"': [(WRONG, NOT_UNDERSTOOD)],
    f"export KEY={WRONG}": [(WRONG, NOT_UNDERSTOOD)],
    f"args=(--overwrite {WRONG}=true)": [(WRONG, NOT_UNDERSTOOD)],
    f"echo kubectl annotate ns shop {WRONG}=true": [(WRONG, NOT_UNDERSTOOD)],
    f"grep -q '{WRONG}: true' pod.yaml": [(WRONG, NOT_SET)],
    "kubectl get ns -o jsonpath='{.metadata.annotations.config\\.linkerd\\.io/proxy-native-sidecar}'": [
        (WRONG, NOT_SET)
    ],
    f'yq -i \'.metadata.annotations."{WRONG}" = "true"\' pod.yaml': [(WRONG, NOT_UNDERSTOOD)],
    f"sed -i 's#{WRONG}#x#' pod.yaml": [(WRONG, NOT_UNDERSTOOD)],
    f"[[ $key == {WRONG} ]]": [(WRONG, NOT_UNDERSTOOD)],
    f"mytool {WRONG}=true": [(WRONG, NOT_UNDERSTOOD)],
    "export PATH=/opt/linkerd/bin": [],
}


@pytest.mark.parametrize("text", REPORTED)
def test_a_mere_mention_is_reported_and_never_edited(text: str) -> None:
    reading = read(text)
    check(text, reading)
    assert rows(reading) == []
    assert reported(reading) == REPORTED[text]


BRANCHES = {
    "if a; then {}; fi": Branch.CONDITIONAL,
    "if a; then {}; else b; fi": Branch.ALTERNATIVE,
    "if a; then b; elif c; then {}; fi": Branch.ALTERNATIVE,
    "if a; then b; else {}; fi": Branch.ALTERNATIVE,
    "if {}; then b; else c; fi": Branch.ALWAYS,
    "case $a in b) {} ;; esac": Branch.ALTERNATIVE,
    "[[ $a ]] && {}": Branch.CONDITIONAL,
    "a || {}": Branch.CONDITIONAL,
    "{} || true": Branch.ALWAYS,
    "{} && echo ok": Branch.ALWAYS,
    "[[ $a ]] && {} || kubectl annotate ns b linkerd.io/inject=enabled": Branch.ALTERNATIVE,
    "for ns in a b; do {}; done": Branch.ALWAYS,
    "while read -r ns; do {}; done": Branch.ALWAYS,
    "if a; then for b in c; do {}; done; fi": Branch.CONDITIONAL,
    "if a; then [[ $b ]] && {}; else c; fi": Branch.ALTERNATIVE,
    "f() {{ {}; }}": Branch.ALWAYS,
    "( {} )": Branch.ALWAYS,
    "! {}": Branch.ALWAYS,
}


@pytest.mark.parametrize("shape", BRANCHES)
def test_a_fragment_knows_its_branch(shape: str) -> None:
    text = shape.format(f"kubectl annotate ns shop {WRONG}=true")
    reading = read(text)
    assert reading.fragments[0].branch is BRANCHES[shape]
    assert reading.fragments[0].target is Target.NAMESPACE


@pytest.mark.parametrize(
    "text",
    [
        f"kubectl annotate ( ns x {WRONG}=true",
        f"if a; then ) kubectl annotate ns x {WRONG}=true\n",
        f"cat <<A <<B\n{WRONG}\nA\nB\n",
    ],
)
def test_what_the_grammar_cannot_read_is_unread_or_reported(text: str) -> None:
    reading = read(text)
    check(text, reading)
    assert reading.unread or reported(reading)
    assert rows(reading) == []
