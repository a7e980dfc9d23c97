"""Whose annotations the mappings are in YAML that is no object: a pod's, a Namespace's, an object's in it."""

from __future__ import annotations

import pytest
from builders import ALPHA, WRONG
from texts import argo_values, check, edits

BETA = "config.beta.linkerd.io/proxy-enable-native-sidecar"
GA = "config.linkerd.io/proxy-enable-native-sidecar"
WAIT = "config.alpha.linkerd.io/proxy-wait-before-exit-seconds"

NAMESPACES = [
    "namespaces:\n  - name: shop\n    annotations:\n      KEY\n",
    "namespaces:\n  shop:\n    annotations:\n      KEY\n",
    "namespaces:\n  - name: shop\n    metadata:\n      annotations:\n        KEY\n",
    "namespace:\n  create: true\n  annotations:\n    KEY\n",
    "namespaceAnnotations:\n  KEY\n",
    "targetNamespace:\n  annotations:\n    KEY\n",
    "apps:\n  - syncPolicy:\n      managedNamespaceMetadata:\n        annotations:\n          KEY\n",
    "kind: Namespace\nmetadata:\n  name: shop\n  annotations:\n    KEY\n",
    "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  annotations:\n    KEY\n",
    "extraObjects:\n  - apiVersion: v1\n    kind: Namespace\n    metadata:\n"
    "      annotations:\n        KEY\n",
    "- hosts: all\n  tasks:\n    - kubernetes.core.k8s:\n        definition:\n          apiVersion: v1\n"
    "          kind: Namespace\n          metadata:\n            annotations:\n              KEY\n",
    "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  syncPolicy:\n"
    "    managedNamespaceMetadata:\n      annotations:\n        KEY\n",
    "apiVersion: fleet.cattle.io/v1alpha1\nkind: Bundle\nspec:\n  namespaceAnnotations:\n    KEY\n",
]
PODS = [
    "podAnnotations:\n  KEY\n",
    "namespaces:\n  - name: shop\n    podAnnotations:\n      KEY\n",
    "namespaces:\n  - name: shop\n    pods:\n      annotations:\n        KEY\n",
    "kind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n"
    "      annotations:\n        KEY\n",
    "kind: Rollout\nmetadata:\n  name: web\nspec:\n  template:\n    metadata:\n"
    "      annotations:\n        KEY\n",
    "namespace: shop\nannotations:\n  KEY\n",
    "tags:\n  pod_template_spec_metadata:\n    annotations:\n      KEY\n",
    "agents:\n  label:\n    app: x\n  anything:\n    KEY\n",
    "controller:\n  kind: DaemonSet\n  podAnnotations:\n    KEY\n",
]


def line(key: str, value: str = "false") -> str:
    return f'{key}: "{value}"'


@pytest.mark.parametrize("text", NAMESPACES)
def test_beta_on_a_namespace_is_dead_in_2_20_and_is_replaced(text: str) -> None:
    file = check("values.yaml", text.replace("KEY", line(BETA)), release="2.20")
    assert [finding.code for finding in file.findings] == ["AFX102"]
    assert file.text == text.replace("KEY", line(GA))


@pytest.mark.parametrize("text", PODS)
def test_beta_on_a_pod_is_only_deprecated_in_2_20(text: str) -> None:
    file = check("values.yaml", text.replace("KEY", line(BETA)), release="2.20")
    assert [finding.code for finding in file.findings] == ["AFX106"]
    assert file.text == text.replace("KEY", line(BETA))


@pytest.mark.parametrize("text", [*NAMESPACES, *PODS])
def test_a_wrong_key_is_repaired_at_both_levels(text: str) -> None:
    file = check("values.yaml", text.replace("KEY", line(WRONG)))
    assert file.text == text.replace("KEY", line(ALPHA))


@pytest.mark.parametrize("text", [*NAMESPACES, *PODS])
def test_a_right_key_is_left_alone(text: str) -> None:
    known = text.replace("KEY", line(ALPHA))
    assert check("values.yaml", known).findings == ()
    assert check("values.yaml", known).text == known


@pytest.mark.parametrize("text", PODS)
def test_a_wait_beside_it_withholds_the_fix(text: str) -> None:
    indent = text.partition("KEY\n")[0].rpartition("\n")[2]
    two = text.replace("KEY", f"{line(WRONG, 'true')}\n{indent}{line(WAIT, '5')}")
    assert edits("values.yaml", two, unsafe=(False,)).keys() <= {"2.20, unsafe False"}


OWN = [
    ("HelmRelease", "helm.toolkit.fluxcd.io/v2"),
    ("Kustomization", "kustomize.config.k8s.io/v1beta1"),
    ("Kustomization", "kustomize.toolkit.fluxcd.io/v1"),
    ("Application", "argoproj.io/v1alpha1"),
    ("Release", "helm.crossplane.io/v1beta1"),
]


@pytest.mark.parametrize(("kind", "version"), OWN)
def test_the_own_metadata_of_such_an_object_is_reported_and_never_edited(kind: str, version: str) -> None:
    text = f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: a\n  annotations:\n    {line(WRONG)}\n"
    assert edits("a.yaml", text) == {}
    [finding] = check("a.yaml", text).findings
    assert finding.code == "AFX303"
    assert (
        finding.message == f"Linkerd does not read {WRONG} on a {kind}; set it on the pods or their Namespace"
    )


def test_values_in_an_object_are_those_of_pods() -> None:
    head = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: a\nspec:\n  values:\n"
    )
    text = f"{head}    podAnnotations:\n      KEY\n    namespace:\n      annotations:\n        KEY\n"
    assert check("a.yaml", text.replace("KEY", line(WRONG))).text == text.replace("KEY", line(ALPHA))


def test_the_own_metadata_of_a_workload_in_a_patch_is_not_renamed() -> None:
    text = f"kind: Deployment\nmetadata:\n  name: web\n  annotations:\n    {line(ALPHA)}\n"
    assert edits("patch.yaml", text, unsafe=(False,)) == {}
    [finding] = check("patch.yaml", text).findings
    assert finding.code == "AFX301"


@pytest.mark.parametrize("key", [WRONG, ALPHA])
@pytest.mark.parametrize("kind", ["Namespace", "Deployment", "Rollout", "Fleet"])
def test_null_in_a_patch_removes_the_key(kind: str, key: str) -> None:
    path = "metadata" if kind == "Namespace" else "spec: {template: {metadata"
    end = "" if kind == "Namespace" else "}}"
    text = f"kind: {kind}\n{path}: {{annotations: {{{key}: null}}}}{end}\n"
    assert check("patch.yaml", text).findings == ()
    assert edits("patch.yaml", text) == {}


def test_a_key_beside_its_removal_in_a_patch_is_only_reported() -> None:
    text = f"kind: Namespace\nmetadata:\n  annotations:\n    {WRONG}: 'true'\n    {ALPHA}: null\n"
    assert edits("patch.yaml", text, unsafe=(False,)).keys().isdisjoint({"2.17, unsafe False"})


def test_a_patch_opts_out_as_an_object_does() -> None:
    text = (
        f"kind: Namespace\nmetadata:\n  annotations:\n    linkerd-autofix.io/ignore: ALL\n    {line(WRONG)}\n"
    )
    assert check("patch.yaml", text).findings == ()


def test_labels_of_a_manifest_in_a_list_are_labels() -> None:
    text = f"extraObjects:\n  - kind: Namespace\n    metadata:\n      labels:\n        {line(WRONG)}\n"
    assert edits("values.yaml", text, unsafe=(False,)) == {}
    assert [finding.code for finding in check("values.yaml", text).findings] == ["AFX302"]


def test_values_as_text_are_read_as_before() -> None:
    assert check("a.yaml", argo_values(f"podAnnotations:\n  {line(WRONG)}")).text == argo_values(
        f"podAnnotations:\n  {line(ALPHA)}"
    )


def test_in_a_manifest_in_a_manifest_each_place_is_mentioned_once() -> None:
    inner = f"{{apiVersion: example.com/v1, kind: Fleet, spec: {{annotations: {{{line(WRONG)}}}}}}}"
    for _ in range(20):
        inner = f"{{apiVersion: example.com/v1, kind: Fleet, metadata: {{}}, spec: {inner}}}"
    assert len(check("values.yaml", f"extraObjects: [{inner}]\n").findings) == 1


@pytest.mark.parametrize(("kind", "version"), OWN)
def test_an_object_opts_out_for_everything_in_it(kind: str, version: str) -> None:
    text = (
        f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  annotations:\n"
        f"    linkerd-autofix.io/ignore: AFX1\n    {line(WRONG)}\n"
        f"spec:\n  values:\n    anything:\n      {line(WRONG)}\n"
    )
    assert edits("a.yaml", text) == {}
    assert [finding.code for finding in check("a.yaml", text).findings] == ["AFX303"]
