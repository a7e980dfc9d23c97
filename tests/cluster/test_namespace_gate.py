"""A scan says which object holds the fix of its Namespace back, as far as the object's pods get a proxy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from builders import WAIT, WRONG, namespace, workload

from autofix.cluster.evaluate import evaluate
from autofix.cluster.inventory import Inventory
from autofix.cluster.models import custom_object
from autofix.engine.options import options
from autofix.kubernetes.kinds import KINDS
from autofix.rules.context import Door

INJECT = "linkerd.io/inject"
BY_KIND = {kind.kind: kind for kind in KINDS}


@pytest.mark.parametrize(
    ("own", "inner", "is_held"),
    [
        ({INJECT: "enabled"}, {}, True),
        ({}, {INJECT: "enabled"}, True),
        ({INJECT: "enabled"}, {INJECT: "disabled"}, False),
        # Nobody asks for a proxy, and in a cluster nothing else can.
        ({}, {}, False),
    ],
)
def test_the_wait_of_a_deployment(own: dict[str, str], inner: dict[str, str], is_held: bool) -> None:
    shop = custom_object(BY_KIND["Namespace"], namespace({WRONG: "true", **own}))
    web = custom_object(BY_KIND["Deployment"], workload("Deployment", {WAIT: "5", **inner}))
    inventory = Inventory(objects=[web], kinds=KINDS, namespaces={"shop": shop})
    settings = options(release="2.17", door=Door.CLUSTER, ignore="AFX404")
    evaluations = evaluate(inventory, settings, KINDS, datetime.now(UTC))
    findings = {
        finding.code: finding.withheld or finding.message
        for evaluation in evaluations
        if evaluation.reference.kind == "Namespace"
        for finding in evaluation.result.findings
    }
    assert ("Linkerd would deny the pods of Deployment/web" in findings["AFX101"]) is is_held
    assert ("AFX402" in findings) is is_held
