"""What a user may name: types, objects, Namespaces."""

from __future__ import annotations

import pytest

from autofix.cluster.scope import NamedObject, read_scope
from autofix.errors import AutofixError
from autofix.kubernetes.kinds import DEPLOYMENT, JOB, KINDS, NAMESPACE, POD

IN_SHOP = ("shop",)


@pytest.mark.parametrize(
    ("words", "targets", "named", "kinds"),
    [
        (["deploy/web"], [(DEPLOYMENT, "web")], (), KINDS),
        (["deployments/web", "po/a"], [(DEPLOYMENT, "web"), (POD, "a")], (), KINDS),
        (["Deployment.apps/web,job/b"], [(DEPLOYMENT, "web"), (JOB, "b")], (), KINDS),
        (["deploy/web", "job"], [(DEPLOYMENT, "web")], (JOB,), KINDS),
        (["ns/a"], [(NAMESPACE, "a")], (), (NAMESPACE,)),
        (["rollouts.argoproj.io/web"], [("rollouts.argoproj.io", "web")], (), KINDS),
        (["deploy"], [], (DEPLOYMENT,), (DEPLOYMENT,)),
        ([], [], (), KINDS),
    ],
)
def test_objects_are_named_as_kubectl_names_them(
    words: list[str], targets: list[NamedObject], named: tuple[object, ...], kinds: tuple[object, ...]
) -> None:
    scope = read_scope(words, IN_SHOP)
    assert list(scope.targets) == targets
    assert (scope.named, scope.kinds) == (named, kinds)


def test_a_named_namespace_is_the_only_one_to_read() -> None:
    assert read_scope(["ns/a", "ns/b"], IN_SHOP).namespaces == ("a", "b")
    assert read_scope(["ns/a", "deploy/web"], IN_SHOP).namespaces == IN_SHOP


@pytest.mark.parametrize(
    ("words", "namespaces", "labels", "message"),
    [
        (["foo/web"], IN_SHOP, "", '"foo" is no resource type with findings'),
        (["deploy", "web"], IN_SHOP, "", "an object is TYPE/NAME"),
        (["deploy/"], IN_SHOP, "", "write TYPE/NAME"),
        (["/web"], IN_SHOP, "", "write TYPE/NAME"),
        (["deploy/web/a"], IN_SHOP, "", "write TYPE/NAME"),
        (["deploy/web"], (), "", "across all Namespaces"),
        (["deploy/web"], IN_SHOP, "app=web", "together with -l"),
    ],
)
def test_what_names_nothing_is_a_clear_error(
    words: list[str], namespaces: tuple[str, ...], labels: str, message: str
) -> None:
    with pytest.raises(AutofixError, match=message):
        read_scope(words, namespaces, labels)
