"""Linkerd's own Helm values in YAML (AFX304), edited in place."""

from __future__ import annotations

import pytest
from texts import check

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: linkerd-control-plane, namespace: linkerd}}
spec:
  chart: {{spec: {{chart: linkerd-control-plane, version: 2024.11.8}}}}
  values:
{values}
"""
CONTROL_PLANE = """\
apiVersion: linkerd.buoyant.io/v1alpha1
kind: ControlPlane
metadata: {{name: linkerd-control-plane}}
spec:
  components:
    linkerd:
      version: enterprise-2.17.0
      controlPlaneConfig:
{values}
"""
APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
spec:
  source:
    chart: linkerd-control-plane
    helm:
      valuesObject:
{values}
"""
VALUES = """\
# Linkerd's values
controllerLogLevel: info
{values}
"""
DOCUMENTS = [(RELEASE, 4), (CONTROL_PLANE, 8), (APPLICATION, 8), (VALUES, 0)]


def text_of(document: str, indent: int, values: str) -> str:
    lines = "\n".join(" " * indent + line for line in values.splitlines())
    return document.format(values=lines)


@pytest.mark.parametrize(("document", "indent"), DOCUMENTS)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("proxy:\n  enableNativeSidecar: true # why", "proxy:\n  nativeSidecar: true # why"),
        ("proxy: {proxyEnableNativeSidecar: false}", "proxy: {nativeSidecar: false}"),
        ("proxy:\n  nativeSidecar: 'true'\n  await: true", "proxy:\n  nativeSidecar: true\n  await: true"),
        ('proxy: {nativeSidecar: "false"}', "proxy: {nativeSidecar: false}"),
        ('proxy:\n  "enableNativeSidecar": "yes"', 'proxy:\n  "nativeSidecar": true'),
        (
            "proxy:\n  nativeSidecar: true\n  enableNativeSidecar: true\nnativeSidecar: true",
            "proxy:\n  nativeSidecar: true",
        ),
    ],
)
def test_a_name_is_written_right_in_its_mapping(document: str, indent: int, before: str, after: str) -> None:
    checked = check("values.yaml", text_of(document, indent, before))
    assert checked.text == text_of(document, indent, after)
    assert {finding.code for finding in checked.findings} == {"AFX304"}
    again = check("values.yaml", checked.text)
    assert not again.findings


@pytest.mark.parametrize(("document", "indent"), DOCUMENTS)
@pytest.mark.parametrize(
    ("values", "code"),
    [
        ("nativeSidecar: true", "AFX304"),
        ("Proxy:\n  NativeSidecar: true", "AFX304"),
        ("proxyInit:\n  nativeSidecar: true", "AFX304"),
        ("proxy:\n  nativeSidecars: true", "AFX304"),
        ("nativeSidecar: true\nproxy:\n  waitBeforeExitSeconds: 30", "AFX304"),
        ("proxy:\n  enableNativeSidecar: true\n  waitBeforeExitSeconds: 30", "AFX304"),
        ("proxy:\n  nativeSidecar: true\n  waitBeforeExitSeconds: 30", "AFX402"),
        ("proxy:\n  enableNativeSidecar: true # autofix: ignore\n  nativeSidecars: true", "AFX304"),
    ],
)
def test_what_stays_is_said(document: str, indent: int, values: str, code: str) -> None:
    text = text_of(document, indent, values)
    checked = check("values.yaml", text, unsafe=True)
    assert checked.text == text
    assert [finding.code for finding in checked.findings] == [code]
    assert checked.findings[0].applicability == "display"


@pytest.mark.parametrize(("document", "indent"), DOCUMENTS)
@pytest.mark.parametrize(
    "values",
    [
        "proxy:\n  nativeSidecar: true",
        "proxy:\n  nativeSidecar: false\n  waitBeforeExitSeconds: 30",
        "proxy:\n  waitBeforeExitSeconds: 30",
        "proxy:\n  nativeSidecar:",
        "proxy:\n  enableNativeSidecar: true # autofix: ignore[AFX304]",
        "nodeSelector:\n  example.com/native-sidecar: 'true'",
    ],
)
def test_what_is_right_is_left_alone(document: str, indent: int, values: str) -> None:
    text = text_of(document, indent, values)
    checked = check("values.yaml", text, unsafe=True)
    assert checked.text == text
    assert not checked.findings


@pytest.mark.parametrize(
    "text",
    [
        "proxy:\n  enableNativeSidecar: true\n",
        "nativeSidecar: true\n",
        "pilot: {env: {ENABLE_NATIVE_SIDECARS: true}}\nglobal: {proxy: {nativeSidecar: 'true'}}\n",
        RELEASE.replace("chart: linkerd-control-plane", "chart: dapr").format(
            values="    nativeSidecar: true"
        ),
    ],
)
def test_values_of_other_charts_are_left_alone(text: str) -> None:
    checked = check("values.yaml", text, unsafe=True)
    assert checked.text == text
    assert not checked.findings


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        (
            "app.yaml",
            APPLICATION.replace("valuesObject:", "values: |").format(
                values="        proxy: {enableNativeSidecar: true}"
            ),
            ("enableNativeSidecar", "nativeSidecar"),
        ),
        (
            "install.sh",
            "helm install a linkerd/linkerd-control-plane -f - <<EOF\n"
            "proxy:\n  enableNativeSidecar: true\nEOF\n",
            ("enableNativeSidecar", "nativeSidecar"),
        ),
        (
            "install.sh",
            "linkerd install --set proxy.proxyEnableNativeSidecar=true | kubectl apply -f -\n",
            ("proxyEnableNativeSidecar", "nativeSidecar"),
        ),
        (
            "install.sh",
            "linkerd upgrade --set nativeSidecar=false\n",
            ("nativeSidecar", "proxy.nativeSidecar"),
        ),
        (
            "main.tf",
            'resource "helm_release" "a" {\n  chart = "linkerd-control-plane"\n'
            "  values = [yamlencode({ proxy = { enableNativeSidecar = true } })]\n}\n",
            ("enableNativeSidecar", "nativeSidecar"),
        ),
        (
            "main.tf",
            'resource "helm_release" "a" {\n  chart = "linkerd-control-plane"\n'
            '  set {\n    name  = "nativeSidecar"\n    value = "true"\n  }\n}\n',
            ('"nativeSidecar"', '"proxy.nativeSidecar"'),
        ),
    ],
)
def test_what_the_text_around_them_says_of_values_is_heard(
    name: str, before: str, after: tuple[str, str]
) -> None:
    checked = check(name, before, release="2.20")
    assert checked.text == before.replace(*after)
    [finding] = checked.findings
    assert finding.code == "AFX304"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("install.sh", "linkerd install --set-string proxy.nativeSidecar=true\n"),
        (
            "main.tf",
            'resource "helm_release" "a" {\n  chart = "linkerd-control-plane"\n'
            "  values = [yamlencode({ nativeSidecar = true })]\n}\n",
        ),
        (
            "app.yaml",
            APPLICATION.replace("valuesObject:", "values: |").format(values="        nativeSidecar: true"),
        ),
    ],
)
def test_what_a_text_has_no_place_for_is_said(name: str, text: str) -> None:
    checked = check(name, text, release="2.20", unsafe=True)
    assert checked.text == text
    [finding] = checked.findings
    assert finding.code == "AFX304"
    assert finding.withheld


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("install.sh", "helm upgrade a linkerd/linkerd-viz --set nativeSidecar=true\n"),
        ("install.sh", "helm upgrade a dapr/dapr --set proxy.enableNativeSidecar=true # linkerd\n"),
        ("install.sh", "linkerd install --set proxy.nativeSidecar=true\n"),
        (
            "main.tf",
            'resource "helm_release" "a" {\n  chart = "linkerd-viz"\n'
            "  values = [yamlencode({ nativeSidecar = true })]\n}\n",
        ),
    ],
)
def test_values_of_other_charts_in_other_languages_are_left_alone(name: str, text: str) -> None:
    checked = check(name, text, release="2.20", unsafe=True)
    assert checked.text == text
    assert not checked.findings
