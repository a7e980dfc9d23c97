"""What Helm, bash and kustomize make of texts before and after a fix."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from round_trip_texts import RIGHT, Text
from text_forms import BY_NAME, CASES, WRONG_KEY, Form, forms, reduced
from text_oracles import (
    Call,
    annotations_in,
    check_annotations,
    check_objects,
    kustomized,
    printed,
    recorded,
    rendered,
    without_native,
)
from texts import check

import autofix


def helm_templates() -> list[str]:
    return [name for name in BY_NAME if name.startswith("helm-") and name.endswith(".yaml")]


@pytest.mark.parametrize("name", helm_templates())
def test_helm_renders_what_was_meant(name: str, tmp_path: Path) -> None:
    every = forms(BY_NAME[name], 60)
    assert len(every) > 40
    before = rendered(tmp_path, [form.before for form in every])
    after = rendered(tmp_path, [form.after for form in every])
    for old, new, form in zip(before, after, every, strict=True):
        assert any(autofix.is_native_like(key) for found in annotations_in(new) for key in found)
        check_objects(old, new, form.release, form.intent)


def test_helm_renders_a_definition_as_it_was_meant(tmp_path: Path) -> None:
    every = forms(BY_NAME["helm-helper.tpl"], 60)
    pod = '\napiVersion: v1\nkind: Pod\nmetadata:\n  annotations: {{- include "NAME" . | nindent 4 }}\n'

    def templates(texts: list[str]) -> list[str]:
        names = [f"web.annotations{number}" for number in range(len(texts))]
        return [
            (text + pod.replace("NAME", "web.podAnnotations")).replace("web.podAnnotations", name)
            for name, text in zip(names, texts, strict=True)
        ]

    before = rendered(tmp_path, templates([form.before for form in every]))
    after = rendered(tmp_path, templates([form.after for form in every]))
    for old, new, form in zip(before, after, every, strict=True):
        check_objects(old, new, form.release, form.intent)


@pytest.mark.parametrize(
    ("name", "path"),
    [("values.yaml", ".Values.podAnnotations"), ("values-nested.yaml", ".Values.controller.podAnnotations")],
)
def test_helm_prints_values_as_they_were_meant(name: str, path: str, tmp_path: Path) -> None:
    for form in forms(BY_NAME[name], 6):
        before, after = (
            printed(tmp_path, path, "--values", "-", text=text) for text in (form.before, form.after)
        )
        check_objects(before, after, form.release, form.intent)


@pytest.mark.parametrize(
    "path",
    [
        "text/01-wait-template.yaml",
        "text/07-switch-template.yaml",
        "text/34-template-labels.yaml",
        "c44/template.yaml",
    ],
)
@pytest.mark.parametrize("release", [*RIGHT, "2.14"])
def test_helm_renders_nothing_worse_of_real_templates(path: str, release: str, tmp_path: Path) -> None:
    text = (CASES / path).read_text(encoding="utf-8")
    after = check("template.yaml", text, release=release).text
    for option in ("linkerd220=true", "linkerd220=false"):
        old, new = rendered(tmp_path, [text, after], "--set", option)
        check_objects(old, new, release)


SCRIPTS = [
    name for name, text in BY_NAME.items() if name == "Makefile" or (name.endswith(".sh") and text.values)
]


def annotations_of(call: Call) -> Iterator[dict[str, Any]]:
    """The annotations that a call of kubectl sets."""
    words = list(call.words)
    if "annotate" in words:
        pairs = [word.partition("=") for word in words if "/" in word.partition("=")[0] and "=" in word]
        yield {key: value for key, _, value in pairs}
    for option, value in pairwise(words):
        if option == "-p":
            yield from _annotations_in_json(value)
    for word in words:
        option, _, value = word.partition("=")
        if option == "--annotations":
            key, _, value = value.partition("=")
            yield {key: value}
        elif option in ("--overrides", "-p") and value:
            yield from _annotations_in_json(value)


def _annotations_in_json(text: str) -> Iterator[dict[str, Any]]:
    value = json.loads(text)
    yield from annotations_in(value)
    for operation in value if isinstance(value, list) else []:
        yield {operation["path"].rpartition("/")[2].replace("~1", "/"): operation["value"]}


@pytest.mark.parametrize("name", SCRIPTS)
def test_programs_get_from_bash_what_was_meant(name: str, tmp_path: Path) -> None:
    checked = 0
    for form in forms(BY_NAME[name], 6):
        before, after = (recorded(tmp_path / "run", name, text) for text in (form.before, form.after))
        assert len(before) == len(after) > 0
        for old, new in zip(before, after, strict=True):
            assert reduced(old.words) == reduced(new.words)
            checked += check_call(old, new, form, BY_NAME[name], tmp_path)
    assert checked > 0


def check_call(old: Call, new: Call, form: Form, text: Text, folder: Path) -> int:
    """Check a call before and after a fix, and count what was checked."""
    if new.words[0] == "helm" and {"install", "upgrade"} & set(new.words):
        path = ".Values.server.podAnnotations" if new.text else ".Values.podAnnotations"
        before, after = (printed(folder, path, *values_of(call), text=call.text) for call in (old, new))
        check_objects(before, after, form.release, form.intent)
        return 1
    if "apply" in new.words:
        before, after = (list(yaml.safe_load_all(call.text)) for call in (old, new))
        check_objects(before, after, form.release, form.intent)
        return 1
    count = 0
    for old_map, new_map in zip(annotations_of(old), annotations_of(new), strict=True):
        native = any(map(autofix.is_native_like, new_map))
        intent = form.intent if native else None
        check_annotations(old_map, new_map, form.release, intent, is_namespace=text.is_namespace)
        count += native
    return count


def values_of(call: Call) -> list[str]:
    """The options of a call of Helm that set values."""
    words = call.words
    options = ("--set", "--set-string", "--set-json", "--values", "-f")
    return [
        word
        for number, word in enumerate(words)
        if word in options or (number and words[number - 1] in options)
    ]


@pytest.mark.parametrize("quotes", ["'{}'", '"{}"', "{}"])
@pytest.mark.parametrize("value", ["true", "false", "enabled"])
def test_helm_gets_a_string_after_the_fix_of_a_typed_value(quotes: str, value: str, tmp_path: Path) -> None:
    for release, key in (("2.17", RIGHT["2.17"]), ("2.19", WRONG_KEY)):
        path = "podAnnotations." + key.replace(".", "\\\\." if quotes == "{}" else "\\.")
        word = quotes.format(f"{path}={value}")
        text = f"helm upgrade web ./web --set image.tag=2 --set {word} --wait\n"
        fixed = check("x.sh", text, release=release).text
        assert fixed != text
        calls = [recorded(tmp_path / "run", "x.sh", each)[0] for each in (text, fixed)]
        before, after = (printed(tmp_path, ".Values.podAnnotations", *values_of(call)) for call in calls)
        check_objects(before, after, release, value != "false")


@pytest.mark.parametrize(
    "path",
    [
        *("c02/install.sh", "c05/submit.sh", "c08/create.sh", "c20/submit-one.sh", "c35/patch.sh"),
        *("c44/ns.sh", "c45/annotate-minus.sh", "c45/migrate.sh", "c58/label.sh"),
        *("c63/camelk.sh", "c64/flink.sh", "text/04-wait.sh"),
    ],
)
def test_nothing_else_changes_for_programs_in_real_scripts(path: str, tmp_path: Path) -> None:
    text = (CASES / path).read_text(encoding="utf-8")
    before = recorded(tmp_path / "run", "x.sh", text)
    assert before
    for release in (*RIGHT, "2.14"):
        fixed = check("x.sh", text, release=release).text
        after = recorded(tmp_path / "run", "x.sh", fixed) if fixed != text else before
        for old, new in zip(before, after, strict=True):
            assert _as_typed(reduced(old.words)) == _as_typed(reduced(new.words))
            assert without_native(yaml.safe_load(old.text)) == without_native(yaml.safe_load(new.text)) or (
                "podAnnotations" in new.text
            )
            for old_map, new_map in zip(annotations_of(old), annotations_of(new), strict=True):
                is_namespace = bool({"ns", "namespace"} & set(new.words))
                check_annotations(old_map, new_map, release, None, is_namespace=is_namespace)


def _as_typed(words: list[str]) -> list[str]:
    return ["--set" if word == "--set-string" else word for word in words]


BASE = """\
apiVersion: apps/v1
kind: KIND
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {example.com/team: a}
    spec: {containers: [{name: web, image: web}]}
"""


@pytest.mark.parametrize(
    "name", [name for name in BY_NAME if name.startswith("kustomization") or name == "patch-file.yaml"]
)
def test_kustomize_builds_what_was_meant(name: str, tmp_path: Path) -> None:
    base = BASE.replace("KIND", "StatefulSet" if name == "patch-file.yaml" else "Deployment")
    built = 0
    for form in forms(BY_NAME[name], 6):
        before, after = (kustomized(tmp_path, name, text, base) for text in (form.before, form.after))
        assert after is not None
        check_objects(before, after, form.release, form.intent)
        built += before is not None
    assert built > 0
