"""AFX501: an annotation that this release does not know."""

from __future__ import annotations

import pytest
from builders import ALPHA, ALPHA_ERA, BETA, GA, WRONG, namespace, workload
from fixing import codes, fixed, found

from autofix.linkerd.annotations import extension_domains, known_annotations


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("config.linkerd.io/proxy-cpu-limits", "config.linkerd.io/proxy-cpu-limit"),
        ("config.linkerd.io/skip-outbound-port", "config.linkerd.io/skip-outbound-ports"),
        ("linkerd.io/injected", "linkerd.io/inject"),
    ],
)
def test_a_misspelt_key_names_the_nearest(key: str, near: str) -> None:
    [finding] = found({key: "5"}, "AFX501")
    assert finding.message == f"no release of Linkerd knows {key}; did you mean {near}?"
    assert finding.applicability == "display"
    assert fixed({key: "5"}, unsafe=True) == {key: "5"}


def test_a_key_unlike_any_other_names_none() -> None:
    assert (
        found({"config.linkerd.io/zzz": "5"}, "AFX501")[0].message
        == "no release of Linkerd knows config.linkerd.io/zzz"
    )


def test_domains_that_linkerd_does_not_use_are_only_mentioned() -> None:
    assert found({"team.linkerd.io/zzz": "5"}, "AFX501")[0].severity == "info"
    assert found({"config.linkerd.io/zzz": "5"}, "AFX501")[0].severity == "warning"


def test_a_key_of_another_release_is_said_so() -> None:
    later = next(
        key
        for key, known in known_annotations().items()
        if known.first and known.first.year >= 26 and key != GA
    )
    assert "another release does" in found({later: "x"}, "AFX501", release=ALPHA_ERA)[0].message
    assert "AFX501" not in codes({later: "x"}, release=None)


@pytest.mark.parametrize(
    "obj", [namespace({"linkerd.io/zzz": "1"}), workload("Job", {"linkerd.io/zzz": "1"})]
)
def test_wherever_annotations_stand(obj: dict[str, object]) -> None:
    assert codes(obj) == ["AFX501"]


@pytest.mark.parametrize("key", sorted(known_annotations()))
def test_a_catalogued_key_is_known_to_its_newest_release(key: str) -> None:
    last = known_annotations()[key].last
    assert "AFX501" not in codes({key: "x"}, release=str(last) if last else "edge-26.8.3")


@pytest.mark.parametrize("key", ["example.com/zzz", "linkerd.example.com/zzz", ALPHA, BETA, GA, WRONG])
def test_native_keys_and_other_vendors_have_no_such_finding(key: str) -> None:
    assert "AFX501" not in codes({key: "true"})


@pytest.mark.parametrize(
    "key",
    [
        "failover.linkerd.io/primary-service",
        "mirror.linkerd.io/multicluster-gateway",
        "mirror.linkerd.io/probe-port",
        "mirror.linkerd.io/probe-timeout",
        "multicluster.linkerd.io/anything",
    ],
)
@pytest.mark.parametrize("kind", ["Service", "TrafficSplit", "Deployment", "Namespace"])
def test_keys_of_linkerds_own_extensions_are_left_alone(key: str, kind: str) -> None:
    obj = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "web", "annotations": {key: "x"}}}
    assert codes(obj, release="2.15") == []
    assert codes({key: "x"}, release="2.15") == []
    assert key.partition("/")[0] in extension_domains()


@pytest.mark.parametrize(
    "key", ["viz.linkerd.io/zzz", "failover.team.linkerd.io/zzz", "mirrors.linkerd.io/x"]
)
def test_other_domains_are_no_extensions(key: str) -> None:
    assert codes({key: "x"}) == ["AFX501"]
