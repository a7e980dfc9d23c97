"""Without projected tokens Linkerd injects only pods that mount a token, and the whole engine knows it."""

from __future__ import annotations

from typing import Any

import pytest
from builders import GA, WAIT, namespace, pod

import autofix
from autofix.engine.explain import explain_all
from autofix.engine.pods import repair_pod
from autofix.linkerd.injection import Cause, traits_of

SPACE = {"linkerd.io/inject": "enabled"}


def job_pod(*, token: bool, **annotations: str) -> dict[str, Any]:
    """A pod that runs to completion."""
    obj = pod(annotations, namespace="shop")
    obj["spec"] |= {"restartPolicy": "Never", "automountServiceAccountToken": token}
    return obj


@pytest.mark.parametrize(
    ("token", "projects", "cause"),
    [
        (True, True, Cause.NAMESPACE_ASKS),
        (False, True, Cause.NAMESPACE_ASKS),
        (True, False, Cause.NAMESPACE_ASKS),
        (False, False, Cause.NO_TOKEN),
    ],
)
def test_who_gets_a_proxy_depends_on_the_token(token: bool, projects: bool, cause: Cause) -> None:
    options = autofix.options(release="2.17", projects_tokens=projects)
    obj, around = job_pod(token=token), namespace(SPACE)
    assert repair_pod(obj, traits_of(obj["spec"]), options, around).injection.cause is cause
    explanations = explain_all([around, obj], options)
    [explanation] = [item for item in explanations if item.kind == "Pod"]
    assert explanation.injection.cause is cause
    injected = cause is Cause.NAMESPACE_ASKS
    codes = {finding.code for finding in autofix.fix_all([around, obj], options)[1].findings}
    assert ("AFX603" in codes) is injected


@pytest.mark.parametrize(("projects", "withheld"), [(True, True), (False, False)])
def test_a_pod_without_a_proxy_holds_back_no_fix_of_its_namespace(projects: bool, withheld: bool) -> None:
    options = autofix.options(release="2.17", projects_tokens=projects)
    around = namespace({**SPACE, GA: "true"})
    waiting = job_pod(token=False, **{WAIT: "5"})
    codes = {finding.code for finding in autofix.fix_all([around, waiting], options)[0].findings}
    assert ("AFX402" in codes) is withheld
