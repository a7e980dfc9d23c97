"""Naming kinds as kubectl's users do."""

from __future__ import annotations

import pytest

from autofix.errors import AutofixError
from autofix.kubeapi.kinds import KINDS, named


@pytest.mark.parametrize(
    ("words", "kinds", "custom"),
    [
        ([], [kind.kind for kind in KINDS], ()),
        (["deploy"], ["Deployment"], ()),
        (["deployments.apps", "cj"], ["Deployment", "CronJob"], ()),
        (["po,ns"], ["Namespace", "Pod"], ()),
        (["JOB"], ["Job"], ()),
        (["rollouts.argoproj.io"], [], ("rollouts.argoproj.io",)),
        (["sts", "rollouts.argoproj.io"], ["StatefulSet"], ("rollouts.argoproj.io",)),
    ],
)
def test_names_are_those_of_kubectl(words: list[str], kinds: list[str], custom: tuple[str, ...]):
    found = named(words)
    assert [kind.kind for kind in found[0]] == kinds
    assert found[1] == custom


def test_a_name_that_is_none_is_a_clear_error():
    with pytest.raises(AutofixError, match=r"services: no such kind.*deployments.*NAME\.GROUP"):
        named(["services"])


@pytest.mark.parametrize(
    ("kind", "namespace", "name", "path"),
    [
        ("Pod", "", "", "/api/v1/pods"),
        ("Pod", "shop", "web", "/api/v1/namespaces/shop/pods/web"),
        ("CronJob", "shop", "", "/apis/batch/v1/namespaces/shop/cronjobs"),
        ("Namespace", "", "shop", "/api/v1/namespaces/shop"),
    ],
)
def test_objects_are_where_the_api_server_has_them(kind: str, namespace: str, name: str, path: str):
    [one] = [one for one in KINDS if one.kind == kind]
    assert one.path(namespace or None, name or None) == path
