"""Names and versions of the cluster stand once in the code, so that a change of one is a change of all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import TypeGuard

import pytest
from paths import ROOT

SOURCES = sorted((*ROOT.glob("autofix/**/*.py"), *ROOT.glob("webhook/**/*.py")))
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def is_text(node: ast.AST | None) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def literals(tree: ast.AST) -> Iterator[object]:
    """The texts of a module without its docstrings, and the tuples and arguments of two numbers."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, _DOCUMENTED) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if is_text(node) and id(node) not in docstrings:
            yield node.value
        elif isinstance(node, ast.Call | ast.Tuple):
            parts = node.args if isinstance(node, ast.Call) else node.elts
            yield tuple(part.value for part in parts if isinstance(part, ast.Constant))


@cache
def all_literals() -> tuple[tuple[str, object], ...]:
    return tuple(
        (str(path.relative_to(ROOT)), literal)
        for path in SOURCES
        for literal in literals(ast.parse(path.read_text(encoding="utf-8")))
    )


def homes(literal: object) -> list[str]:
    """The modules in which a literal stands, as often as it does."""
    return [home for home, other in all_literals() if other == literal]


def holders(text: str) -> list[str]:
    """The modules in which a literal holds a text, as often as it does."""
    return [home for home, other in all_literals() if isinstance(other, str) and text in other]


@pytest.mark.parametrize(
    ("literal", "home"),
    [
        # The webhook, the Deployment, its container and the ConfigMap of Linkerd's injector.
        ("linkerd-proxy-injector.linkerd.io", "autofix/cluster/webhook_order.py"),
        ("linkerd-proxy-injector", "autofix/cluster/linkerd_names.py"),
        ("proxy-injector", "autofix/cluster/rollout.py"),
        ("linkerd-config", "autofix/cluster/linkerd_names.py"),
        ("linkerd.io/control-plane-component", "autofix/cluster/linkerd_names.py"),
        ("linkerd.io/created-by", "autofix/cluster/linkerd_names.py"),
        # The path of the MutatingWebhookConfigurations, by its parts.
        ("admissionregistration.k8s.io", "autofix/kubernetes/kinds.py"),
        ("mutatingwebhookconfigurations", "autofix/kubernetes/kinds.py"),
        # The oldest Kubernetes with native sidecars.
        ((1, 29), "autofix/kubernetes/version.py"),
        # Linkerd's containers in a pod.
        ("linkerd-proxy", "autofix/linkerd/completion.py"),
        ("linkerd-debug", "autofix/linkerd/completion.py"),
    ],
)
def test_a_literal_of_the_cluster_stands_once(literal: object, home: str) -> None:
    assert homes(literal) == [home]


@pytest.mark.parametrize("text", ["linkerd-proxy-injector.linkerd.io", "mutatingwebhookconfigurations"])
def test_no_other_text_holds_a_name_of_the_cluster(text: str) -> None:
    assert len(holders(text)) == 1


def test_no_message_writes_the_injector_by_hand() -> None:
    # Its webhook has a name of its own that begins in the same way.
    assert set(holders("linkerd-proxy-injector")) == {
        "autofix/cluster/linkerd_names.py",
        "autofix/cluster/webhook_order.py",
    }


def test_no_message_writes_the_oldest_kubernetes_by_hand() -> None:
    # The module itself shows how to write a version.
    assert set(holders("1.29")) <= {"autofix/kubernetes/version.py"}


def test_a_second_literal_is_seen() -> None:
    """The test can fail: docstrings do not count, and everything else does."""
    code = '"""name"""\nA = "name"\ndef f():\n    "name"\n    return f"{A} name"\n'
    assert list(literals(ast.parse(code))) == ["name", " name"]
    assert (1, 29) in literals(ast.parse("A = KubernetesVersion(1, 29)"))
    assert (1, 29) in literals(ast.parse("A = (1, 29)"))
