"""Code of a caller, as a type checker sees it: `make lint` checks it with mypy, and nothing runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_type

from jsonpatch import JsonPatch

import autofix
from autofix import Applicability, Decision, Edit, Finding, Fix, Item, Options, Release, Result, Severity


def finds(pod: dict[str, Any], release: str | Release | None) -> None:
    assert_type(autofix.check(pod), tuple[Finding, ...])
    assert_type(
        autofix.check(
            pod,
            release=release,
            kubernetes="1.33",
            namespace={"linkerd.io/inject": "enabled"},
            default=None,
            wait_before_exit=5,
            unsafe=True,
            select="AFX1",
            ignore=["AFX105"],
            native_only=True,
        ),
        tuple[Finding, ...],
    )


def fixes(pod: dict[str, Any], namespace: Mapping[str, object]) -> None:
    result = autofix.fix(pod, release="2.17", namespace=namespace, select=("AFX101",))
    assert_type(result, Result)
    assert_type(result.items, tuple[Item, ...])
    assert_type(result.findings, tuple[Finding, ...])
    assert_type(result.remaining, tuple[Finding, ...])
    assert_type(result.changes_injection, bool)
    assert_type(result.patch, JsonPatch)


def fixes_what_belongs_together(documents: list[dict[str, Any]]) -> None:
    options = autofix.options(release=autofix.parse_release("2.17"), kubernetes=None, ignore="AFX105")
    assert_type(options, Options)
    assert_type(autofix.fix_all(documents, options), list[Result])


def decides(own: dict[str, str]) -> None:
    decision = autofix.decide(own, None, release="2.17", default=True, wait_before_exit=0)
    assert_type(decision, Decision)
    assert_type(decision.native, bool | None)
    assert_type(decision.denied, bool)


def reads(finding: Finding) -> None:
    assert_type(finding.code, str)
    assert_type(finding.message, str)
    assert_type(finding.severity, Severity)
    assert_type(finding.applicability, Applicability)
    assert_type(finding.path, tuple[str | int, ...])
    assert_type(finding.fix, Fix | None)
    if finding.fix:
        assert_type(finding.fix.edits, tuple[Edit, ...])


def refuses_what_is_wrong(pod: dict[str, Any]) -> None:
    # mypy reports an ignore that hides nothing: each of these lines must be an error.
    autofix.fix(pod, release=2.17)  # type: ignore[arg-type]
    autofix.fix(pod, relase="2.17")  # type: ignore[call-arg]
    autofix.check(pod, relase="2.17")  # type: ignore[call-arg]
    autofix.check(pod, wait_before_exit="5")  # type: ignore[arg-type]
    autofix.options(unsafe="yes")  # type: ignore[arg-type]
    autofix.fix_all(pod, autofix.options())  # type: ignore[arg-type]
    autofix.decide({}, {})  # type: ignore[call-arg]


def knows_a_key(key: str) -> None:
    assert_type(autofix.is_native_like(key), bool)
