"""Naming kinds as kubectl's users do."""

from __future__ import annotations

import pytest

from autofix.errors import AutofixError
from autofix.kubernetes.kinds import BUILT_IN, KINDS, REMOVED, builtin_kind, select_kinds


@pytest.mark.parametrize(
    ("words", "kinds", "custom"),
    [
        ([], [kind.kind for kind in KINDS], ()),
        (["deploy"], ["Deployment"], ()),
        (["deployments.apps", "cj"], ["Deployment", "CronJob"], ()),
        (["po,ns"], ["Namespace", "Pod"], ()),
        (["JOB"], ["Job"], ()),
        (["deployment.apps", "sts.apps", "deploy.v1.apps"], ["Deployment", "StatefulSet"], ()),
        (["rollouts.argoproj.io"], [], ("rollouts.argoproj.io",)),
        (["sts", "rollouts.argoproj.io"], ["StatefulSet"], ("rollouts.argoproj.io",)),
    ],
)
def test_names_are_those_of_kubectl(words: list[str], kinds: list[str], custom: tuple[str, ...]) -> None:
    built_in, others = select_kinds(words)
    assert [kind.kind for kind in built_in] == kinds
    assert others == custom


def test_a_name_that_is_none_is_a_clear_error() -> None:
    with pytest.raises(AutofixError, match=r"\"services\" is no resource type.*deployments.*NAME\.GROUP"):
        select_kinds(["services"])


@pytest.mark.parametrize(
    ("kind", "api_version", "title"),
    [
        ("Deployment", "apps/v1", "deployments.apps"),
        ("Deployment", "apps/v1beta1", "deployments.apps"),
        ("Pod", "v1", "pods"),
        ("Deployment", "extensions/v1beta1", None),
        ("Rollout", "argoproj.io/v1alpha1", None),
        ("Pod", "", "pods"),
    ],
)
def test_an_object_with_findings_is_known_by_group_and_kind(
    kind: str, api_version: str, title: str | None
) -> None:
    row = builtin_kind(kind, api_version)
    assert (row and row.title) == title


def test_a_kind_stands_in_the_table_once() -> None:
    names = [(row.group, row.kind) for row in (*KINDS, *REMOVED)]
    assert len(set(names)) == len(names)
    assert list(BUILT_IN) == [(row.group, row.kind) for row in KINDS]
