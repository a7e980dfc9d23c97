"""A key that is removed, not set: no finding, and no edit of what stands around it."""

from __future__ import annotations

import pytest
from builders import ALPHA, WRONG
from texts import ESCAPED, POINTER, RIGHT_POINTER, argo_values, check, edits, kustomization

PATH = f"/spec/template/metadata/annotations/{POINTER}"
MERGE = "kind: Job\nspec:\n  template:\n    metadata:\n      annotations:\n        {}\n        a: b\n"

REMOVALS = [
    ("a.sh", f"kubectl annotate ns shop {WRONG}-\n"),
    ("a.sh", f"kubectl annotate --overwrite pod web a=b {WRONG}- c=d\n"),
    ("a.sh", f"kubectl annotate pod web \\\n  {WRONG}- \\\n  c=d\n"),
    ("a.sh", f'kubectl annotate pod web "{WRONG}-" && echo done\n'),
    ("a.sh", f"x=$(oc annotate pod web {WRONG}-)\n"),
    ("a.sh", f"kubectl annotate ns shop {WRONG}-"),
    ("a.md", f"Run `kubectl annotate pod web {WRONG}-`.\n"),
    ("a.sh", f'kubectl patch job a --type=json -p \'[{{"op":"remove","path":"{PATH}"}}]\'\n'),
    ("a.sh", f'kubectl patch job a --type=json -p \'[{{"path": "{PATH}", "op": "remove"}}]\'\n'),
    ("a.sh", f'kubectl patch job a -p "[{{\\"op\\": \\"remove\\", \\"path\\": \\"{PATH}\\"}}]"\n'),
    ("a.tpl", f"- op: remove\n  path: {PATH}\n- op: add\n  path: /x\n  value: {{{{ x }}}}\n"),
    ("a.tpl", f"- op: add\n  path: /x\n  value: {{{{ x }}}}\n- path: {PATH}\n  op: remove\n"),
    ("patch.yaml", f"- op: remove\n  path: {PATH}\n"),
    ("patch.yaml", f"- {{path: '{PATH}', op: remove}}\n"),
    ("patch.yaml", f"- op: move\n  from: {PATH}\n  path: {PATH.replace(POINTER, RIGHT_POINTER)}\n"),
    ("patch.yaml", f"- op: test\n  path: {PATH}\n  value: 'true'\n"),
    ("patch.yaml", f"- op: add\n  path: {PATH}\n  value: null\n"),
    ("patch.json", f'[{{"op": "remove", "path": "{PATH}"}}]'),
    ("k.yaml", kustomization(f"- op: remove\n  path: {PATH}\n")),
    ("k.yaml", kustomization(f"- op: test\n  path: {PATH}\n  value: 'true'\n- op: remove\n  path: {PATH}\n")),
    ("k.yaml", f'kind: Kustomization\npatches:\n- patch: \'[{{"op": "remove", "path": "{PATH}"}}]\'\n'),
    *(
        (name, text)
        for gone in ("null", "~", "Null # why", "")
        for key in (WRONG, f'"{WRONG}"')
        for name, text in (
            ("patch.yaml", MERGE.format(f"{key}: {gone}").removeprefix("kind: Job\n")),
            ("values.yaml", f"podAnnotations:\n  {key}: {gone}\n  a: b\n"),
        )
    ),
    *(
        ("k.yaml", kustomization(MERGE.format(f"{key}: {gone}")))
        for gone in ("null", "~", "NULL")
        for key in (WRONG, f"'{WRONG}'")
    ),
    *(
        (
            "k.yaml",
            kustomization(f"apiVersion: v1\nkind: {kind}\nmetadata:\n  annotations:\n    {WRONG}: null\n"),
        )
        for kind in ("Namespace", "Pod")
    ),
    ("app.yaml", argo_values(f"podAnnotations:\n  {WRONG}: null\n")),
    ("a.sh", f'kubectl patch ns a -p \'{{"metadata":{{"annotations":{{"{WRONG}":null}}}}}}\'\n'),
    ("a.sh", f'kubectl patch ns a -p \'{{"metadata": {{"annotations": {{"{WRONG}": null}}}}}}\'\n'),
    ("a.tpl", f"annotations:\n  {WRONG}: null\n  a: b\n"),
    ("a.tpl", f"annotations:\n  {WRONG}:\n  a: b\n"),
    ("a.tpl", f"- op: test\n  path: {PATH}\n  value: {{{{ x }}}}\n"),
    ("a.tf", f'annotations = {{\n  "{WRONG}" = null\n}}\n'),
    ("a.md", f'annotations = {{"{WRONG}": None}}\n'),
    ("a.sh", f"helm upgrade a b --set 'podAnnotations.{ESCAPED}=null'\n"),
    ("a.sh", f'helm upgrade a b --set "podAnnotations.{ESCAPED}=null"\n'),
]
# It is not sure what these do, so they are reported.
DOUBTFUL = [
    ("a.sh", f"jq 'del(.metadata.annotations[\"{WRONG}\"])' pod.json\n"),
    ("a.sh", f"yq -i 'del(.metadata.annotations.\"{WRONG}\")' pod.yaml\n"),
    ("a.sh", f"sed -i '\\|{WRONG}|d' pod.yaml\n"),
    ("a.sh", f"grep -rl {WRONG} .\n"),
    ("a.sh", f"removeAnnotation {WRONG}\n"),
    ("a.sh", f"delete_annotation {WRONG}\n"),
    ("a.sh", f"kn service update a --remove-annotation={WRONG}\n"),
    ("a.sh", f'OLD={WRONG}\nkubectl annotate ns shop "$OLD-"\n'),
    ("a.sh", f"OLD={WRONG}\nkubectl annotate ns shop ${{OLD}}- a=b\n"),
    ("a.md", f"Remove `{WRONG}`.\n"),
    ("a.md", f"annotations.pop('{WRONG}', None)\n"),
    ("a.md", f"delete pod.metadata.annotations['{WRONG}']\n"),
    ("a.tpl", f'{{{{- $_ := unset .annotations "{WRONG}" }}}}\n'),
    ("a.tpl", f'{{{{- omit .annotations "{WRONG}" | toYaml }}}}\n'),
    # The other key of these is removed, so what a fix writes may be lost.
    ("a.sh", f"kubectl annotate pod web {ALPHA}- {WRONG}=true\n"),
    ("a.sh", f"kubectl annotate pod web {WRONG}=true\nkubectl annotate pod web {ALPHA}-\n"),
    (
        "k.yaml",
        kustomization(
            f"- op: add\n  path: {PATH}\n  value: 'true'\n"
            f"- op: remove\n  path: {PATH.replace(POINTER, RIGHT_POINTER)}\n"
        ),
    ),
    ("patch.yaml", f"metadata:\n  annotations:\n    $patch: delete\n    {WRONG}: 'true'\n"),
    ("a.sh", f'kubectl patch ns a -p \'{{"annotations":{{"$patch":"delete","{WRONG}":"true"}}}}\'\n'),
    ("overlay.yaml", f"metadata:\n  annotations:\n    #@overlay/remove\n    {WRONG}: 'true'\n"),
]


@pytest.mark.parametrize(("name", "text"), REMOVALS)
def test_a_removal_is_neither_edited_nor_a_finding(name: str, text: str) -> None:
    for key, pointer in ((WRONG, POINTER), (ALPHA, RIGHT_POINTER)):
        removal = text.replace(WRONG, key).replace(POINTER, pointer)
        assert edits(name, removal) == {}
        assert check(name, removal).findings == ()


@pytest.mark.parametrize(("name", "text"), DOUBTFUL)
def test_what_may_be_a_removal_is_only_reported(name: str, text: str) -> None:
    assert edits(name, text) == {}
    findings = [finding for finding in check(name, text, release="2.17").findings if finding.code == "AFX101"]
    assert findings
    assert all(finding.withheld for finding in findings)


def test_beside_a_right_key_that_is_removed_a_wrong_one_stays() -> None:
    text = f"podAnnotations:\n  {ALPHA}: null\n  {WRONG}: 'true'\n"
    assert check("values.yaml", text, unsafe=True).text == text


def test_an_argo_parameter_that_is_null_is_a_removal() -> None:
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n"
        f"      parameters:\n      - name: podAnnotations.{ESCAPED}\n        value: 'null'\n"
    )
    assert edits("app.yaml", text) == {}
    assert check("app.yaml", text).findings == ()


def test_null_that_stands_for_an_expression_of_ytts_is_a_value() -> None:
    text = f"metadata:\n  annotations:\n    {WRONG}: #@ data.values.native\n"
    checked = check("overlay.yaml", text)
    assert checked.text == text
    assert [finding.code for finding in checked.findings] == ["AFX101"]


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("a.sh", f"kubectl annotate ns a old-\nkubectl annotate ns a {WRONG}=true\n", None),
        ("a.sh", f"kubectl delete pod a; kubectl annotate ns a {WRONG}=true\n", None),
        ("values.yaml", f"a:\n  linkerd.io/inject: null\n  {WRONG}: 'true'\n", None),
        ("a.tpl", f"annotations:\n  {WRONG}:\n    {{{{ .Values.native | quote }}}}\n", None),
        ("a.tpl", f"annotations:\n  {WRONG}:\n{{{{ .Values.native | quote | indent 4 }}}}\n", None),
        (
            "a.sh",
            f'kubectl patch a b -p \'[{{"op":"remove","path":"/x"}},{{"op":"add","path":"{PATH}"}}]\'\n',
            None,
        ),
        (
            "k.yaml",
            kustomization(f"- op: remove\n  path: /x\n- op: add\n  path: {PATH}\n  value: 'true'\n"),
            None,
        ),
    ],
)
def test_beside_another_removal_a_key_is_still_edited(name: str, before: str, after: str | None) -> None:
    expected = after or before.replace(WRONG, ALPHA).replace(POINTER, RIGHT_POINTER)
    assert check(name, before).text == expected
