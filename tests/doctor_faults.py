"""Planted faults as facts, each with the checks that must say something."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import trustme
from doctor_facts import (
    ABSENT,
    BOTH,
    CERTIFICATES,
    CONFIG,
    FORBIDDEN,
    INJECTOR,
    MANAGED,
    RELEASE,
    UNKNOWN,
    annotated,
    another,
    changed,
    configurations,
    healthy,
    kubernetes,
    labelled,
    no_bundle,
    ours,
    renamed,
    secret,
    without,
)

from autofix.cluster.doctor.facts import DryRun, Facts, Gap
from autofix.cluster.environment import complete_options
from autofix.engine.options import options
from autofix.kubeapi.types import ConfigMap, Secret

FAULTS: dict[str, tuple[Facts, dict[str, str]]] = {
    "old Kubernetes": (kubernetes("v1.28.9"), {"kubernetes-version": "fail"}),
    "unreadable server version": (kubernetes(""), {"kubernetes-version": "warn"}),
    "sidecars dropped": (
        changed(dry_run=DryRun(sidecars=False, repaired=True)),
        {"sidecar-containers": "fail"},
    ),
    "pods refused": (
        changed(dry_run=DryRun(why="exceeded quota")),
        {"sidecar-containers": "warn", "webhook-reachable": "warn"},
    ),
    "pods refused because of our webhook": (
        changed(dry_run=DryRun(why='failed calling webhook "pods.linkerd-autofix.io": refused')),
        {"sidecar-containers": "warn", "webhook-reachable": "fail"},
    ),
    "no linkerd-config": (
        changed(config=None, gaps=(ABSENT._replace(what=CONFIG),)),
        {"linkerd-config": "warn"},
    ),
    "an unreadable linkerd-config": (
        changed(config=None, gaps=(FORBIDDEN._replace(what=CONFIG),)),
        {"linkerd-config": "warn"},
    ),
    "a linkerd-config without values": (changed(config=ConfigMap(data={})), {"linkerd-config": "warn"}),
    "a linkerd-config that is no YAML": (
        changed(config=ConfigMap(data={"values": "a: ["})),
        {"linkerd-config": "warn"},
    ),
    "Linkerd not found": (
        changed(
            environment=UNKNOWN,
            options=complete_options(options(), UNKNOWN),
            images={},
            chart="",
            config=None,
            gaps=(ABSENT._replace(what=CONFIG),),
        ),
        {"linkerd-release": "warn", "linkerd-config": "warn"},
    ),
    "old Linkerd": (
        replace(healthy("stable-2.14.10"), dry_run=DryRun(sidecars=True, repaired=False)),
        {"linkerd-release": "fail", "webhook-reachable": "warn"},
    ),
    "newer Linkerd": (healthy("edge-99.1.1"), {"linkerd-release": "warn"}),
    "control plane of two releases": (
        changed(images={"linkerd-destination": "edge-25.10.7", "linkerd-proxy-injector": RELEASE}),
        {"linkerd-versions": "warn"},
    ),
    "chart of another release": (changed(chart="edge-25.10.7"), {"linkerd-versions": "warn"}),
    "a wait before exit": (
        healthy("edge-26.1.1", wait_before_exit=10),
        {"linkerd-values": "warn"},
    ),
    "a wait before exit, and native by default": (
        healthy("edge-26.1.1", wait_before_exit=10, default=True),
        {"linkerd-values": "fail"},
    ),
    "an upgrade to a release that reads other keys": (
        replace(healthy(), options=healthy().options._replace(release=BOTH)),
        {"linkerd-release": "warn"},
    ),
    "old CNI plugin": (changed(cni="v1.4.0"), {"cni-plugin": "fail"}),
    "CNI plugin of no version": (changed(cni="latest"), {"cni-plugin": "warn"}),
    "a release with a bug": (healthy("edge-25.7.1"), {"linkerd-bugs": "warn"}),
    "no injector": (
        changed(configurations=configurations(without(INJECTOR))),
        {"linkerd-injector": "fail"},
    ),
    "an injector nobody can call": (
        changed(configurations=configurations(no_bundle(INJECTOR))),
        {"linkerd-injector": "fail"},
    ),
    "no webhook of ours": (
        changed(configurations=configurations(without("linkerd-autofix"))),
        {"webhook-present": "fail"},
    ),
    "no rule for pods": (
        changed(configurations=configurations(ours(rules=[]))),
        {"webhook-present": "fail"},
    ),
    "wrong order": (changed(configurations=configurations(renamed)), {"webhook-order": "fail"}),
    "no caBundle": (
        changed(configurations=configurations(no_bundle("linkerd-autofix"))),
        {"webhook-ca-bundle": "fail"},
    ),
    "another caBundle": (changed(secret=secret(issuer=trustme.CA())), {"webhook-ca-bundle": "fail"}),
    "a caBundle that is none": (
        changed(configurations=configurations(ours(clientConfig={"caBundle": "eA=="}))),
        {"webhook-ca-bundle": "fail"},
    ),
    "a certificate that ended": (
        changed(now=datetime.now(UTC) + timedelta(days=91)),
        {"webhook-certificate": "fail"},
    ),
    "a certificate about to end": (
        changed(secret=secret(timedelta(days=3))),
        {"webhook-certificate": "warn"},
    ),
    "a certificate that is not valid yet": (
        changed(now=datetime.now(UTC) - timedelta(days=10_000)),
        {"webhook-certificate": "fail"},
    ),
    "a certificate for another Service": (
        changed(secret=secret(host="linkerd-autofix.other.svc")),
        {"webhook-certificate": "fail"},
    ),
    "an empty Secret": (changed(secret=Secret()), {"webhook-certificate": "fail"}),
    "a Secret without a certificate": (
        changed(secret=Secret(data={"tls.crt": "eA=="})),
        {"webhook-certificate": "fail"},
    ),
    "no Secret": (
        changed(secret=None, gaps=(ABSENT._replace(what=CERTIFICATES),)),
        {"webhook-certificate": "fail"},
    ),
    "an unreadable Secret": (
        changed(secret=None, gaps=(FORBIDDEN._replace(what=CERTIFICATES),)),
        {"webhook-certificate": "warn"},
    ),
    "an unreadable Deployment": (
        changed(
            secret=None, source=None, labels="", gaps=(Gap("our Deployment in linkerd-autofix", "forbidden"),)
        ),
        {"webhook-certificate": "warn"},
    ),
    "no Deployment of ours": (
        changed(secret=None, source=None, labels="", gaps=(ABSENT._replace(what="our Deployment in x"),)),
        {"webhook-certificate": "warn"},
    ),
    "a certificate that comes from no Secret": (
        changed(secret=None, source=None),
        {"webhook-certificate": "warn"},
    ),
    "no caBundle of cert-manager": (
        changed(configurations=configurations(annotated), source=MANAGED),
        {"webhook-ca-bundle": "fail"},
    ),
    "called for the system": (
        changed(configurations=configurations(ours(namespaceSelector={}))),
        {"webhook-selectors": "warn"},
    ),
    "only for labelled namespaces": (
        changed(configurations=configurations(labelled)),
        {"webhook-selectors": "warn"},
    ),
    "strict with one replica": (
        changed(configurations=configurations(ours(failurePolicy="Fail")), ready=1),
        {"webhook-failure-policy": "warn", "webhook-replicas": "warn"},
    ),
    "no replica": (changed(ready=0), {"webhook-replicas": "fail"}),
    "uncountable replicas": (
        changed(ready=None, gaps=(FORBIDDEN._replace(what="EndpointSlices"),)),
        {"webhook-replicas": "warn"},
    ),
    "not reached": (
        changed(dry_run=DryRun(sidecars=True, repaired=False)),
        {"webhook-reachable": "fail"},
    ),
    "tried where we do not look": (
        changed(
            dry_run=DryRun(sidecars=True, repaired=False),
            namespace="linkerd",
            namespace_labels={"kubernetes.io/metadata.name": "linkerd"},
        ),
        {"webhook-reachable": "warn"},
    ),
    "not reached, in a Namespace whose labels are not known": (
        changed(dry_run=DryRun(sidecars=True, repaired=False), namespace_labels=None),
        {"webhook-reachable": "fail"},
    ),
    "somebody after the injector": (
        changed(configurations=configurations(another)),
        {"other-webhooks": "warn"},
    ),
    "unreadable configurations": (
        changed(configurations=None, gaps=(FORBIDDEN._replace(what="MutatingWebhookConfigurations"),)),
        {"linkerd-injector": "warn", "webhook-present": "warn"},
    ),
}
