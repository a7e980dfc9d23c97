"""What doctor says to do fits the way in which the webhook is installed, and what is known."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from datetime import timedelta

import pytest
from doctor_facts import (
    ABSENT,
    BOTH,
    CERTIFICATES,
    CONFIG,
    FORBIDDEN,
    MANAGED,
    RELEASE,
    annotated,
    changed,
    configurations,
    healthy,
    no_bundle,
    secret,
)
from doctor_faults import FAULTS
from paths import ROOT

from autofix.cli import main
from autofix.cluster.doctor.facts import Facts
from autofix.cluster.doctor.registry import CHECKS, check_page, run_checks
from autofix.kubeapi.types import Secret
from webhook.settings import Settings

HINTS: dict[str, tuple[Facts, str, str]] = {
    "a Secret without the right to read it": (
        changed(secret=None, gaps=(FORBIDDEN._replace(what=CERTIFICATES),)),
        "webhook-certificate",
        "\nask for the right to list Deployments and get the Secret, or look at the metric",
    ),
    "a certificate that comes from no Secret": (
        changed(secret=None, source=None),
        "webhook-certificate",
        "it comes from no Secret\nlook at the metric",
    ),
    "absent values of an old release": (
        replace(healthy("edge-25.10.7"), config=None, gaps=(ABSENT._replace(what=CONFIG),)),
        "linkerd-config",
        "the chart's default of Linkerd edge-25.10.7 is assumed, proxy.nativeSidecar false",
    ),
    "two releases": (
        replace(healthy(), options=healthy().options._replace(release=BOTH)),
        "linkerd-release",
        f"Linkerd edge-24.10.1 and {RELEASE} answer at present",
    ),
    "absent values during an upgrade": (
        replace(
            healthy(),
            options=healthy().options._replace(release=BOTH),
            config=None,
            gaps=(ABSENT._replace(what=CONFIG),),
        ),
        "linkerd-config",
        "the chart's default of proxy.nativeSidecar is assumed, and depends on the release",
    ),
    "absent values of a new release": (
        replace(healthy(), config=None, gaps=(ABSENT._replace(what=CONFIG),)),
        "linkerd-config",
        f"the chart's default of Linkerd {RELEASE} is assumed, proxy.nativeSidecar true",
    ),
    "absent values that the user names": (
        replace(healthy(default=False), config=None, gaps=(ABSENT._replace(what=CONFIG),)),
        "linkerd-config",
        "proxy.nativeSidecar false of --native-sidecar-default counts",
    ),
    "our own certificate ends": (
        changed(secret=secret(timedelta(days=3))),
        "webhook-certificate",
        "kubectl logs -n linkerd-autofix -l app.kubernetes.io/name=linkerd-autofix --prefix",
    ),
    "a certificate of cert-manager ends": (
        changed(secret=secret(timedelta(days=3)), source=MANAGED),
        "webhook-certificate",
        "kubectl -n linkerd-autofix describe certificate",
    ),
    "the Secret of cert-manager is empty": (
        changed(secret=Secret(), source=MANAGED),
        "webhook-certificate",
        "Secret linkerd-autofix/linkerd-autofix-cert",
    ),
    "no caBundle of our own": (
        changed(configurations=configurations(no_bundle("linkerd-autofix"))),
        "webhook-ca-bundle",
        "the webhook writes it: run kubectl logs -n linkerd-autofix",
    ),
    "no caBundle of cert-manager": (
        changed(configurations=configurations(annotated), source=MANAGED),
        "webhook-ca-bundle",
        "cert-manager's cainjector writes it from Certificate linkerd-autofix/linkerd-autofix",
    ),
    "no caBundle, and a certificate from files": (
        changed(configurations=configurations(no_bundle("linkerd-autofix")), source=MANAGED),
        "webhook-ca-bundle",
        "write the CA of the certificate into it",
    ),
}


@pytest.mark.parametrize("fault", HINTS)
def test_a_hint_fits_the_installation(fault: str) -> None:
    facts, name, expected = HINTS[fault]
    [result] = [result for result in run_checks(facts) if result.name == name]
    assert expected in f"{result.why}\n{result.todo}"


def texts() -> Iterator[str]:
    """Every page, and every hint of a planted fault."""
    yield from map(check_page, CHECKS.values())
    for facts in (*(facts for facts, _ in FAULTS.values()), *(facts for facts, *_ in HINTS.values())):
        for result in run_checks(facts):
            yield from (result.why, result.todo)


def mentions(pattern: str) -> set[str]:
    return {match for text in texts() for match in re.findall(pattern, text)}


def test_every_flag_that_is_mentioned_exists() -> None:
    shown = io.StringIO()
    with redirect_stdout(shown), pytest.raises(SystemExit):
        main(["doctor", "--help"])
    flags = mentions(r"--[a-z][a-z-]+|(?<= )-[A-Z]\b|(?<=`)-[A-Z]\b")
    assert {"--native-sidecar-default", "-L"} < flags
    # kubectl's own.
    assert {flag for flag in flags if flag not in shown.getvalue()} == {"--prefix"}


def test_every_setting_of_the_webhook_that_is_mentioned_exists() -> None:
    settings = {f"AUTOFIX_{name.upper()}" for name in Settings.__struct_fields__}
    mentioned = mentions(r"AUTOFIX_[A-Z_]+")
    assert "AUTOFIX_TLS_SECRET" in mentioned
    assert mentioned <= settings


def test_every_metric_that_is_mentioned_exists() -> None:
    metrics = (ROOT / "webhook" / "serving" / "metrics.py").read_text(encoding="utf-8")
    mentioned = mentions(r"\bautofix_\w+")
    assert mentioned
    assert {name for name in mentioned if f'"{name}"' not in metrics} == set()


def test_every_path_that_is_mentioned_exists() -> None:
    mentioned = mentions(r"\bdeploy/[\w/-]+")
    assert "deploy/base" in mentioned
    assert {path for path in mentioned if not (ROOT / path).is_dir()} == set()


def test_every_name_of_ours_that_is_mentioned_is_shipped() -> None:
    shipped = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((ROOT / "deploy").rglob("*.yaml"))
    )
    mentioned = mentions(r"\blinkerd-autofix-[a-z-]+")
    assert {"linkerd-autofix-tls", "linkerd-autofix-cert"} <= mentioned
    assert {name for name in mentioned if f"{name}\n" not in shipped} == set()
