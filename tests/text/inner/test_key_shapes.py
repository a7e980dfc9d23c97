"""Keys in anchors of Kyverno, in lists, in strings, behind prefixes, and in commands word by word."""

from __future__ import annotations

import pytest
from inner_readings import KEY, POINTER, RIGHT, Shown, fragments_of, read

from autofix.readers.model import LONGER_WORD, NOT_SET, NOT_UNDERSTOOD, Delivery, Target
from autofix.text.inner.pairs import LIST

TEXT = Delivery.TEXT
INJECT = "linkerd.io/inject"
WRITTEN_KEY = Shown(KEY, KEY, "true", "true")
TEXT_KEY = Shown(KEY, KEY, "true", "true", TEXT)


@pytest.mark.parametrize(
    ("path", "kinds", "target"),
    [
        ("spec: {template: {metadata: {annotations: %s}}}", "[Job]", Target.POD),
        ("metadata: {annotations: %s}", "[Pod]", Target.POD),
        ("metadata: {+(annotations): %s}", "[Namespace]", Target.NAMESPACE),
        ("metadata: {annotations: %s}", "[Deployment, apps/v1/StatefulSet]", Target.WORKLOAD),
        ("metadata: {+(labels): %s}", "[Pod]", Target.LABELS),
    ],
)
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_kyverno_adds_a_key(path: str, kinds: str, target: Target, quote: str) -> None:
    annotations = f"{{{quote}+({KEY}){quote}: 'true', {quote}+({INJECT}){quote}: enabled}}"
    text = (
        f"rules:\n- match: {{any: [{{resources: {{kinds: {kinds}}}}}]}}\n"
        f"  mutate: {{patchStrategicMerge: {{{path % annotations}}}}}\n"
    )
    assert read(text) == [(target, "", [WRITTEN_KEY, Shown(INJECT, INJECT, "enabled", "enabled")])]


def test_kyverno_asks_for_a_key_or_forbids_it() -> None:
    text = (
        f"pattern:\n  metadata:\n    annotations:\n      =({KEY}): 'true'\n      ({INJECT}): enabled\n"
        f"      X({RIGHT}): 'null'\n      +({KEY}): true\n"
    )
    asked, used = read(text)
    assert asked == (Target.UNKNOWN, NOT_SET, [WRITTEN_KEY, Shown(INJECT, INJECT, "enabled", "enabled")])
    forbidden = Shown(RIGHT, RIGHT, "null", "null", is_set=False)
    assert used == (Target.UNKNOWN, "", [forbidden, Shown(KEY, KEY, True, "true")])


@pytest.mark.parametrize(
    ("text", "target", "reason"),
    [
        (f"podAnnotations:\n- name: {KEY}\n  value: 'true'\n", Target.POD, ""),
        (f"podAnnotations: [{{key: {KEY}, value: 'true'}}]\n", Target.POD, ""),
        (f"pod: [{{annotation: {KEY}, value: 'true'}}]\n", Target.UNKNOWN, ""),
        (f"pod: [{{label: {KEY}, value: 'true'}}]\n", Target.LABELS, ""),
        (f"podLabels: [{{name: {KEY}, value: 'true'}}]\n", Target.LABELS, ""),
        (f"env:\n- name: {KEY}\n  value: 'true'\n", Target.UNKNOWN, NOT_UNDERSTOOD),
        (f'{{"annotations": [{{"Key": "{KEY}", "Value": "true"}}]}}', Target.UNKNOWN, ""),
        (f"annotations:\n- {KEY}: 'true'\n", Target.UNKNOWN, LIST),
        (f"sparkConf:\n- name: spark.kubernetes.driver.annotation.{KEY}\n  value: 'true'\n", Target.POD, ""),
    ],
)
def test_lists_of_keys_and_values(text: str, target: Target, reason: str) -> None:
    assert read(text) == [(target, reason, [WRITTEN_KEY])]


def test_a_selector_without_value_is_one_of_labels() -> None:
    assert read(f"matchExpressions: [{{key: {KEY}, operator: Exists}}]\n") == [
        (Target.LABELS, "", [Shown(KEY, KEY, delivery=Delivery.EXPRESSION)])
    ]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (f"labels:\n- {KEY}=true\n", Target.LABELS),
        (f"podAnnotations: ['{KEY}=true', '{INJECT}=enabled']\n", Target.POD),
        (f"podAnnotations: {KEY}=true\n", Target.POD),
        (f"KUBERNETES_POD_ANNOTATIONS_1: {KEY}=true\n", Target.POD),
        (f"KUBERNETES_NAMESPACE_ANNOTATIONS_12: '{KEY}=true'\n", Target.NAMESPACE),
        (f"SERVICE_ANNOTATIONS_0: {KEY}=true\n", Target.UNKNOWN),
        (f"annotations: '{INJECT}:enabled,{KEY}:true'\n", Target.UNKNOWN),
        (f"annotations: |\n  {INJECT}=enabled\n  {KEY}=true\n", Target.UNKNOWN),
        (f'conf: {{kubernetes.jobmanager.annotations: "a/b:c,{KEY}:true"}}\n', Target.POD),
        (f"conf:\n  kubernetes.rest-service.annotations: {KEY}:true\n", Target.OTHER),
        (f"conf: {{kubernetes.taskmanager.labels: '{KEY}:true'}}\n", Target.LABELS),
    ],
)
def test_pairs_in_strings(text: str, target: Target) -> None:
    [(own_target, reason, settings)] = read(text)
    assert (own_target, reason) == (target, "")
    assert TEXT_KEY in settings
    assert all(setting.quotes is None for fragment in fragments_of(text) for setting in fragment.settings)


def test_pairs_in_one_string_with_a_variable_and_an_empty_value() -> None:
    text = f"annotations: '{KEY}=${{V}},{INJECT}='\n"
    expression = Shown(KEY, KEY, "${V}", "${V}", Delivery.EXPRESSION)
    assert read(text) == [(Target.UNKNOWN, "", [expression, Shown(INJECT, INJECT, "", "", TEXT)])]


@pytest.mark.parametrize(
    ("prefix", "target"),
    [
        ("spark.kubernetes.driver.annotation.", Target.POD),
        ("spark.kubernetes.executor.annotation.", Target.POD),
        ("spark.kubernetes.driver.service.annotation.", Target.OTHER),
        ("spark.kubernetes.driver.label.", Target.LABELS),
        ("pod.annotations.", Target.POD),
        ("my.annotations.", Target.UNKNOWN),
    ],
)
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_keys_behind_a_prefix(prefix: str, target: Target, quote: str) -> None:
    text = f"conf:\n  {quote}{prefix}{KEY}{quote}: 'true'\n  {quote}x.annotation.{KEY}{quote}: true\n  a: b\n"
    assert read(text) == [
        (target, "", [WRITTEN_KEY]),
        (Target.UNKNOWN, "", [Shown(KEY, KEY, True, "true")]),
    ]


def test_an_unknown_prefix_is_reported() -> None:
    assert read(f"conf: {{foo.{KEY}: 'true'}}\n") == [(Target.UNKNOWN, LONGER_WORD, [WRITTEN_KEY])]


@pytest.mark.parametrize(
    ("words", "target", "kind", "name", "namespace"),
    [
        (
            f"kubectl, annotate, namespace, shop, --overwrite, {KEY}=true",
            Target.NAMESPACE,
            "Namespace",
            "shop",
            "shop",
        ),
        (f"annotate, ns/shop, {KEY}=true", Target.NAMESPACE, "Namespace", "shop", "shop"),
        (f"oc, annotate, -n, shop, po, web, {KEY}=true", Target.POD, "Pod", "web", "shop"),
        (
            f"kubectl, annotate, deploy/web, --namespace=shop, {KEY}=true",
            Target.WORKLOAD,
            "Deployment",
            "web",
            "shop",
        ),
        (f"kubectl, label, pods, --all, -l, a=b, '{KEY}=true'", Target.LABELS, "Pod", "", ""),
        (f"kubectl, run, x, '--annotations={KEY}=true'", Target.POD, "", "", ""),
        (f"kamel, run, --annotation, {KEY}=true", Target.POD, "", "", ""),
        (f"argo, submit, x.yaml, --annotations, {KEY}=true", Target.UNKNOWN, "", "", ""),
        (f"spark-submit, --conf, spark.kubernetes.driver.annotation.{KEY}=true", Target.POD, "", "", ""),
        (f"spark-submit, --conf=spark.kubernetes.driver.annotation.{KEY}=true", Target.POD, "", "", ""),
    ],
)
def test_commands_word_by_word(words: str, target: Target, kind: str, name: str, namespace: str) -> None:
    text = f"command: [{words}]\n"
    [fragment] = fragments_of(text)
    assert (fragment.target, fragment.kind, fragment.name, fragment.namespace) == (
        target,
        kind,
        name,
        namespace,
    )
    assert [settings for _, _, settings in read(text)] == [[TEXT_KEY]]


def test_a_command_that_removes_a_key() -> None:
    text = f"args: [annotate, ns, shop, {KEY}-]\n"
    assert read(text) == [(Target.NAMESPACE, "", [Shown(KEY, KEY, delivery=TEXT, is_set=False)])]


@pytest.mark.parametrize("quote", ["'", ""])
def test_gatekeeper_assigns_a_key(quote: str) -> None:
    text = (
        "spec:\n  match: {kinds: [{apiGroups: [''], kinds: [Pod]}]}\n"
        f'  location: {quote}metadata.annotations."{KEY}"{quote}\n  parameters: {{assign: {{value: true}}}}\n'
    )
    assert read(text) == [(Target.POD, "", [Shown(KEY, KEY, True, "true")])]


@pytest.mark.parametrize(
    "text",
    [
        f"podAnnotations: {{{KEY}: 'true'}}\n",
        f"metadata:\n  annotations:\n    x.{KEY}: 'true'\n",
        f"a: [{KEY}, '{KEY}=true']\n",
        f"podAnnotations: |\n  {KEY}: 'true'\n",
        f'podAnnotations: \'{{"{KEY}":"true"}}\'\n',
        f"command: [echo, {KEY}=true]\n",
        f"podAnnotations: [{{name: a, value: {KEY}}}]\n",
        f"x: {POINTER}\n",
    ],
)
def test_whole_keys_of_mappings_and_other_words_are_left_to_others(text: str) -> None:
    assert read(text) == []
