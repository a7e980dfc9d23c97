"""The checks of doctor: each planted fault is found, and a healthy cluster is healthy."""

from __future__ import annotations

import pytest
from doctor_facts import (
    authority,
    bad,
    changed,
    configurations,
    healthy,
    ours,
    secret,
    tap,
)
from doctor_faults import FAULTS

from autofix.cluster.doctor.check import Verdict
from autofix.cluster.doctor.registry import CHECKS, Check, check_page, run_checks


def test_a_healthy_cluster_is_healthy() -> None:
    checks = run_checks(healthy())
    assert {check.verdict for check in checks} == {Verdict.OK}
    assert len(checks) == len(CHECKS)


def test_strict_with_several_replicas_is_healthy() -> None:
    facts = changed(configurations=configurations(ours(failurePolicy="Fail")), ready=3)
    assert bad(facts) == {}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_nothing_else(fault: str) -> None:
    facts, expected = FAULTS[fault]
    assert bad(facts) == expected


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_comes_with_what_to_do(fault: str) -> None:
    for check in run_checks(FAULTS[fault][0]):
        assert bool(check.todo) == (check.verdict is not Verdict.OK), check


def test_an_extension_of_linkerd_is_no_other_project() -> None:
    assert bad(changed(configurations=configurations(tap))) == {}


def test_a_certificate_between_the_authority_and_ours_is_no_fault() -> None:
    between = authority().create_child_ca()
    assert bad(changed(secret=secret(issuer=between))) == {}


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda check: check.name)
def test_every_check_has_a_whole_page(check: Check) -> None:
    assert check.title.endswith("?")
    for heading in ("What it checks", "Why", "What to do"):
        assert f"\n## {heading}\n\n" in check_page(check)


def test_the_name_of_a_result_is_that_of_its_check() -> None:
    facts = [healthy(), *(facts for facts, _ in FAULTS.values())]
    for check in CHECKS.values():
        assert {result.name for some in facts for result in check.check(some)} == {check.name}
