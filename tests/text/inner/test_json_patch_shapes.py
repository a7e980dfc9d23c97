"""Operations of JSON patches: which set a key, which remove or ask for it, and where."""

from __future__ import annotations

import pytest
from inner_readings import KEY, POINTER, RIGHT, Shown, fragments_of, read

from autofix.readers.model import JSON_POINTER, NOT_SET, Delivery, Target
from autofix.text.inner.patches import BARE_SLASH

POD = "/spec/template/metadata/annotations"
EXPRESSION = Delivery.EXPRESSION


@pytest.mark.parametrize(
    ("operation", "setting"),
    [
        (f"op: add\n  path: {POD}/{POINTER}\n  value: 'true'", Shown(KEY, POINTER, "true", "true")),
        (f"op: replace\n  value: yes # why\n  path: '{POD}/{POINTER}'", Shown(KEY, POINTER, True, "yes")),
        (f'op: add\n  path: "{POD}/{POINTER}"\n  value: "a\\"b"', Shown(KEY, POINTER, 'a"b', 'a\\"b')),
        (f"op: add\n  path: >-\n    {POD}/{POINTER}\n  value: 1", Shown(KEY, POINTER, 1, "1")),
        (f"op: remove\n  path: {POD}/{POINTER}", Shown(KEY, POINTER, is_set=False)),
        (f"op: add\n  path: {POD}/{POINTER}\n  value: null", Shown(KEY, POINTER, is_set=False)),
        (f"op: add\n  path: {POD}/{POINTER}\n  value: #@ x", Shown(KEY, POINTER, delivery=EXPRESSION)),
        (f"op: add\n  path: {POD}/{POINTER}\n  value: !x y", Shown(KEY, POINTER, delivery=EXPRESSION)),
        (
            f"op: add\n  path: {POD}/{POINTER}\n  value: ${{V}}",
            Shown(KEY, POINTER, "${V}", "${V}", delivery=EXPRESSION),
        ),
    ],
)
def test_one_operation(operation: str, setting: Shown) -> None:
    text = f"- {operation}\n"
    assert read(text) == [(Target.POD, "", [setting])]
    inside = "".join(f"    {line}\n" for line in text.splitlines())
    assert read(f"spec:\n  patch:\n{inside}") == [(Target.POD, "", [setting])]


@pytest.mark.parametrize("indent", ["", "\n  "])
def test_json(indent: str) -> None:
    text = (
        f'[{indent}{{"op": "add", "path": "{POD}/{POINTER}", "value": true}},'
        f'{indent}{{"op": "add", "path": "{POD}/a.b~1c", "value": "{{{{x}}}}"}}]'
    )
    other = Shown("a.b/c", "a.b~1c", "{{x}}", "{{x}}", EXPRESSION)
    assert read(text) == [(Target.POD, "", [Shown(KEY, POINTER, True, "true"), other])]
    [setting, _] = fragments_of(text)[0].settings
    assert (setting.quotes, setting.escapes) == (('"', '"'), JSON_POINTER)


@pytest.mark.parametrize(
    ("parent", "target"),
    [
        ("/metadata/annotations", Target.UNKNOWN),
        ("/metadata/labels", Target.LABELS),
        ("/spec/selector/matchLabels", Target.LABELS),
        ("/spec/template/metadata/annotations", Target.POD),
        ("/spec/jobTemplate/spec/template/metadata/annotations", Target.POD),
        ("/spec/jobTemplate/metadata/annotations", Target.WORKLOAD),
        ("/spec/volumeClaimTemplates/0/metadata/annotations", Target.OTHER),
        ("/spec/values/podAnnotations", Target.POD),
        ("/spec/podMetadata/annotations", Target.POD),
    ],
)
def test_the_path_says_whose_annotations_they_are(parent: str, target: Target) -> None:
    text = f"- {{op: add, path: {parent}/{POINTER}, value: 'true'}}\n"
    assert read(text) == [(target, "", [Shown(KEY, POINTER, "true", "true")])]


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("Namespace", Target.NAMESPACE),
        ("Pod", Target.POD),
        ("Deployment", Target.WORKLOAD),
        ("Deployment|StatefulSet", Target.WORKLOAD),
        ("Rollout", Target.UNKNOWN),
    ],
)
def test_the_target_of_a_patch_says_whose_own_annotations_they_are(kind: str, target: Target) -> None:
    text = (
        f"patches:\n- target: {{kind: {kind}, name: a, namespace: b}}\n  patch:\n"
        f"  - {{op: add, path: /metadata/annotations/{POINTER}, value: 'true'}}\n"
    )
    [fragment] = fragments_of(text)
    kind, namespace = "" if "|" in kind else kind, "a" if kind == "Namespace" else "b"
    assert (fragment.target, fragment.kind, fragment.name, fragment.namespace) == (
        target,
        kind,
        "a",
        namespace,
    )


def test_operations_on_one_parent_are_one_fragment() -> None:
    text = (
        f"- {{op: remove, path: {POD}/{POINTER}}}\n"
        f"- {{op: add, path: {POD}/{RIGHT.replace('/', '~1')}, value: 'true'}}\n"
        f"- {{op: add, path: /metadata/annotations/{POINTER}, value: 'true'}}\n"
        "- {op: add, path: /metadata/annotations/other, value: 1}\n"
        "- {op: add, path: /spec/replicas, value: 1}\n"
    )
    assert read(text) == [
        (
            Target.POD,
            "",
            [
                Shown(KEY, POINTER, is_set=False),
                Shown(RIGHT, RIGHT.replace("/", "~1"), "true", "true"),
            ],
        ),
        (Target.UNKNOWN, "", [Shown(KEY, POINTER, "true", "true"), Shown("other", "other", 1, "1")]),
    ]


def test_what_is_only_asked_for_or_moved_is_not_set_and_not_edited() -> None:
    own = "/metadata/annotations"
    text = (
        f"- {{op: test, path: {POD}/{POINTER}, value: 'true'}}\n"
        f"- {{op: replace, path: {POD}/{POINTER}, value: 'false'}}\n"
        f"- {{op: move, from: {own}/{POINTER}, path: {own}/{RIGHT.replace('/', '~1')}}}\n"
    )
    assert read(text) == [
        (Target.POD, NOT_SET, [Shown(KEY, POINTER, is_set=False)]),
        (Target.POD, NOT_SET, [Shown(KEY, POINTER, "false", "false")]),
        (
            Target.UNKNOWN,
            NOT_SET,
            [
                Shown(RIGHT, RIGHT.replace("/", "~1"), is_set=False),
                Shown(KEY, POINTER, is_set=False),
            ],
        ),
    ]


def test_a_slash_without_escape_is_reported() -> None:
    text = f"- {{op: add, path: {POD}/{KEY}, value: 'true'}}\n"
    assert read(text) == [(Target.POD, BARE_SLASH, [Shown(KEY, KEY, "true", "true")])]


@pytest.mark.parametrize(
    "text",
    [
        "- {op: add, path: /metadata/annotations/a.b~1c, value: true}\n",
        f"- {{op: add, path: 1, value: {KEY}}}\n",
        f"- {{path: {POD}/{POINTER}, value: 'true'}}\n",
        f"- {{op: add, path: {POD}/, value: 'true'}}\n",
        # A whole key of a mapping.
        f"- {{op: add, path: {POD}, value: {{{KEY}: true}}}}\n",
    ],
)
def test_what_is_no_operation_on_a_key(text: str) -> None:
    assert read(text) == []
