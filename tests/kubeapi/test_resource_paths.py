"""Where the API server has the objects of a kind."""

from __future__ import annotations

from typing import Any

import pytest

from autofix.kubeapi.api_path import PathError, resource_path
from autofix.kubernetes.kinds import KINDS, NAMESPACE, POD


@pytest.mark.parametrize(
    ("kind", "namespace", "name", "path"),
    [
        ("Pod", "", "", "/api/v1/pods"),
        ("Pod", "shop", "web", "/api/v1/namespaces/shop/pods/web"),
        ("CronJob", "shop", "", "/apis/batch/v1/namespaces/shop/cronjobs"),
        ("Namespace", "", "shop", "/api/v1/namespaces/shop"),
    ],
)
def test_objects_are_where_the_api_server_has_them(kind: str, namespace: str, name: str, path: str) -> None:
    [row] = [row for row in KINDS if row.kind == kind]
    assert resource_path(row, namespace or None, name or None) == path


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((POD, None, "web"), "Pod 'web' has no Namespace; name it"),
        ((POD, "shop/../kube-system"), "it holds / or %"),
        ((NAMESPACE, None, ".."), "it means another folder"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(arguments: tuple[Any, ...], message: str) -> None:
    with pytest.raises(PathError, match=message):
        resource_path(*arguments)
