"""AFX304: a native-sidecar word in Linkerd's own Helm values that the chart does not read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from paths import DATA

import autofix
from autofix import Finding
from autofix.engine.examine import Examined, Reading, examine
from autofix.kubernetes.locations import Location, Role
from autofix.kubernetes.scalars import Expression, TypedText
from autofix.linkerd.helm import NATIVE_SIDECAR, WAIT_BEFORE_EXIT, WRONG_PATHS
from autofix.rules.context import Context

LOCATION = Location(Role.LINKERD_VALUES, ("values",), None, "")


def examined(values: dict[str, Any], **known: Any) -> Examined:
    options = autofix.options(**{"release": "2.20", **known})
    reading = Reading((LOCATION,), {LOCATION.path: values}, (), built_in=False)
    return examine(reading, Context(options))


def after(values: dict[str, Any], **known: Any) -> dict[str, Any]:
    return dict(examined(values, **known).after[LOCATION.path])


def found(values: dict[str, Any], code: str = "AFX304", **known: Any) -> list[Finding]:
    return [finding for finding in examined(values, **known).findings if finding.code == code]


def test_the_wrong_names_are_those_of_the_table() -> None:
    rows = json.loads((DATA / "mapping.json").read_text())["placement"]
    [row] = [row for row in rows if row["wrong"].startswith("Helm: ")]
    names = row["wrong"].removeprefix("Helm: ").replace(" (root)", "").split(", ")
    assert set(names) == WRONG_PATHS
    assert row["right"].startswith(NATIVE_SIDECAR)


@pytest.mark.parametrize("release", ["2.17", "2.20", None])
@pytest.mark.parametrize(
    ("value", "right"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("False", False),
        ("yes", True),
        (TypedText("true"), TypedText("true")),
        (Expression("{{ .native }}"), Expression("{{ .native }}")),
    ],
)
@pytest.mark.parametrize("path", sorted(WRONG_PATHS))
def test_a_name_that_people_write_becomes_the_right_one(
    path: str, value: object, right: object, release: str | None
) -> None:
    assert after({path: value}, release=release) == {NATIVE_SIDECAR: right}
    assert type(after({path: value}, release=release)[NATIVE_SIDECAR]) is type(right)
    [finding] = found({path: value}, release=release)
    assert finding.applicability == "safe"
    assert finding.message == f"Linkerd's chart does not read {path}; use {NATIVE_SIDECAR}"


@pytest.mark.parametrize(
    ("value", "right"), [("true", True), ("false", False), ("on", True), (1, True), (TypedText("0"), False)]
)
def test_what_is_no_boolean_becomes_a_boolean(value: object, right: bool) -> None:
    assert after({NATIVE_SIDECAR: value}) == {NATIVE_SIDECAR: right}
    assert "wants the boolean" in found({NATIVE_SIDECAR: value})[0].message


def test_beside_the_right_name_that_agrees_it_is_removed() -> None:
    values = {NATIVE_SIDECAR: True, "nativeSidecar": True, "proxy.enableNativeSidecar": True}
    assert after(values) == {NATIVE_SIDECAR: True}
    assert after(dict.fromkeys(sorted(WRONG_PATHS), True)) == {NATIVE_SIDECAR: True}


@pytest.mark.parametrize(
    ("values", "known", "reason"),
    [
        ({"nativeSidecar": True, NATIVE_SIDECAR: False}, {}, "disagree"),
        ({"nativeSidecar": True, "proxy.enableNativeSidecar": False}, {}, "disagree"),
        ({"nativeSidecar": "perhaps"}, {}, "does not say what is meant"),
        ({"nativeSidecar": None}, {}, "does not say what is meant"),
        ({NATIVE_SIDECAR: "maybe"}, {}, "does not say what is meant"),
        ({"nativeSidecar": True}, {"release": "2.14"}, "has no native sidecars"),
        ({"nativeSidecar": True, WAIT_BEFORE_EXIT: 30}, {"release": "2.17"}, "AFX402"),
        ({"nativeSidecar": True, WAIT_BEFORE_EXIT: TypedText("1")}, {"release": "2.19"}, "AFX402"),
        ({"nativeSidecar": Expression("x"), WAIT_BEFORE_EXIT: "5"}, {"release": None}, "AFX402"),
        ({NATIVE_SIDECAR: "true", WAIT_BEFORE_EXIT: 5}, {"release": "2.17"}, "AFX402"),
        ({"nativeSidecar": True}, {"kubernetes": "1.28"}, "AFX403"),
    ],
)
def test_a_fix_that_harms_is_withheld(values: dict[str, Any], known: dict[str, Any], reason: str) -> None:
    assert after(values, unsafe=True, **known) == values
    assert any(reason in (finding.withheld or "") for finding in found(values, **known))


@pytest.mark.parametrize(
    ("values", "known"),
    [
        ({"nativeSidecar": False, WAIT_BEFORE_EXIT: 30}, {"release": "2.17"}),
        ({"nativeSidecar": True, WAIT_BEFORE_EXIT: 0}, {"release": "2.17"}),
        ({"nativeSidecar": True, WAIT_BEFORE_EXIT: 30}, {"release": "2.20"}),
        ({"nativeSidecar": False}, {"kubernetes": "1.28"}),
    ],
)
def test_a_fix_that_harms_nobody_is_made(values: dict[str, Any], known: dict[str, Any]) -> None:
    assert NATIVE_SIDECAR in after(values, **known)


@pytest.mark.parametrize(
    "path", ["enableNativeSidecar", "proxyInit.nativeSidecar", "proxy.nativeSidecars", "proxy.native-sidecar"]
)
def test_another_name_is_shown(path: str) -> None:
    [finding] = found({path: True}, unsafe=True)
    assert finding.applicability == "display"
    assert finding.message.endswith(f"did you mean {NATIVE_SIDECAR}?")


@pytest.mark.parametrize(
    "values",
    [
        {NATIVE_SIDECAR: True},
        {NATIVE_SIDECAR: False, WAIT_BEFORE_EXIT: 30},
        {NATIVE_SIDECAR: None},
        {NATIVE_SIDECAR: TypedText("true")},
        {NATIVE_SIDECAR: Expression("{{ .native }}")},
        {WAIT_BEFORE_EXIT: 30},
        {"proxy.sidecar": True, "native": True, "proxy.image.name": "sidecar"},
        {"podAnnotations.config.linkerd.io/proxy-native-sidecar": "true"},
    ],
)
def test_what_the_chart_reads_and_other_values_are_left_alone(values: dict[str, Any]) -> None:
    assert not examined(values).findings
    assert after(values) == values


@pytest.mark.parametrize(
    ("release", "severity"), [("2.17", "error"), ("2.19", "error"), (None, "warning"), ("2.20", None)]
)
def test_a_wait_beside_it_denies_every_pod(release: str | None, severity: str | None) -> None:
    values = {NATIVE_SIDECAR: True, WAIT_BEFORE_EXIT: 30}
    findings = found(values, "AFX402", release=release)
    assert [finding.severity for finding in findings] == ([severity] if severity else [])
    assert not found({NATIVE_SIDECAR: True, WAIT_BEFORE_EXIT: 0}, "AFX402", release=release)
    assert not found({NATIVE_SIDECAR: False, WAIT_BEFORE_EXIT: 30}, "AFX402", release=release)
