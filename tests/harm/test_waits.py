"""A wait before exit beside a key in text, or on its Namespace: no fix makes the injector deny the pod."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, GA, WAIT, WRONG
from texts import ESCAPED, argo_values, check, withheld

import autofix
from autofix.text.check import check_files, check_many
from autofix.text.file import read_file
from autofix.text.waits import wait_in

BESIDE = [
    ("a.tpl", f"annotations:\n  {WAIT}: '5'\n  {WRONG}: 'true'\n"),
    ("a.tpl", f"annotations:\n  {WRONG}: 'true'\n  {WAIT}: {{{{ .Values.wait | quote }}}}\n"),
    ("a.tpl", f"annotations: {{{WAIT}: '5', {WRONG}: 'true'}} {{{{/* x */}}}}\n"),
    ("a.tf", f'annotations = {{\n  "{WAIT}" = 5\n  "{WRONG}" = "true"\n}}\n'),
    ("a.sh", f"kubectl annotate ns a {WRONG}=true {WAIT}=5\n"),
    ("a.sh", f"kubectl annotate ns a \\\n  {WAIT}=$SECONDS \\\n  {WRONG}=true\n"),
    ("a.sh", f"kubectl annotate ns a {WAIT}=5\nkubectl annotate ns a {WRONG}=true\n"),
    (
        "a.sh",
        f'kubectl patch a b -p \'{{"metadata":{{"annotations":{{"{WAIT}":"5","{WRONG}":"true"}}}}}}\'\n',
    ),
    (
        "a.sh",
        f"helm upgrade a b --set-string 'podAnnotations.{WAIT.replace('.', chr(92) + '.')}=5' "
        f"--set-string 'podAnnotations.{ESCAPED}=true'\n",
    ),
    ("a.properties", f"podAnnotations={WAIT}:5,{WRONG}:true\n"),
    ("values.yaml", f"podAnnotations:\n  {WAIT}: '5'\n  {WRONG}: 'true'\n"),
    ("values.yaml", f"web:\n  podAnnotations:\n    {WRONG}: 'true'\njob:\n  annotations:\n    {WAIT}: '5'\n"),
    ("values.yaml", f"proxy:\n  waitBeforeExitSeconds: 5\npodAnnotations:\n  {WRONG}: 'true'\n"),
    ("app.yaml", argo_values(f"podAnnotations:\n  {WRONG}: 'true'\n  {WAIT}: '5'\n")),
]
HARMLESS = [
    ("a.tpl", f"annotations:\n  {WAIT}: '0'\n  {WRONG}: 'true'\n"),
    ("a.sh", f"kubectl annotate ns a {WRONG}=true {WAIT}=0\n"),
    ("a.sh", f"kubectl annotate ns a {WRONG}=true {WAIT}-\n"),
    ("a.tf", f'annotations = {{\n  "{WAIT}" = null\n  "{WRONG}" = "true"\n}}\n'),
    ("values.yaml", f"podAnnotations:\n  {WAIT}: '00'\n  {WRONG}: 'true'\n"),
    ("values.yaml", f"a:\n  {WAIT}: '0'\n  {WRONG}: 'true'\nb:\n  {WAIT}: '5'\n"),
    ("values.yaml", f"a:\n  {WRONG}: 'false'\n  {WAIT}: '5'\n"),
    # Linkerd reads no such key.
    ("values.yaml", f"a:\n  {WRONG}: 'true'\n  config.linkerd.io/proxy-wait-before-exit-seconds: '5'\n"),
]


@pytest.mark.parametrize(("name", "text"), BESIDE)
@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize("release", ["2.17", "2.19", None])
def test_beside_a_wait_the_fix_is_withheld(name: str, text: str, release: str | None, unsafe: bool) -> None:
    checked = check(name, text, release=release, unsafe=unsafe)
    assert checked.text == text
    assert any(reason.startswith("AFX402") for reason in withheld(checked))


@pytest.mark.parametrize(("name", "text"), BESIDE)
def test_a_release_that_denies_no_such_pod_withholds_nothing(name: str, text: str) -> None:
    after = check(name, text, release="2.20").text
    assert after == text.replace(WRONG, GA).replace(ESCAPED, GA.replace(".", "\\."))


@pytest.mark.parametrize(("name", "text"), HARMLESS)
def test_beside_a_wait_that_does_not_count_the_key_is_edited(name: str, text: str) -> None:
    assert check(name, text).text == text.replace(WRONG, ALPHA)


NAMESPACES = [
    (
        "ns.yaml",
        f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  annotations:\n    {WAIT}: '5'\n",
    ),
    ("ns.yaml", f"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n  annotations:\n    {WAIT}: 5\n"),
    (
        "ns.yaml",
        "kind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: shop\n"
        f"    annotations:\n      {WAIT}: '5'\n",
    ),
    (
        "made.yaml",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: web\n  namespace: argocd\n"
        "spec:\n  destination:\n    namespace: shop\n  syncPolicy:\n    managedNamespaceMetadata:\n"
        f"      annotations:\n        {WAIT}: '5'\n",
    ),
    ("ns.tpl", f"kind: Namespace\nmetadata:\n  name: {{{{ .x }}}}\n  annotations:\n    {WAIT}: '5'\n"),
    ("ns.tf", f'resource "kubernetes_namespace" "a" {{\n  annotations = {{ "{WAIT}" = "5" }}\n}}\n'),
    ("ns.sh", f"kubectl annotate --overwrite ns shop {WAIT}=5\n"),
]
INSIDE = [
    (
        "release.yaml",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  namespace: {}\nspec:\n"
        f"  values:\n    podAnnotations:\n      {WRONG}: 'true'\n",
    ),
    (
        "release.yaml",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: a\n  namespace: flux\n"
        f"spec:\n  targetNamespace: {{}}\n  values:\n    podAnnotations:\n      {WRONG}: 'true'\n",
    ),
    (
        "app.yaml",
        argo_values(f"podAnnotations:\n  {WRONG}: 'true'\n") + "  destination:\n    namespace: {}\n",
    ),
    ("k.yaml", f"kind: Kustomization\nnamespace: {{}}\ncommonAnnotations:\n  {WRONG}: 'true'\n"),
    (
        "pod.yaml",
        f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: {{}}\n  annotations:\n"
        f"    {WRONG}: 'true'\n",
    ),
    (
        "job.yaml",
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: web\n  namespace: {}\nspec:\n  template:\n"
        f"    metadata:\n      annotations:\n        {WRONG}: 'true'\n",
    ),
    (
        "all.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: {}\n---\n"
        f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    {WRONG}: 'true'\n",
    ),
    (
        "pod.md",
        "```yaml\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  namespace: {}\n  annotations:\n"
        f"    {WRONG}: 'true'\n```\n",
    ),
]
ANYWHERE = [
    ("values.yaml", f"podAnnotations:\n  {WRONG}: 'true'\n"),
    ("a.tpl", f"annotations:\n  {WRONG}: 'true'\n"),
    ("a.sh", f"kubectl annotate pod web {WRONG}=true\n"),
]


@pytest.mark.parametrize("namespace", NAMESPACES, ids=lambda namespace: namespace[0])
@pytest.mark.parametrize(("name", "text"), [*INSIDE, *ANYWHERE])
@pytest.mark.parametrize("check_function", [check_files, check_many])
@pytest.mark.parametrize("is_first", [False, True])
def test_under_a_namespace_that_waits_the_fix_is_withheld(
    check_function: Any, name: str, text: str, namespace: tuple[str, str], is_first: bool
) -> None:
    text = text.replace("{}", "shop")
    files = [read_file(data.encode(), source) for source, data in ((name, text), namespace)]
    done = check_function(files[::-1] if is_first else files, autofix.options(release="2.17", unsafe=True))
    [checked] = [file for file in done if file.file.source == name]
    assert checked.text == text
    assert any(reason.startswith("AFX402") for reason in withheld(checked))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("values.yaml", "identity: {}\nproxy:\n  nativeSidecar: false\n  waitBeforeExitSeconds: 5\n"),
        ("install.sh", "linkerd install --set proxy.waitBeforeExitSeconds=5 | kubectl apply -f -\n"),
        (
            "release.yaml",
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: linkerd\nspec:\n"
            "  chart:\n    spec:\n      chart: linkerd-control-plane\n  values:\n    proxy:\n"
            "      nativeSidecar: false\n      waitBeforeExitSeconds: 5\n",
        ),
    ],
)
@pytest.mark.parametrize(
    ("source", "text"),
    [*ANYWHERE, ("pod.yaml", f"apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    {WRONG}: 'true'\n")],
)
@pytest.mark.parametrize("check_function", [check_files, check_many])
def test_a_wait_in_linkerds_own_values_counts_for_every_file(
    check_function: Any, source: str, text: str, name: str, values: str
) -> None:
    files = [read_file(data.encode(), file) for file, data in ((source, text), (name, values))]
    first, _ = check_function(files, autofix.options(release="2.17"))
    assert first.text == text
    assert any(reason.startswith("AFX402") for reason in withheld(first))
    harmless = read_file(values.replace("5", "0").encode(), name)
    first, _ = check_function([files[0], harmless], autofix.options(release="2.17"))
    assert first.text == text.replace(WRONG, ALPHA)


def test_a_wait_on_the_same_object_counts_in_another_command() -> None:
    text = f"kubectl annotate pod x {WAIT}=20\nkubectl annotate pod {{}} {WRONG}=true\n"
    assert check("a.sh", text.format("x")).text == text.format("x")
    assert check("a.sh", text.format("y")).text == text.format("y").replace(WRONG, ALPHA)


@pytest.mark.parametrize(("name", "text"), INSIDE)
def test_under_another_namespace_the_key_is_edited(name: str, text: str) -> None:
    text = text.replace("{}", "bank")
    assert check(name, text, NAMESPACES[0]).text == text.replace(WRONG, ALPHA)


def test_an_object_of_which_nobody_says_the_namespace_is_edited() -> None:
    text = f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations:\n    {WRONG}: 'true'\n"
    assert check("pod.yaml", text, NAMESPACES[0]).text == text.replace(WRONG, ALPHA)


@pytest.mark.parametrize(("name", "text"), [*INSIDE, *ANYWHERE])
def test_under_a_namespace_that_does_not_wait_the_key_is_edited(name: str, text: str) -> None:
    source, data = NAMESPACES[0]
    text = text.replace("{}", "shop")
    assert check(name, text, (source, data.replace("'5'", "'0'"))).text == text.replace(WRONG, ALPHA)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        (f"{WAIT}: 5", "5"),
        (f'"{WAIT}": "05"', "05"),
        (f"{WAIT}=0", None),
        (f"{WAIT}: 0\n{WAIT}: 7", "7"),
        (f"{WAIT}: {{{{ x }}}}", "1"),
        (f"{WAIT}-", None),
        (f"{WAIT}: ~", None),
        (f"see {WAIT}.", "1"),
        ("config.beta.linkerd.io/proxy-wait-before-exit-seconds: 5", None),
    ],
)
def test_the_wait_in_a_text(text: str, value: str | None) -> None:
    assert wait_in(text).get(WAIT) == value
