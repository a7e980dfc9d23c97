"""Labels and selectors in text: Linkerd does not read them, and renaming them changes what they select."""

from __future__ import annotations

import pytest
from builders import ALPHA, WRONG
from texts import ESCAPED, POINTER, RIGHT_ESCAPED, RIGHT_POINTER, argo_values, check, edits

LABELS = [
    ("a.sh", f"kubectl label pod web {WRONG}=true\n"),
    ("a.sh", f"kubectl -n shop label --overwrite pods --all {WRONG}=true a=b\n"),
    ("a.sh", f"kubectl label pod web \\\n  a=b \\\n  {WRONG}=true\n"),
    ("a.sh", f"kubectl annotate pod web a=b && kubectl label pod web {WRONG}=true\n"),
    ("a.sh", f"oc label ns/shop '{WRONG}=true'\n"),
    ("a.sh", f"kubectl get pods -l {WRONG}=true\n"),
    ("a.sh", f"kubectl get pods -l a=b,{WRONG}=true\n"),
    ("a.sh", f"kubectl annotate pods -l '{WRONG}=true' a=b\n"),
    ("a.sh", f"kubectl get pods --selector={WRONG}=true\n"),
    ("a.sh", f'kubectl run web --image=a --labels "a=b,{WRONG}=true"\n'),
    ("a.sh", f"docker run --label {WRONG}=true web\n"),
    ("a.sh", f"helm upgrade a b --set podLabels.{ESCAPED}=true\n"),
    ("a.sh", f'helm upgrade a b --set-string podLabels."{ESCAPED}"=true\n'),
    ("a.sh", f"helm upgrade a b --set-string 'podLabels.{ESCAPED}=true'\n"),
    ("a.sh", f"helm upgrade a b --set 'podAnnotations.a=b,podLabels.{ESCAPED}=true'\n"),
    ("a.sh", f'helm upgrade a b --set-json \'podLabels={{"{WRONG}":"true"}}\'\n'),
    ("a.sh", f'LABELS="{WRONG}=true"\n'),
    ("a.sh", f'kubectl patch ns a -p \'{{"metadata":{{"labels":{{"{WRONG}":"true"}}}}}}\'\n'),
    (
        "a.sh",
        f'kubectl patch a b -p \'[{{"op":"add","path":"/metadata/labels/{POINTER}","value":"true"}}]\'\n',
    ),
    ("a.sh", f"flink run -Dkubernetes.jobmanager.labels=a:b,{WRONG}:true x.jar\n"),
    ("a.properties", f"deployer.app.kubernetes.podLabels=a:b,{WRONG}:true\n"),
    ("a.txt", f"deployer.app.kubernetes.podLabels=a:b,\\\n  {WRONG}:true\n"),
    ("a.txt", f"FROM scratch\nLABEL a=b \\\n  {WRONG}=true\n"),
    ("a.md", f'    labels={{"{WRONG}": "true"}},\n'),
    ("a.md", f'    pod.metadata.labels["{WRONG}"] = "true"\n'),
    ("a.tpl", f"metadata:\n  labels:\n    {{{{- include \"x\" . | nindent 4 }}}}\n    {WRONG}: 'true'\n"),
    ("a.tpl", f"labels:\n{{{{- with .Values.x }}}}\n  {WRONG}: 'true'\n{{{{- end }}}}\n"),
    ("a.tpl", f"labels: {{a: b, {WRONG}: 'true'}} {{{{/* x */}}}}\n"),
    ("a.tpl", f'{{{{- define "web.selectorLabels" -}}}}\n{WRONG}: "true"\n{{{{- end }}}}\n'),
    ("a.tpl", f"selector:\n  matchLabels:\n    {WRONG}: 'true'\n"),
    ("a.tpl", f"selector:\n  matchExpressions:\n  - key: {WRONG}\n    operator: Exists\n"),
    ("a.tpl", f"podAntiAffinity:\n- labelSelector:\n    matchLabels:\n      {WRONG}: 'true'\n"),
    ("a.tpl", f"nodeSelector:\n  {WRONG}: 'true'\n"),
    ("a.tpl", f'services:\n  web:\n    labels:\n      - "{WRONG}=true"\n'),
    ("a.tf", f'metadata {{\n  labels = {{\n    "{WRONG}" = "true"\n  }}\n}}\n'),
    ("a.tf", f'labels = {{ "{WRONG}" = "true" }}\n'),
    ("a.tf", f'labels = merge(local.labels, {{\n"{WRONG}" = "true"\n}})\n'),
    ("a.tf", f'selector {{\n  match_labels = {{\n    "{WRONG}" = "true"\n  }}\n}}\n'),
    ("a.tf", f'values = [<<EOT\npodLabels:\n  {WRONG}: "true"\nEOT\n]\n'),
    ("app.yaml", argo_values(f"podLabels:\n  {WRONG}: 'true'\n")),
    ("values.yaml", f"podLabels:\n  {WRONG}: 'true'\n"),
    ("values.yaml", f"nodeSelector:\n  {WRONG}: 'true'\n"),
    ("values.yaml", f"selector:\n  matchLabels:\n    {WRONG}: 'true'\n"),
    ("k.yaml", f"kind: Kustomization\nlabels:\n- pairs:\n    {WRONG}: 'true'\n"),
    ("k.yaml", f"kind: Kustomization\ncommonLabels:\n  {WRONG}: 'true'\n"),
]


def test_a_label_is_delivered_as_a_string_under_its_own_key() -> None:
    text = f'helm upgrade a b --set podLabels."{ESCAPED}"=true\n'
    assert check("a.sh", text).text == text.replace("--set", "--set-string")


@pytest.mark.parametrize(("name", "text"), LABELS)
def test_labels_are_never_edited(name: str, text: str) -> None:
    assert edits(name, text) == {}
    right = text.replace(WRONG, ALPHA).replace(ESCAPED, RIGHT_ESCAPED).replace(POINTER, RIGHT_POINTER)
    assert edits(name, right) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", "kubectl annotate pods -l app=web {}=true\n"),
        ("a.sh", "kubectl annotate pods --selector app=web \\\n  {}=true\n"),
        ("a.sh", "kubectl label ns a b=c && kubectl annotate ns a {}=true\n"),
        ("a.sh", "kubectl label ns a b=c\nkubectl annotate ns a {}=true\n"),
        (
            "a.sh",
            'kubectl run a --labels=b=c --overrides=\'{{"metadata":{{"annotations":{{"{}":"true"}}}}}}\'\n',
        ),
        ("a.tpl", "metadata:\n  labels:\n    a: b\n  annotations:\n    {}: 'true'\n"),
        ("a.tpl", "metadata:\n  labels: {{a: b}}\n  annotations: {{{}: 'true'}}\n"),
        ("a.tpl", "labels:\n- a\n- b\nannotations:\n- name: c\n  {}: 'true'\n"),
        (
            "a.tf",
            'metadata {{\n  labels = {{\n    a = "b"\n  }}\n  annotations = {{\n    "{}" = "true"\n'
            "  }}\n}}\n",
        ),
        ("a.tf", 'values = [<<EOT\npodLabels:\n  a: b\npodAnnotations:\n  {}: "true"\nEOT\n]\n'),
        ("values.yaml", "labeler:\n  {}: 'true'\n"),
        ("values.yaml", "selector:\n  podAnnotations:\n    {}: 'true'\n"),
    ],
)
def test_annotations_beside_labels_are_still_edited(name: str, text: str) -> None:
    assert check(name, text.format(WRONG)).text == text.format(ALPHA)
