"""AFX206: a value to which a tool gives a type, and values that only a program knows."""

from __future__ import annotations

from typing import Any

import pytest
from builders import ALPHA, ALPHA_ERA, GA, WAIT, WRONG, namespace, pod
from fixing import codes, fix, fixed, found
from texts import check

from autofix.kubernetes.scalars import Expression, TypedText, is_string, type_by_helm

INJECT, AWAIT = "linkerd.io/inject", "config.linkerd.io/proxy-await"
DEBUG, LIMIT = "config.linkerd.io/enable-debug-sidecar", "config.linkerd.io/proxy-cpu-limit"
VALUE_RULES = {f"AFX20{number}" for number in range(1, 7)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("true", True), ("True", True), ("tRUE", True), ("false", False), ("FALSE", False)),
        *(("null", None), ("NULL", None), ("0", 0), ("5", 5), ("-5", -5), ("+5", 5), ("-05", -5)),
        *((str(2**63 - 1), 2**63 - 1), (str(-(2**63)), -(2**63))),
    ],
)
def test_of_these_helm_makes_another_type(text: str, value: object) -> None:
    assert type_by_helm(text) is value or type_by_helm(text) == value
    assert not is_string(TypedText(text))
    assert TypedText(text) != text
    assert text != TypedText(text)
    assert TypedText(text) == TypedText(text)


@pytest.mark.parametrize(
    "text",
    ["", "yes", "on", "t", "05", "00", "0.5", "1e3", "1_000", "~", " true", str(2**63), "\u0665"],
)
def test_these_stay_strings(text: str) -> None:
    assert type_by_helm(text) == text
    assert is_string(TypedText(text))
    assert TypedText(text) == text
    assert "AFX206" not in codes({ALPHA: TypedText(text)})


@pytest.mark.parametrize(
    ("key", "text", "right"),
    [
        (ALPHA, "true", "true"),
        (ALPHA, "false", "false"),
        (ALPHA, "True", "True"),
        (ALPHA, "1", "1"),
        (DEBUG, "true", "true"),
        (INJECT, "true", "enabled"),
        (AWAIT, "false", "disabled"),
        (WAIT, "30", "30"),
        (LIMIT, "1", "1"),
        ("config.linkerd.io/proxy-uid", "2102", "2102"),
    ],
)
def test_it_becomes_a_plain_string(key: str, text: str, right: str) -> None:
    [finding] = found({key: TypedText(text)}, "AFX206")
    assert finding.applicability == "safe"
    assert "--set-string" in finding.message
    result = fix(pod({key: TypedText(text)}))
    assert [(operation["op"], operation["value"]) for operation in result.operations] == [("replace", right)]
    value = result.object["metadata"]["annotations"][key]  # type: ignore[index]
    assert type(value) is str


@pytest.mark.parametrize(
    ("annotations", "right"),
    [
        ({WRONG: TypedText("true")}, {ALPHA: "true"}),
        ({GA: TypedText("false")}, {ALPHA: "false"}),
        ({WRONG: Expression("true")}, {ALPHA: Expression("true")}),
        ({GA: Expression("false"), INJECT: Expression("{{ .inject }}")}, None),
    ],
)
def test_a_key_is_renamed_as_if_the_value_were_readable(
    annotations: dict[str, Any], right: dict[str, Any] | None
) -> None:
    after = fixed(annotations)
    assert after == (right or {ALPHA: annotations[GA], INJECT: annotations[INJECT]})
    kept = {type(value) for value in annotations.values()}
    assert {type(value) for value in after.values()} == (kept if Expression in kept else {str})


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("prometheus.io/scrape", "true"),
        ("prometheus.io/port", "9090"),
        (ALPHA, "null"),
        (ALPHA, "5"),
        ("config.linkerd.io/opaque-ports", "true"),
        ("linkerd.io/unheard-of", "true"),
    ],
)
def test_where_no_string_is_sure_it_is_shown(key: str, text: str) -> None:
    entries = {INJECT: "enabled", key: TypedText(text)}
    [finding] = found(entries, "AFX206", unsafe=True)
    assert finding.applicability == "display"
    assert fixed(entries, unsafe=True) == entries


@pytest.mark.parametrize(
    "annotations",
    [
        {ALPHA: "true", INJECT: "enabled"},
        {ALPHA: TypedText("t")},
        {INJECT: TypedText("enabled")},
        {"config.linkerd.io/opaque-ports": TypedText("3306-3310")},
        {LIMIT: TypedText("0.5")},
        {ALPHA: Expression("true"), INJECT: Expression("{{ .Values.inject }}")},
        {INJECT: Expression("true"), AWAIT: Expression("")},
        {ALPHA: Expression("{{ .native }}"), "a.example/b": Expression("${B}")},
    ],
)
def test_strings_and_what_a_program_fills_in_are_left_alone(annotations: dict[str, Any]) -> None:
    assert VALUE_RULES.isdisjoint(codes(annotations))
    assert "AFX201" not in codes({**annotations, WRONG: "true"})


def test_no_other_rule_speaks_of_the_value_beside_it() -> None:
    for key in (ALPHA, INJECT, DEBUG, LIMIT):
        assert VALUE_RULES & set(codes({key: TypedText("true")})) == {"AFX206"}
    assert VALUE_RULES & set(codes({INJECT: TypedText("yes")})) == {"AFX203"}
    assert VALUE_RULES & set(codes({DEBUG: TypedText("yes")})) == {"AFX202"}


def test_a_string_must_not_make_the_injector_deny_the_pod() -> None:
    annotations = {ALPHA: TypedText("true"), WAIT: "5"}
    assert fixed(annotations) == annotations
    assert "AFX402" in codes(annotations)
    assert fixed({WRONG: Expression("true"), WAIT: "5"}) == {WRONG: Expression("true"), WAIT: "5"}


def test_on_a_namespace_and_in_a_release_without_the_feature() -> None:
    obj = namespace({ALPHA: TypedText("true")})
    assert fix(obj, release=ALPHA_ERA).operations
    assert not fix(obj, release="2.14").operations
    assert found(obj, "AFX206", release="2.14")[0].withheld


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{{ .Values.native }}", ["AFX206"]),
        ("{{ if .Values.native }}true{{ else }}false{{ end }}", ["AFX206"]),
        ("{{- .Values.native | default true }}", ["AFX206"]),
        ("{{ .Values.native | quote }}", []),
        ("{{ .Values.native | squote -}}", []),
        ('"{{ .Values.native }}"', []),
        ("'{{ .Values.native }}'", []),
        ("${NATIVE}", []),
    ],
)
def test_a_template_that_prints_a_boolean_without_quotes(value: str, expected: list[str]) -> None:
    head = "metadata:\n  name: {{ .x }}\n  annotations:\n    linkerd.io/inject: {{ .y }}\n"
    text = f"{head}    {ALPHA}: {value}\n"
    checked = check("a.tpl", text)
    assert [finding.code for finding in checked.findings] == expected
    assert checked.text == text
