"""Paths of Helm values in the lists and mappings of tools."""

from __future__ import annotations

import pytest
from inner_readings import KEY, PATH, Shown, fragments_of, read

from autofix.readers.helm_path import BARE_DOTS
from autofix.readers.model import Delivery, Setting, Target
from autofix.text.inner.helm_paths import TWO_BACKSLASHES

PODS = f"podAnnotations.{PATH}"
DOUBLED = PATH.replace("\\", "\\\\")
TYPED, TEXT, EXPRESSION = Delivery.TYPED, Delivery.TEXT, Delivery.EXPRESSION


def only_setting(text: str) -> Setting:
    [fragment] = fragments_of(text)
    [setting] = fragment.settings
    return setting


@pytest.mark.parametrize(
    ("text", "delivery", "way_out"),
    [
        (f"helm:\n  parameters:\n  - name: {PODS}\n    value: 'true'\n", TYPED, "set forceString: true"),
        (f"helm: {{parameters: [{{value: true, name: {PODS}}}]}}\n", TYPED, "set forceString: true"),
        (f"parameters:\n- name: {PODS}\n  value: 'true'\n  forceString: true\n", TEXT, ""),
        (f"releases:\n- set:\n  - name: {PODS}\n    value: true\n", TYPED, "move it to setString"),
        (f"releases:\n- setString:\n  - name: {PODS}\n    value: true\n", TEXT, ""),
        (f'{{"set": [{{"name": "podAnnotations.{DOUBLED}", "value": "true", "type": "string"}}]}}', TEXT, ""),
        (f"setValues:\n  {PODS}: 'true'\n", TYPED, "set it under overrides, in quotes"),
        (
            f"setValueTemplates:\n  \"podAnnotations.{DOUBLED}\": 'true'\n",
            TYPED,
            "set it under overrides, in quotes",
        ),
        (f"values:\n- path: {PODS}\n  value: 'true'\n", TYPED, "set it in one of the valuesFiles, in quotes"),
        (
            f"variables:\n- name: A\n  path: {PODS}\n  default: 'true'\n",
            TYPED,
            "set it in one of the valuesFiles, in quotes",
        ),
        (
            f"questions:\n- variable: {PODS}\n  default: true\n  type: boolean\n",
            TYPED,
            "have it delivered as a string",
        ),
        (f"questions:\n- variable: {PODS}\n  default: 'true'\n  type: string\n", TEXT, ""),
        (f"set_values:\n- value: {PODS}=true\n", TYPED, "set value_type: string"),
        (f"set_values:\n- value: {PODS}=true\n  value_type: string\n", TEXT, ""),
        (f"other:\n- path: {PODS}\n  value: 'true'\n", EXPRESSION, ""),
        (f"args: [helm, install, --set-string, '{PODS}=true']\n", TEXT, ""),
        (f"args: [--set-string=a=b, '--set-string={PODS}=true']\n", TEXT, ""),
    ],
)
def test_how_a_tool_delivers_the_value(text: str, delivery: Delivery, way_out: str) -> None:
    setting = only_setting(text)
    written = DOUBLED if DOUBLED in text else PATH
    assert (setting.key, text[slice(*setting.key_span)]) == (KEY, written)
    assert setting.value_span is not None
    assert text[slice(*setting.value_span)] == "true"
    is_string = delivery is TEXT or "=true" in text or text[setting.value_span[1]] in ("'", '"')
    assert setting.value == ("true" if is_string else True)
    assert (setting.delivery, setting.way_out) == (delivery, way_out)
    assert setting.escapes == ((".", "\\\\." if written == DOUBLED else "\\."),)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"parameters:\n  - name: {PODS}\n    value: 'true' # why\n  - name: a\n",
            f"parameters:\n  - name: {PODS}\n    value: 'true' # why\n    forceString: true\n  - name: a\n",
        ),
        (
            f"parameters:\n- value: 'true'\n  name: {PODS}",
            f"parameters:\n- value: 'true'\n  forceString: true\n  name: {PODS}",
        ),
        (
            f"parameters:\r\n- name: {PODS}\r\n  value: yes # why\r\n",
            f'parameters:\r\n- name: {PODS}\r\n  value: "true" # why\r\n  forceString: true\r\n',
        ),
        (
            f"parameters:\n- name: {PODS}\n  value: 'true'",
            f"parameters:\n- name: {PODS}\n  value: 'true'\n  forceString: true",
        ),
        (
            f"parameters: [{{name: {PODS}, value: 'true'}}]\n",
            f"parameters: [{{name: {PODS}, value: 'true', forceString: true}}]\n",
        ),
        (
            f'{{"parameters": [{{"name": "annotations.{DOUBLED}", "value": "true"}}]}}',
            f'{{"parameters": [{{"name": "annotations.{DOUBLED}", "value": "true", "forceString": true}}]}}',
        ),
        (
            f"parameters:\n- name: {PODS}\n  forceString: false\n  value: 'true'\n",
            f"parameters:\n- name: {PODS}\n  forceString: true\n  value: 'true'\n",
        ),
        (f"args: [helm, --set, '{PODS}=true']\n", f"args: [helm, --set-string, '{PODS}=true']\n"),
        (f"args: ['--set={PODS}=true']\n", f"args: ['--set-string={PODS}=true']\n"),
    ],
)
def test_the_change_that_makes_the_value_a_string(before: str, after: str) -> None:
    setting = only_setting(before)
    assert setting.to_string is not None
    (start, end), new = setting.to_string
    assert before[:start] + new + before[end:] == after
    assert only_setting(after).delivery is TEXT


@pytest.mark.parametrize(
    "text",
    [
        f"args: ['--set={PODS}=true,a=b']\n",
        f"set:\n- name: {PODS}\n  value: true\n",
        f"parameters:\n- name: {PODS}\n  value: null\n",
    ],
)
def test_where_no_short_change_makes_the_value_a_string(text: str) -> None:
    assert only_setting(text).to_string is None


def test_several_values_in_one_word() -> None:
    text = f"args: ['--set=a=b,{PODS}=true,podAnnotations.linkerd\\.io/inject=enabled']\n"
    settings = [
        Shown(KEY, PATH, "true", "true", TYPED),
        Shown("linkerd.io/inject", "linkerd\\.io/inject", "enabled", "enabled", TYPED),
    ]
    assert read(text) == [(Target.POD, "", settings)]


def test_paths_with_one_parent_are_one_fragment() -> None:
    text = (
        f"parameters:\n- name: a.{PODS}\n  value: 'true'\n- name: b.{PODS}\n  value: $(V)\n"
        f"- name: a.podAnnotations.linkerd\\.io/inject\n  value: enabled\n"
        f"- name: a.podLabels.{PATH}\n  value: x\n"
    )
    inject = Shown("linkerd.io/inject", "linkerd\\.io/inject", "enabled", "enabled", TYPED)
    assert read(text) == [
        (Target.POD, "", [Shown(KEY, PATH, "true", "true", TYPED), inject]),
        (Target.POD, "", [Shown(KEY, PATH, "$(V)", "$(V)", EXPRESSION)]),
        (Target.LABELS, "", [Shown(KEY, PATH, "x", "x", TYPED)]),
    ]


@pytest.mark.parametrize("value", ["null", "'null'", "~"])
def test_null_removes(value: str) -> None:
    assert not only_setting(f"parameters:\n- name: {PODS}\n  value: {value}\n").is_set


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"parameters:\n- name: podAnnotations.{KEY}\n  value: 'true'\n", BARE_DOTS),
        (f"setValues:\n  podAnnotations.{KEY}: 'true'\n", BARE_DOTS),
        (f"set:\n- name: podAnnotations.{DOUBLED}\n  value: 'true'\n", TWO_BACKSLASHES),
        (f"args: [--set, podAnnotations.{KEY}=true]\n", BARE_DOTS),
        (f"args: [--set=a.annotations.{KEY}=true]\n", BARE_DOTS),
    ],
)
def test_a_path_that_helm_divides_inside_the_key_is_reported(text: str, reason: str) -> None:
    [(target, own_reason, [setting])] = read(text)
    assert (target, own_reason, setting.key) in [(Target.POD, reason, KEY), (Target.UNKNOWN, reason, KEY)]


@pytest.mark.parametrize(
    "text",
    [
        f"fileParameters:\n- name: {PODS}\n  path: a\n",
        f"setFiles:\n  {PODS}: a.yaml\n",
        "parameters:\n- name: podAnnotations.a\\.b/c\n  value: x\n",
        f"run: helm --set {PODS}=true\n",
        f"x: {PODS}\n",
    ],
)
def test_what_sets_no_key(text: str) -> None:
    assert read(text) == []


def test_values_of_linkerds_own_chart() -> None:
    text = (
        "kind: Application\napiVersion: argoproj.io/v1alpha1\nspec:\n  destination: {namespace: linkerd}\n"
        "  source:\n    chart: linkerd-control-plane\n    helm:\n      parameters:\n"
        "      - name: nativeSidecar\n        value: 'true'\n      - {name: a.b, value: c}\n"
    )
    [fragment] = fragments_of(text)
    assert (fragment.target, fragment.namespace) == (Target.LINKERD_VALUES, "linkerd")
    assert [setting.key for setting in fragment.settings] == ["nativeSidecar", "a.b"]
    assert read(text.replace("linkerd-control-plane", "shop")) == []
    skaffold = "chart: linkerd/linkerd-control-plane\nsetValues: {proxy.nativeSidecar: 'true'}\n"
    assert [target for target, _, _ in read(skaffold)] == [Target.LINKERD_VALUES]
