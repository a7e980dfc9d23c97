"""A right key in each shape and style, made wrong and fixed, is the same text again."""

from __future__ import annotations

import pytest
import yaml
from builders import ALPHA

import autofix
from autofix.text.check import check_files
from autofix.text.file import read_file

WRONG_KEYS = (
    "config.linkerd.io/proxy-native-sidecar",
    "config.alpha.linkerd.io/native-sidecar",
    "config.linkerd.io/enable-native-sidecar",
    "config.alpha.linkerd.io/proxyEnableNativeSidecar",
)
# How a shape writes a key.
SPELLINGS = (
    ("", ""),
    (".", "\\."),
    (".", "\\\\."),
    ("/", "~1"),
)
POD = "/spec/template/metadata/annotations/"
SHAPES = [
    "- op: add\n  path: " + POD + "{pointer}\n  value: 'true'\n",
    '[{{"op": "add", "path": "' + POD + '{pointer}", "value": "true"}}]\n',
    "patches:\n- target: {{kind: Namespace, name: shop}}\n  patch:\n"
    "  - {{op: add, path: /metadata/annotations/{pointer}, value: 'true'}}\n",
    "helm:\n  parameters:\n  - name: podAnnotations.{path}\n    value: 'true'\n    forceString: true # why\n",
    'helm: {{parameters: [{{name: "podAnnotations.{doubled}", value: "true", forceString: true}}]}}\n',
    "releases:\n- setString:\n  - name: podAnnotations.{path}\n    value: true\n",
    "set_values:\n- value: 'podAnnotations.{path}=true'\n  value_type: string\n",
    "args: [helm, upgrade, a, b, --set-string, 'podAnnotations.{path}=true,a=b']\n",
    "command: [kubectl, annotate, namespace, shop, --overwrite, {key}=true]\n",
    "mutate:\n  patchStrategicMerge:\n"
    "    spec: {{template: {{metadata: {{annotations: {{+({key}): 'true'}}}}}}}}\n",
    'podAnnotations:\n- name: {key} # why\n  value: "true"\n',
    "podAnnotations: ['{key}=true']\n",
    "conf: {{kubernetes.jobmanager.annotations: 'a/b:c,{key}:true'}}\n",
    "sparkConf:\n  spark.kubernetes.driver.annotation.{key}: 'true'\n"
    "  spark.kubernetes.executor.annotation.{key}: 'true'\n",
    "steps:\n- run: kubectl annotate ns shop {key}=true\n",
    "steps:\n- run: |\n    kubectl annotate ns ${{{{ inputs.ns }}}} \\\n      {key}=true\n",
    "steps:\n- run: >-\n    kubectl annotate\n    ns shop\n    {key}=true\n",
    "spec: {{containers: [{{command: [sh, -c, 'kubectl annotate ns shop {key}=true']}}]}}\n",
]
# Texts that stand in a string, in each style.
TEXTS = [
    "podAnnotations:\n  a: 'it''s'\n\n  {key}: \"true\" # why\n",
    '{{"podAnnotations": {{"{key}": "true"}}}}\n',
    "- op: add\n  path: " + POD + "{pointer}\n  value: 'true'\n",
    "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations: {{{key}: 'true'}}\n",
]


def written(shape: str, key: str) -> str:
    spelled = [key.replace(*spelling) if spelling[0] else key for spelling in SPELLINGS]
    return shape.format(key=spelled[0], path=spelled[1], doubled=spelled[2], pointer=spelled[3])


def fixed(text: str) -> str:
    [checked] = check_files([read_file(text.encode(), "f.yaml")], autofix.options(release="2.17"))
    assert checked.problem is None
    return checked.text


@pytest.mark.parametrize("wrong", WRONG_KEYS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_each_shape(shape: str, wrong: str, line_break: str) -> None:
    right = written(shape, ALPHA).replace("\n", line_break)
    assert fixed(right) == right
    assert fixed(written(shape, wrong).replace("\n", line_break)) == right


@pytest.mark.parametrize("wrong", WRONG_KEYS)
@pytest.mark.parametrize("inner", TEXTS)
@pytest.mark.parametrize("style", ["|", ">", "'", '"'])
@pytest.mark.parametrize("name", ["values", "patch", "podTemplate", "anything"])
def test_each_style_of_a_string(name: str, style: str, inner: str, wrong: str) -> None:
    def outer(key: str) -> str:
        text = yaml.dump({"spec": {name: written(inner, key)}}, default_style=style, width=10_000)
        # The names are written plain, as people do; the dumper gives them the style, too.
        return text.replace('"spec"', "spec").replace(f'"{name}"', name).replace("'spec'", "spec")

    assert fixed(outer(ALPHA)) == outer(ALPHA)
    assert fixed(outer(wrong)) == outer(ALPHA)
