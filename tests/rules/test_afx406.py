"""AFX406: a Namespace value that breaks the patch of Linkerd's injector."""

from __future__ import annotations

import pytest
from builders import (
    ALPHA,
    ALPHA_ERA,
    BETA,
    BETA_ERA,
    GA,
    GA_ERA,
    WAIT,
    WRONG,
    Annotations,
    namespace,
    pod,
    pod_annotations,
    workload,
)
from fixing import fix, on_pod

import autofix
from autofix.engine.options import options
from autofix.linkerd.injection import breaking_keys
from autofix.linkerd.precedence import injector_answer
from autofix.rules.finding import Applicability, Finding, Promise, Severity
from autofix.rules.registry import RULES

ENV = "config.linkerd.io/proxy-additional-env"
LIST = '[{"name": "A"}]'
MESHED = {"linkerd.io/inject": "enabled"}


def findings_of(result: autofix.Result) -> list[Finding]:
    return [finding for finding in result.findings if finding.code == "AFX406"]


@pytest.mark.parametrize(
    ("release", "around", "own", "after"),
    [
        (ALPHA_ERA, {ALPHA: '"true"'}, {}, {ALPHA: "true"}),
        (BETA_ERA, {BETA: '"false"'}, {}, {BETA: "false"}),
        (BETA_ERA, {ALPHA: "true\n"}, {}, {ALPHA: "true"}),
        (GA_ERA, {GA: "\tyes"}, {}, {GA: "true"}),
        (GA_ERA, {ALPHA: '"true"'}, {}, {ALPHA: "true"}),
        (GA_ERA, {ALPHA: '"true"', GA: '"true"'}, {}, {ALPHA: "true", GA: "true"}),
        (GA_ERA, {ALPHA: '"true"', GA: "false"}, {}, {ALPHA: "true"}),
        # Another key of the pod is right, and the broken one is inherited all the same.
        (GA_ERA, {ALPHA: '"true"'}, {GA: "true"}, {GA: "true", ALPHA: "true"}),
        (GA_ERA, {ALPHA: '"true"'}, {GA: "false"}, {GA: "false", ALPHA: "false"}),
        (BETA_ERA, {ALPHA: '"true"'}, {BETA: "true"}, {BETA: "true", ALPHA: "true"}),
        (None, {ALPHA: '"true"'}, {}, {ALPHA: "true"}),
        # Not each release reads this key.
        (None, {GA: '"true"'}, {}, {GA: "true", ALPHA: "true"}),
        (GA_ERA, {GA: '"true"'}, {WRONG: "true"}, {GA: "true"}),
    ],
)
def test_the_same_key_is_written_on_the_pod(
    release: str | None, around: Annotations, own: Annotations, after: Annotations
) -> None:
    result = on_pod({**MESHED, **own}, {**MESHED, **around}, release)
    assert pod_annotations(result.object) == {**MESHED, **after}
    assert result.changes_injection


@pytest.mark.parametrize(
    ("release", "around", "own"),
    [
        (GA_ERA, {GA: '"true"'}, {GA: "true"}),
        # This release does not copy the beta key from a Namespace.
        (GA_ERA, {BETA: '"true"'}, {}),
        (ALPHA_ERA, {GA: '"true"'}, {ALPHA: "true"}),
        (GA_ERA, {GA: "'true'"}, {GA: "true"}),
        (GA_ERA, {"example.org/note": '"'}, {}),
        ("2.14", {ALPHA: '"true"'}, {}),
    ],
)
def test_what_is_not_inherited_breaks_nothing(release: str, around: Annotations, own: Annotations) -> None:
    assert findings_of(on_pod(own, around, release)) == []


@pytest.mark.parametrize(
    ("around", "key"), [({GA: '"maybe"'}, GA), ({ENV: LIST}, ENV), ({WAIT: '"5"'}, WAIT)]
)
def test_what_nobody_can_repair_is_said_on_pods_in_the_webhook(around: Annotations, key: str) -> None:
    result = on_pod({}, {**MESHED, **around}, GA_ERA)
    [finding] = findings_of(result)
    assert (finding.severity, finding.applicability) == (Severity.ERROR, Applicability.DISPLAY)
    assert key in finding.message
    assert not result.operations
    assert findings_of(on_pod({key: "1"}, {**MESHED, **around}, GA_ERA)) == []


@pytest.mark.parametrize(
    ("known", "gate"),
    [({"kubernetes": "1.28"}, "AFX403"), ({"wait_before_exit": 5}, "AFX402")],
)
def test_gates_keep_their_say(known: dict[str, object], gate: str) -> None:
    result = on_pod({}, {ALPHA: '"true"'}, ALPHA_ERA, **known)
    [finding] = findings_of(result)
    assert finding.withheld is not None
    assert finding.withheld.startswith(gate)
    assert not result.operations


@pytest.mark.parametrize(
    ("annotations", "release", "codes"),
    [
        ({GA: '"true"'}, GA_ERA, ["AFX202", "AFX406"]),
        ({GA: '"maybe"'}, GA_ERA, ["AFX204", "AFX406"]),
        ({ENV: LIST}, GA_ERA, ["AFX406"]),
        ({BETA: '"true"'}, GA_ERA, ["AFX102", "AFX202"]),
        ({GA: "yes"}, GA_ERA, ["AFX202"]),
    ],
)
def test_on_a_namespace_it_is_an_error_beside_the_rule_about_the_value(
    annotations: Annotations, release: str, codes: list[str]
) -> None:
    result = fix(namespace({**MESHED, **annotations}), release=release)
    assert [finding.code for finding in result.findings] == codes
    for finding in findings_of(result):
        assert (finding.severity, finding.applicability) == (Severity.ERROR, Applicability.DISPLAY)
        assert finding.key in annotations
        assert finding.path[-1] == finding.key
    left = [finding.code for finding in result.remaining]
    assert left == ([] if "AFX202" in codes else codes)


def test_among_files_the_namespace_is_repaired_and_its_pods_need_nothing() -> None:
    documents = (namespace({**MESHED, GA: '"true"', ENV: LIST}), workload("Deployment", {ENV: "[]"}), pod())
    first, *others = autofix.fix_all(documents, options(release=GA_ERA))
    assert pod_annotations(first.object) == {**MESHED, GA: "true", ENV: LIST}
    assert first.changes_injection
    assert [other.findings for other in others] == [(), ()]


def test_a_key_that_keeps_a_pod_from_inheriting_is_not_removed() -> None:
    own = {WRONG: "true", GA: "true", ALPHA: "true"}
    result = fix(workload("Deployment", own), release=GA_ERA, namespace={ALPHA: '"true"'}, unsafe=True)
    assert pod_annotations(result.object) == {GA: "true", ALPHA: "true"}


def test_it_promises_of_one_value_only_that_it_no_longer_breaks_the_patch() -> None:
    around = {**MESHED, ALPHA: '"true"', ENV: LIST}
    result = on_pod({}, around, GA_ERA)
    assert pod_annotations(result.object) == {ALPHA: "true"}
    fixed, other = sorted(findings_of(result), key=lambda finding: finding.fix is None)
    assert (fixed.fix and fixed.fix.promise, other.key) == (Promise.PATCH, ENV)
    # The other value still breaks it, and is still said.
    assert [finding.key for finding in result.remaining if finding.code == "AFX406"] == [ENV]
    assert autofix.decide({ALPHA: "true"}, around, release=GA_ERA).broken
    assert "gets a proxy" not in RULES["AFX406"].page.partition("## Fix safety")[2]


@pytest.mark.parametrize("release", [ALPHA_ERA, BETA_ERA, GA_ERA])
@pytest.mark.parametrize("own", [{}, {ALPHA: "true"}, {GA: "true"}])
def test_the_model_and_the_rule_agree_on_what_breaks_the_patch(release: str, own: Annotations) -> None:
    known = autofix.parse_release(release)
    for key in (ALPHA, BETA, GA):
        around = {**MESHED, key: '"true"'}
        answer = injector_answer(own, around, known.eras[0], None, 0)
        assert answer.broken is (list(breaking_keys(own, around, known)) == [key])
