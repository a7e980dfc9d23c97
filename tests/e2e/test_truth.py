"""Who gets a proxy: the stand-in, ``proxy_for``, ``explain`` and ``scan`` against one truth table."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import WRONG
from control_plane import Cluster
from installing import CONTROL_PLANE, control_plane_of
from looking import NATIVE, NONE, proxies, proxy_of
from mesh import RELEASES, VERSIONS, Mesh, Spaces
from reviews import keys_of, outcomes_of, tried
from scanning import autofix
from truth import ERAS, ROWS, Row, namespace_of

from autofix.linkerd.injection import proxy_for, traits_of
from autofix.linkerd.release import parse_release

# The answers do not depend on the version of Kubernetes.
on_one_server = pytest.mark.parametrize("cluster", VERSIONS[-1:], indirect=True)
RELEASE_OF = {era: release for release, era in RELEASES.items()}
# By Helm's identity.serviceAccountTokenProjection.
BY_TOKENS = {tokens: [row for row in ROWS if row.tokens is tokens] for tokens in (True, False)}


def expected(rows: list[Row] | tuple[Row, ...], era: str) -> dict[str, bool]:
    return {row.name: era in row.proxies for row in rows}


@pytest.fixture(scope="module")
def spaces(cluster: Cluster) -> Iterator[dict[str, str]]:
    """A Namespace for each row, with a Deployment in it that would make the pod."""
    names = {row.name: f"truth-{secrets.token_hex(3)}-{number}" for number, row in enumerate(ROWS)}
    cluster.apply(*(namespace_of(row, names[row.name]) for row in ROWS))
    cluster.apply(*(row.deployment(names[row.name]) for row in ROWS))
    yield names
    cluster.kubectl("delete", "namespace", "--wait=false", *names.values())
    cluster.kubectl("delete", "namespace", CONTROL_PLANE, "--ignore-not-found")


def test_the_table_has_both_answers_for_every_reason() -> None:
    assert len(ROWS) > 60
    assert {row.proxies for row in ROWS} == {(), ERAS, ("alpha", "ga"), ("alpha", "beta")}


@on_one_server
@pytest.mark.parametrize("tokens", BY_TOKENS)
def test_the_stand_in_gives_a_proxy_as_the_table_says(
    mesh: Mesh, spaces: dict[str, str], tokens: bool
) -> None:
    pods = [row.pod(spaces[row.name]) for row in BY_TOKENS[tokens]]
    before = {pod["metadata"]["name"]: proxy_of(pod) for pod in pods}
    with mesh.linkerd(tokens=tokens):
        made = tried(mesh.cluster, pods).objects
    # A pod that brought a proxy keeps it, and gets none.
    injected = {pod["metadata"]["name"]: proxy_of(pod) != before[pod["metadata"]["name"]] for pod in made}
    assert injected == expected(BY_TOKENS[tokens], mesh.era)


@pytest.mark.parametrize("era", ERAS)
def test_the_model_says_what_the_table_says(era: str) -> None:
    release = parse_release(RELEASE_OF[era])
    answers = {
        row.name: proxy_for(
            row.annotations,
            row.namespace,
            traits_of(row.pod("shop")["spec"]),
            release=release,
            projects_tokens=row.tokens,
        )
        for row in ROWS
    }
    assert {name: answer.proxy for name, answer in answers.items()} == expected(ROWS, era)
    assert all(answer.reason for answer in answers.values())


@pytest.mark.parametrize("era", ERAS)
@on_one_server
def test_explain_says_what_the_table_says(cluster: Cluster, era: str, tmp_path: Path) -> None:
    rows = BY_TOKENS[True]
    items = [obj for row in rows for obj in (namespace_of(row, row.name), row.deployment(row.name))]
    path = tmp_path / "all.json"
    path.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    ran = autofix(cluster, "explain", "-o", "json", "-q", "-t", RELEASE_OF[era], str(path))
    answers = {one["name"]: one["injected"] for one in json.loads(ran.out) if one["kind"] == "Deployment"}
    assert answers == expected(rows, era)


@pytest.mark.parametrize("era", ERAS)
@on_one_server
@pytest.mark.parametrize("tokens", BY_TOKENS)
def test_scan_says_what_the_table_says(
    cluster: Cluster, spaces: dict[str, str], era: str, tokens: bool
) -> None:
    cluster.apply(*control_plane_of(RELEASE_OF[era], {"identity": {"serviceAccountTokenProjection": tokens}}))
    ran = autofix(cluster, "scan", "-A", "-o", "json", "-q", "--ignore", "AFX404", "deploy")
    known = {spaces[row.name]: row.name for row in BY_TOKENS[tokens]}
    today = {known[one["namespace"]]: one["today"] for one in ran.objects if one["namespace"] in known}
    injected = {name: said not in ("no proxy", NONE) for name, said in today.items()}
    # A scan says of a proxy that the template brings which kind it is.
    brought = {row.name: proxy_of(row.pod("")) != NONE for row in BY_TOKENS[tokens]}
    answers = expected(BY_TOKENS[tokens], era)
    assert injected == {name: answer or brought[name] for name, answer in answers.items()}


@on_one_server
def test_our_webhook_patches_no_pod_that_gets_no_proxy(mesh: Mesh, spaces: dict[str, str]) -> None:
    rows = [row for row in BY_TOKENS[True] if not row.proxies and not row.name.startswith("broken")]
    known = Spaces(spaces, {spaces[row.name]: row.namespace for row in rows})
    with mesh.linkerd(), mesh.autofix(known) as endpoint:
        made = tried(mesh.cluster, [row.pod(spaces[row.name]) for row in rows]).objects
        assert outcomes_of(endpoint)["fixed"] == 0
    assert {pod["metadata"]["name"]: keys_of(pod) for pod in made} == {
        row.name: {WRONG: "true"} for row in rows
    }


@on_one_server
def test_our_webhook_repairs_each_pod_that_gets_a_proxy(mesh: Mesh, spaces: dict[str, str]) -> None:
    rows = [row for row in BY_TOKENS[True] if mesh.era in row.proxies and not row.name.startswith("broken")]
    known = Spaces(spaces, {spaces[row.name]: row.namespace for row in rows})
    with mesh.linkerd(), mesh.autofix(known):
        made = tried(mesh.cluster, [row.pod(spaces[row.name]) for row in rows]).objects
    assert proxies(made) == {row.name: NATIVE for row in rows}
