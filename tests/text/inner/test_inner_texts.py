"""Which strings of YAML are texts of another language, and what the YAML around says of them."""

from __future__ import annotations

import pytest
from inner_readings import KEY, PATH, POINTER, texts_of

from autofix.readers.model import Target

ANNOTATE = f"kubectl annotate ns shop {KEY}=true"
VALUES = f'podAnnotations:\n  {KEY}: "true"\n'


def block(text: str, depth: int) -> str:
    return "".join(f"{' ' * depth}{line}\n" for line in text.splitlines())


def languages(text: str) -> list[str]:
    return [inner.language for inner in texts_of(text)]


@pytest.mark.parametrize(
    ("outer", "inner"),
    [
        # GitHub, with the command in a block, in a plain scalar, and folded.
        (
            "jobs:\n  d:\n    steps:\n      - run: |\n"
            "          kubectl annotate namespace shop --overwrite \\\n"
            f"            linkerd.io/inject=enabled \\\n            {KEY}=true\n",
            f"kubectl annotate namespace shop --overwrite \\\n  linkerd.io/inject=enabled \\\n  {KEY}=true\n",
        ),
        (f"steps:\n  - run: {ANNOTATE}\n", ANNOTATE),
        (f"- run: >-\n    kubectl annotate ns shop\n    {KEY}=true\n", ANNOTATE),
        (f'- run: "{ANNOTATE}\\n"\n', f"{ANNOTATE}\n"),
        # GitLab, lists of commands.
        (f"deploy:\n  script:\n    - echo\n    - {ANNOTATE}\n", ANNOTATE),
        (f"deploy:\n  before_script: ['{ANNOTATE}']\n", ANNOTATE),
        # A shell in a container; the option stands in the same list, or in ``command``.
        (f"containers:\n- command: [sh, -c, '{ANNOTATE}']\n", ANNOTATE),
        (
            f"initContainers:\n- command: [/bin/bash, -euxc]\n  args:\n  - |\n    {ANNOTATE}\n",
            f"{ANNOTATE}\n",
        ),
        # Tekton, Argo, Ansible, Taskfile, Compose.
        (f"steps:\n- script: |\n    #!/bin/sh\n    {ANNOTATE}\n", f"#!/bin/sh\n{ANNOTATE}\n"),
        (f"templates:\n- script:\n    command: [bash]\n    source: |\n      {ANNOTATE}\n", f"{ANNOTATE}\n"),
        (f"- ansible.builtin.shell: {ANNOTATE}\n", ANNOTATE),
        (f"tasks: {{deploy: {{cmds: [{{cmd: '{ANNOTATE}'}}]}}}}\n", ANNOTATE),
        (f'services:\n  a:\n    command: "{ANNOTATE}"\n', ANNOTATE),
        (
            f"setup: |\n  cat <<E | kubectl apply -f -\n  metadata: {{annotations: {{{KEY}: x}}}}\n  E\n",
            f"cat <<E | kubectl apply -f -\nmetadata: {{annotations: {{{KEY}: x}}}}\nE\n",
        ),
        (f"init: |\n  set -e\n  {ANNOTATE}\n", f"set -e\n{ANNOTATE}\n"),
        (f"with: {{args: 'upgrade a b --set x.{PATH}=true'}}\n", f"upgrade a b --set x.{PATH}=true"),
        (f"kind: ConfigMap\ndata:\n  deploy.sh: |\n    {ANNOTATE}\n", f"{ANNOTATE}\n"),
    ],
)
def test_commands(outer: str, inner: str) -> None:
    assert [(inner_text.language, inner_text.text, inner_text.reason) for inner_text in texts_of(outer)] == [
        ("shell", inner, "")
    ]


@pytest.mark.parametrize(
    ("outer", "language"),
    [
        (f"- shell: python\n  run: |\n    os.system('{ANNOTATE}')\n", "python"),
        (f"- uses: actions/github-script@v7\n  with:\n    script: exec('{ANNOTATE}')\n", "javascript"),
        (f"steps:\n- script: |\n    #!/usr/bin/env python3\n    run('{ANNOTATE}')\n", "python"),
        (f"script: {{command: [python3], source: \"run('{ANNOTATE}')\"}}\n", "python"),
        (f'module: |\n  resource "kubernetes_namespace" "x" {{\n    a = "{KEY}"\n  }}\n', "hcl"),
    ],
)
def test_scripts_of_other_programs(outer: str, language: str) -> None:
    assert languages(outer) == [language]


@pytest.mark.parametrize(
    "name",
    [
        "values",
        "valuesContent",
        "podTemplate",
        "workflowDefaults",
        "definition",
        "config",
        "app.yaml",
        "anything",
    ],
)
@pytest.mark.parametrize("style", ["|", ">", '"', "'"])
def test_yaml_in_each_style(name: str, style: str) -> None:
    outer = f"a:\n  {name}: {style}\n{block(VALUES, 4)}"
    if style == '"':
        written = VALUES.replace('"', '\\"').replace("\n", "\\n")
        outer = f'a:\n  {name}: "{written}"\n'
    elif style == "'":
        outer = f'a:\n  {name}: \'{{"podAnnotations": {{"{KEY}": "it\'\'s"}}}}\'\n'
    [inner] = texts_of(outer)
    assert inner.language == ("json" if style == "'" and name != "app.yaml" else "yaml")
    assert inner.reason == ""
    if style != "'":
        assert inner.text == VALUES
    start = inner.text.index(KEY)
    outside = next(at + start - begin for begin, at in reversed(inner.runs) if begin <= start)
    assert outer[outside : outside + len(KEY)] == KEY


@pytest.mark.parametrize(
    "outer",
    [
        f"description: |\n  Set\n    {KEY}: 'true'\n",
        f"notes: {ANNOTATE}\n",
        f"intro: 'see {KEY}: it is old'\n",
        f"title: the annotation {KEY}\n",
        f'message: \'{{"{KEY}": "true"}}\'\n',
        "metadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n"
        f'      {{"a": {{"{KEY}": "1"}}}}\n',
        f"metadata:\n  managedFields:\n  - fieldsV1: '{{\"{KEY}\": {{}}}}'\n",
        f"args: [annotate, '{KEY}=true']\n",
        f"name: {KEY}\n",
        "config: https://linkerd.io:443/x\n",
        "values: |\n  a: b\n",
    ],
)
def test_prose_copies_and_plain_values_are_no_texts(outer: str) -> None:
    assert texts_of(outer) == []


def test_expressions_are_holes_of_equal_length() -> None:
    outer = (
        f"- run: kubectl annotate ns ${{{{ inputs.ns }}}} {KEY}=${{NATIVE}}\n"
        f"- values: |\n    image: {{{{ .Values.image }}}}\n    {KEY}: ${{NATIVE:-true}}\n"
    )
    command, values = texts_of(outer)
    assert command.text == f"kubectl annotate ns {'x' * 16} {KEY}=${{NATIVE}}"
    assert [command.text[slice(*hole)] for hole in command.holes] == ["x" * 16]
    assert values.text == f"image: {'x' * 19}\n{KEY}: {'x' * 15}\n"
    assert [outer[slice(*span)] for span in outside(values.holes, values.runs)] == [
        "{{ .Values.image }}",
        "${NATIVE:-true}",
    ]


def outside(spans: tuple[tuple[int, int], ...], runs: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    shifts = [next(at - begin for begin, at in reversed(runs) if begin <= start) for start, _ in spans]
    return [(start + shift, end + shift) for (start, end), shift in zip(spans, shifts, strict=True)]


@pytest.mark.parametrize(
    ("inner", "language"),
    [
        ("{{- if .Values.native }}", "helm"),
        ("{{ range .Values.all }}", "helm"),
        ("{% if native %}", "jinja"),
    ],
)
def test_a_template_with_branches_stays_as_it_is(inner: str, language: str) -> None:
    [inner_text] = texts_of(f"podAnnotations: |\n  {inner}\n  {KEY}: 'true'\n  {{{{ end }}}}\n")
    assert (inner_text.language, inner_text.holes, inner_text.target) == (language, (), Target.POD)
    assert inner_text.text == f"{inner}\n{KEY}: 'true'\n{{{{ end }}}}\n"


@pytest.mark.parametrize(
    ("outer", "target", "namespace"),
    [
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {namespace: argocd}\nspec:\n"
            "  destination: {namespace: shop}\n  source:\n    chart: shop\n    helm:\n      values: |\n",
            Target.POD,
            "shop",
        ),
        (
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n"
            "  destination: {namespace: linkerd}\n"
            "  source:\n    chart: linkerd-control-plane\n    helm:\n      values: |\n",
            Target.LINKERD_VALUES,
            "linkerd",
        ),
        (
            "apiVersion: helm.cattle.io/v1\nkind: HelmChart\nmetadata: {namespace: kube-system}\nspec:\n"
            "  targetNamespace: shop\n  foo:\n   bar:\n      valuesContent: |-\n",
            Target.POD,
            "shop",
        ),
        (
            "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\nnamespace: shop\n"
            "patches:\n- patch: |\n",
            Target.UNKNOWN,
            "shop",
        ),
        ("patches:\n- target: {kind: Namespace, name: shop}\n  patch: |\n", Target.NAMESPACE, "shop"),
        ("patches:\n- target: {kind: Deployment|StatefulSet}\n  patch: |\n", Target.WORKLOAD, ""),
        ("patches:\n- target: {kind: Pod}\n  patch: |\n", Target.POD, ""),
        ("namespace: shop\nchart: ./shop\nvalues:\n- |\n", Target.POD, "shop"),
        ("a:\n  namespaceAnnotations: |\n", Target.NAMESPACE, ""),
        ("a:\n  podLabels: |\n", Target.UNKNOWN, ""),
    ],
)
def test_the_yaml_around_says_whose_annotations_they_are(outer: str, target: Target, namespace: str) -> None:
    [inner] = texts_of(outer + block(VALUES, 10))
    assert (inner.target, inner.namespace) == (target, namespace)


def test_a_patch_in_double_quotes_is_read_through_its_escapes() -> None:
    outer = f'- patch: "- op: add\\n  path: /metadata/annotations/{POINTER}\\n  value: \\"true\\"\\n"\n'
    [inner] = texts_of(outer)
    assert inner.text == f'- op: add\n  path: /metadata/annotations/{POINTER}\n  value: "true"\n'
    start = inner.text.index("true")
    at = next(at + start - begin for begin, at in reversed(inner.runs) if begin <= start)
    assert outer[at : at + 4] == "true"
    assert inner.escapes[:2] == (("\\", "\\\\"), ('"', '\\"'))


def test_a_text_in_another_place_is_read_once() -> None:
    outer = (
        f"x-patch: &patch |\n  metadata: {{annotations: {{{KEY}: 'true'}}}}\npatches: [{{patch: *patch}}]\n"
    )
    assert languages(outer) == ["yaml"]


def test_what_cannot_be_placed_exactly_is_not_edited() -> None:
    [inner] = texts_of(f"values: '{{a:\n  \t{{{KEY}: true}}}}'\n")
    assert inner.reason


def test_nesting_without_end_is_a_text_only_where_a_tool_reads_yaml() -> None:
    deep = f"|\n  a: b\n  {KEY}: {'{{ ' * 100_000}\n"
    assert languages(f"values: {deep}") == ["yaml"]
    assert languages(f"other: {deep}") == []
