"""Which Namespaces a selector selects."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import yaml
from paths import DEPLOY

from autofix.cluster.label_selection import selects
from autofix.kubeapi.types import LabelSelector


def expression(operator: str, *values: str) -> dict[str, Any]:
    requirement = {"key": "team", "operator": operator, **({"values": list(values)} if values else {})}
    return {"matchExpressions": [requirement]}


LABELS = {"team": "web", "tier": "front"}
CASES = [
    ({}, LABELS, True),
    ({"matchLabels": {"team": "web"}}, LABELS, True),
    ({"matchLabels": {"team": "db"}}, LABELS, False),
    ({"matchLabels": {"team": "web", "absent": "yes"}}, LABELS, False),
    (expression("In", "db", "web"), LABELS, True),
    (expression("In", "db"), LABELS, False),
    (expression("In", "db"), {}, False),
    (expression("NotIn", "db", "web"), LABELS, False),
    (expression("NotIn", "db"), LABELS, True),
    (expression("NotIn", "db"), {}, True),
    (expression("Exists"), LABELS, True),
    (expression("Exists"), {}, False),
    (expression("DoesNotExist"), LABELS, False),
    (expression("DoesNotExist"), {}, True),
    ({"matchLabels": {"tier": "back"}, **expression("Exists")}, LABELS, False),
    ({"matchLabels": {"tier": "front"}, **expression("DoesNotExist")}, LABELS, False),
]


@pytest.mark.parametrize(("selector", "labels", "expected"), CASES)
def test_a_selector_selects_as_kubernetes_says(
    selector: dict[str, Any], labels: dict[str, str], expected: bool
) -> None:
    assert selects(msgspec.convert(selector, LabelSelector), labels) is expected


def test_no_selector_selects_everything() -> None:
    assert selects(None, {})


NAME = "kubernetes.io/metadata.name"


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({NAME: "shop"}, True),
        ({NAME: "kube-system"}, False),
        ({NAME: "linkerd"}, False),
        ({NAME: "shop", "linkerd-autofix.io/webhook": "disabled"}, False),
        ({NAME: "shop", "config.linkerd.io/admission-webhooks": "disabled"}, False),
        ({NAME: "shop", "linkerd-autofix.io/webhook": "enabled"}, True),
    ],
)
def test_the_shipped_selector_leaves_out_what_it_has_to(labels: dict[str, str], expected: bool) -> None:
    shipped = yaml.safe_load((DEPLOY / "base" / "mutatingwebhookconfiguration.yaml").read_text())
    for webhook in shipped["webhooks"]:
        assert selects(msgspec.convert(webhook["namespaceSelector"], LabelSelector), labels) is expected
