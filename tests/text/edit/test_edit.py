"""Editing text in place: what changes is the key and the value, and nothing else."""

from __future__ import annotations

import difflib
import json
from typing import Any

import pytest
from builders import ALPHA, BETA, GA, WRONG
from hypothesis import given, settings
from hypothesis import strategies as st

import autofix
from autofix.text.check import CheckedFile, check_files
from autofix.text.document import NotEditableError
from autofix.text.edit.text_edit import TextEdit, apply_edits
from autofix.text.file import read_file

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:"


def check(text: str, **known: Any) -> CheckedFile:
    options = autofix.options(**{"release": "2.17", **known})
    [checked] = check_files([read_file(text.encode(), "f")], options)
    return checked


def fixed(text: str, **known: Any) -> str:
    checked = check(text, **known)
    assert checked.problem is None, checked.problem
    return checked.text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # Block style: plain, quoted, with comments, with odd spaces.
        (f"\n    {WRONG}: true", f'\n    {ALPHA}: "true"'),
        (
            f"\n    # a\n    {WRONG}:    'yes'   # b\n    c: d\n",
            f"\n    # a\n    {ALPHA}:    'true'   # b\n    c: d\n",
        ),
        (f"\n    '{WRONG}': \"true\"\n", f"\n    '{ALPHA}': \"true\"\n"),
        (f'\n    "{WRONG}" : "1"\n', f'\n    "{ALPHA}" : "1"\n'),
        (f"\n    ? {WRONG}\n    : true\n", f'\n    ? {ALPHA}\n    : "true"\n'),
        (f"\n    {WRONG}: !!str true\n", f"\n    {ALPHA}: !!str true\n"),
        (f"\n    {WRONG}:\n      true\n    b: c\n", f'\n    {ALPHA}:\n      "true"\n    b: c\n'),
        # Block scalars become plain scalars, because what Linkerd reads has no line break.
        (f"\n    {WRONG}: |\n      true\n    b: c\n", f'\n    {ALPHA}: "true"\n    b: c\n'),
        (f"\n    {WRONG}: >-\n      yes\n", f'\n    {ALPHA}: "true"\n'),
        (f"\n    {WRONG}: |-\n      true\n", f"\n    {ALPHA}: |-\n      true\n"),
        # Flow style.
        (f" {{{WRONG}: true}}", f' {{{ALPHA}: "true"}}'),
        (f" {{ a: b,\n   {WRONG}: 'no' , c: d }}\n", f" {{ a: b,\n   {ALPHA}: 'false' , c: d }}\n"),
        (f' {{"{WRONG}":"true"}}\n', f' {{"{ALPHA}":"true"}}\n'),
        # Letters beyond ASCII before it shift bytes, not characters.
        (f"\n    é: '日本'\n    {WRONG}: true # ü\n", f"\n    é: '日本'\n    {ALPHA}: \"true\" # ü\n"),
        # Removal: the line is removed, comments above stay.
        (
            f"\n    {ALPHA}: 'true'\n    # why\n    {WRONG}: true # x\n    b: c",
            f"\n    {ALPHA}: 'true'\n    # why\n    b: c",
        ),
        (f"\n    {WRONG}: true\n    {ALPHA}: 'true'\n", f"\n    {ALPHA}: 'true'\n"),
        (f"\n    b: c\n    {ALPHA}: 'true'\n    {WRONG}: 'true'", f"\n    b: c\n    {ALPHA}: 'true'\n"),
        (f" {{{WRONG}: true, {ALPHA}: 'true'}}", f" {{{ALPHA}: 'true'}}"),
        (f" {{{ALPHA}: 'true', {WRONG}: true, linkerd.io/native-sidecar: 'true'}}", f" {{{ALPHA}: 'true'}}"),
        # Duplicates that agree: the last one counts, and only it remains.
        (f"\n    {WRONG}: 'on'\n    {WRONG}: 'yes'\n", f"\n    {ALPHA}: 'true'\n"),
        # Anchors stay; a definition is edited once.
        (f" &a\n    {WRONG}: true\nx: *a\n", f' &a\n    {ALPHA}: "true"\nx: *a\n'),
        (f"\n    {WRONG}: &v true\n    b: c\n", f'\n    {ALPHA}: &v "true"\n    b: c\n'),
        (f"\n    {WRONG}: *v\n", None),
    ],
)
def test_pods_in_many_styles(before: str, after: str | None) -> None:
    if after is None:
        text = f"x: &v 'yes'\n{POD}{before}"
        assert fixed(text) == text.replace(WRONG, ALPHA).replace("*v", '"true"')
    else:
        assert fixed(POD + before) == POD + after


def test_merged_mappings_are_edited_where_they_are_defined() -> None:
    text = f"x-common: &c\n  {WRONG}: yes\n{POD}\n    <<: *c\n    b: c\n"
    assert fixed(text) == text.replace(WRONG, ALPHA).replace("yes", '"true"')


SHARED = """\
apiVersion: v1
kind: List
items:
- apiVersion: batch/v1
  kind: Job
  metadata: {name: a}
  spec: {template: {metadata: {annotations: &shared {linkerd.io/inject: enabled}}}}
- apiVersion: KIND
  metadata: {name: b}
  spec: {template: {metadata: {annotations: *shared}}}
"""


def test_a_value_that_is_not_equal_to_itself_stops_no_fix_beside_it() -> None:
    """YAML has one, and the proof reads every document again that has an anchor beside it."""
    text = f"apiVersion: v1\nkind: Pod\nspec: {{a: .nan}}\n---\n{POD} &a {{{WRONG}: yes}}\n"
    assert fixed(text) == text.replace(f"{WRONG}: yes", f'{ALPHA}: "true"')


def test_an_anchor_gives_a_key_to_no_object_that_the_fix_is_not_about() -> None:
    text = SHARED.replace("KIND", "apps/v1\n  kind: Deployment")
    checked = check(text, unsafe=True)
    assert "/items/1/spec/template/metadata/annotations would get it, too" in str(checked.problem)
    assert checked.text == text
    # If both are Jobs, the fix is about both.
    text = SHARED.replace("KIND", "batch/v1\n  kind: Job")
    added = f'{{{ALPHA}: "true", linkerd'
    assert fixed(text, unsafe=True) == text.replace("{linkerd", added)


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_stays_json(indent: Any) -> None:
    pods = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {"é": "ü\\/", key: value}}}
        for key, value in ((WRONG, True), (ALPHA, "true"))
    ]
    before, after = (json.dumps(pod, indent=indent, ensure_ascii=False) for pod in pods)
    assert fixed(before) == after
    # Several values in one text.
    assert fixed(f"{before}\n{after} {before}") == f"{after}\n{after} {after}"


@pytest.mark.parametrize(
    ("metadata", "after"),
    [
        (
            "metadata:\n      labels: {a: b}\n",
            f'metadata:\n      annotations:\n        {ALPHA}: "true"\n      labels: {{a: b}}\n',
        ),
        ("metadata:\n      annotations:\n", f'metadata:\n      annotations: {{{ALPHA}: "true"}}\n'),
        (
            "metadata:\n      annotations: # soon\n",
            f'metadata:\n      annotations: {{{ALPHA}: "true"}} # soon\n',
        ),
        ("metadata:\n      annotations: null\n", f'metadata:\n      annotations: {{{ALPHA}: "true"}}\n'),
        ("metadata: {annotations: {}}\n", f'metadata: {{annotations: {{{ALPHA}: "true"}}}}\n'),
        ("metadata: {annotations: {a: b}}\n", f'metadata: {{annotations: {{{ALPHA}: "true", a: b}}}}\n'),
        (
            "metadata:\n      annotations:\n          a: b\n",
            f'metadata:\n      annotations:\n          {ALPHA}: "true"\n          a: b\n',
        ),
    ],
)
def test_a_key_is_added_where_it_belongs(metadata: str, after: str) -> None:
    def deployment(own: str, inner: str) -> str:
        head = f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web{own}\nspec:\n  template:\n"
        return f"{head}    {inner}    spec: {{containers: []}}\n"

    before = deployment(f"\n  annotations:\n    {ALPHA}: 'true'\n    b: c", metadata)
    assert fixed(before, unsafe=True) == deployment("\n  annotations:\n    b: c", after)


def test_a_mapping_that_becomes_empty_says_so() -> None:
    own, inner = f"annotations:\n    {ALPHA}: 'true'", f"annotations: {{{ALPHA}: 'true'}}"
    spec = f"spec:\n  template:\n    metadata:\n      {inner}\n"
    job = f"apiVersion: batch/v1\nkind: Job\nmetadata:\n  %s\n{spec}"
    assert fixed(job % own, unsafe=True) == job % "annotations: {}"


def object_of(version: str, kind: str, body: str) -> str:
    return f"apiVersion: {version}\nkind: {kind}\n{body}"


@pytest.mark.parametrize(
    "text",
    [
        f"podAnnotations:\n  {WRONG}: true # why\n  other: x\n",
        f"a:\n- b: {{'{WRONG}': \"on\"}}\n- c\n",
        object_of(
            "kustomize.config.k8s.io/v1beta1", "Kustomization", f"commonAnnotations:\n  {WRONG}: yes\n"
        ),
        object_of(
            "argoproj.io/v1alpha1",
            "Application",
            f"spec:\n  source:\n    helm:\n      valuesObject:\n        pod:\n          {WRONG}: yes\n",
        ),
        object_of(
            "helm.toolkit.fluxcd.io/v2", "HelmRelease", f"spec:\n  values: {{a: {{{WRONG}: 'true'}}}}\n"
        ),
    ],
)
def test_annotations_in_yaml_that_is_no_object(text: str) -> None:
    after = fixed(text)
    assert WRONG not in after
    assert [line for line in after.splitlines() if ALPHA not in line] == [
        line for line in text.splitlines() if WRONG not in line
    ]


@pytest.mark.parametrize(
    "text",
    [
        # Text in strings, schemas and labels is no annotation.
        f"description: 'set {WRONG}: true'\n",
        f"podLabels:\n  {WRONG}: true\n",
        f"- op: add\n  path: /metadata/annotations\n  value: '{WRONG}'\n",
    ],
)
def test_strings_and_labels_are_left_alone(text: str) -> None:
    assert fixed(text) == text


def test_yaml_in_a_string_is_looked_into() -> None:
    data = f"  a.yaml: |\n    {WRONG}: true\n  b: set {WRONG}, it is true\n"
    text = f"apiVersion: v1\nkind: ConfigMap\ndata:\n{data}"
    assert fixed(text) == text.replace(f"{WRONG}: true", f'{ALPHA}: "true"')


def test_edits_are_made_all_or_none() -> None:
    assert apply_edits("abcdef", [TextEdit(4, 5, "E"), TextEdit(0, 1, ""), TextEdit(2, 2, "-")]) == "b-cdEf"
    assert apply_edits("abc", [TextEdit(0, 1, "x"), TextEdit(0, 1, "x")]) == "xbc"
    with pytest.raises(NotEditableError, match="in the same place"):
        apply_edits("abc", [TextEdit(0, 2, "x"), TextEdit(1, 3, "y")])


quotes = st.sampled_from(["'", '"'])
comments = st.sampled_from(["", "  # why", " #", "   # {a: b}"])
gaps = st.sampled_from([" ", "   "])
neighbours = st.lists(
    st.sampled_from(["a: b", "'c': \"d\"", "# a comment", "", "e.f/g: 'h'", "i: {j: k}", "l: |\n  m\n  n"]),
    max_size=3,
)
WRONG_KEYS = [WRONG, "linkerd.io/native-sidecar", BETA, GA, "config.linkerd.io/proxyNativeSidecar"]
TRUE = ["yes", "on", "enabled", "tRUE", " true"]
FALSE = ["no", "off", "disabled", "fALSE", "false "]


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, str]:
    """A right file in any style, and a wrong version of it as a person may write it."""
    key_quote, quote = draw(st.sampled_from(["", "'", '"'])), draw(quotes)
    value = draw(st.sampled_from(["true", "false"]))
    wrong_key = draw(st.sampled_from([ALPHA, *WRONG_KEYS]))
    words = TRUE if value == "true" else FALSE
    wrong_value = draw(st.sampled_from([f"{quote}{word}{quote}" for word in (value, *words)]))
    if quote == '"' and draw(st.booleans()):
        # Without quotes: the fix writes the usual quotes.
        wrong_value = draw(st.sampled_from([value, *(word for word in words if word == word.strip())]))
    indent = draw(st.sampled_from(["  ", "    "]))
    flow = draw(st.booleans())
    gap, comment = draw(gaps), draw(comments)
    before, after = draw(neighbours), draw(neighbours)
    shape = draw(st.sampled_from(["pod", "cronjob", "namespace", "values", "list"]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    end, start = (
        draw(st.sampled_from(["", newline])),
        draw(st.sampled_from(["", "\ufeff", "---\n", "# head\n\n"])),
    )

    def text(key: str, shown: str) -> str:
        entry = f"{key_quote}{key}{key_quote}:{gap}{shown}"
        if flow:
            body = f" {{a: b, {entry}, c: d}}{comment}"
        else:
            lines = [*before, f"{entry}{comment}", *after]
            body = "\n" + "\n".join(
                f"{indent}{line}" if line else line for part in lines for line in part.split("\n")
            )
        return start + _shaped(shape, body, indent).replace("\n", newline).rstrip("\r\n") + end

    return text(ALPHA, f"{quote}{value}{quote}"), text(wrong_key, wrong_value)


def _shaped(shape: str, body: str, indent: str) -> str:
    """Put annotations where they stand in an object of a kind."""
    depth = {"pod": 1, "namespace": 1, "values": 0, "list": 2, "cronjob": 5}[shape]
    moved = body.replace("\n", "\n" + indent * depth)
    outer = {
        "pod": ["apiVersion: v1", "kind: Pod", "metadata:"],
        "namespace": ["apiVersion: v1", "kind: Namespace", "metadata:"],
        "values": ["image: x"],
        "list": [
            *("apiVersion: v1", "kind: List", "items:", f"-{indent}"),
            *(f"{indent}{line}" for line in ("apiVersion: v1", "kind: Pod", "metadata:")),
        ],
        "cronjob": [
            *("apiVersion: batch/v1", "kind: CronJob", "spec:"),
            *(
                indent * n + f"{part}:"
                for n, part in enumerate(("jobTemplate", "spec", "template", "metadata"), 1)
            ),
        ],
    }
    name = "podAnnotations" if shape == "values" else "annotations"
    return "\n".join([*outer[shape], f"{indent * depth}{name}:{moved}"])


@settings(max_examples=500)
@given(mutations())
def test_a_mistake_in_any_style_is_undone_to_the_byte(pair: tuple[str, str]) -> None:
    right, wrong = pair
    assert fixed(right) == right
    after = fixed(wrong)
    assert after == right, "".join(difflib.ndiff(right.splitlines(True), after.splitlines(True)))
