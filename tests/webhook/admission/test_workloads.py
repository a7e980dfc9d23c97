"""With mutate-workloads the same manifest gives the same object, at CREATE and at UPDATE."""

from __future__ import annotations

import copy
from typing import Any

import jsonpatch
import pytest
from builders import ALPHA, BETA, GA, WRONG
from webhook_client import Client, Start, load, patch_of, with_annotations

INJECT = "linkerd.io/inject"
TEMPLATE = ("spec", "template")
WORKLOADS = {
    "12-deployment-create": TEMPLATE,
    "17-job-create": TEMPLATE,
    "18-cronjob-create": ("spec", "jobTemplate", "spec", "template"),
    "20-namespace-create": (),
    "23-statefulset-create": TEMPLATE,
    "24-daemonset-create": TEMPLATE,
}


async def stored_after(client: Client, review: dict[str, Any]) -> dict[str, Any]:
    """Make what the API server stores after a review."""
    patch = patch_of(await client.review(review))
    obj: dict[str, Any] = jsonpatch.apply_patch(review["request"]["object"], patch)
    return obj


def update(review: dict[str, Any], stored: dict[str, Any], obj: dict[str, Any]) -> dict[str, Any]:
    request = {**review["request"], "operation": "UPDATE", "oldObject": stored, "object": obj}
    return {**review, "request": request}


def annotations_at(obj: dict[str, Any], template: tuple[str, ...] = TEMPLATE) -> dict[str, Any]:
    for part in (*template, "metadata", "annotations"):
        obj = obj[part]
    return obj


@pytest.mark.parametrize("release", ["2.17", "2.20", None])
@pytest.mark.parametrize(("name", "template"), WORKLOADS.items())
async def test_the_same_manifest_twice_changes_nothing(
    start: Start, name: str, template: tuple[str, ...], release: str | None
) -> None:
    client = await start(linkerd=release, mutate_workloads=True)
    review = with_annotations(load(name), {WRONG: "yes", "team": "a"}, *template)
    stored = await stored_after(client, review)
    assert stored != review["request"]["object"]
    # `kubectl replace` sends the manifest; apply adds its keys to what is stored.
    both = copy.deepcopy(stored)
    annotations_at(both, template)[WRONG] = "yes"
    for obj in (review["request"]["object"], both, stored):
        assert await stored_after(client, update(review, stored, obj)) == stored


# Each with the release, and the annotations of the manifest, of its Namespace, and of what is stored.
REAL_KEYS: list[tuple[str, dict[str, str], dict[str, str], dict[str, str]]] = [
    ("2.17", {GA: "true"}, {}, {GA: "true", ALPHA: "true"}),
    ("2.17", {BETA: "1"}, {}, {BETA: "1", ALPHA: "1"}),
    ("2.17", {GA: "yes"}, {}, {GA: "yes", ALPHA: "true"}),
    ("2.17", {GA: "no", BETA: "0"}, {}, {GA: "no", BETA: "0", ALPHA: "false"}),
    ("2.17", {GA: "true", WRONG: "true"}, {}, {GA: "true", ALPHA: "true"}),
    ("2.19", {GA: "true"}, {}, {GA: "true", BETA: "true"}),
    ("2.19", {GA: "true", ALPHA: "yes"}, {BETA: "true"}, {GA: "true", ALPHA: "yes", BETA: "true"}),
    ("2.20", {ALPHA: "false"}, {GA: "true"}, {ALPHA: "false", GA: "false"}),
    ("2.20", {BETA: "yes"}, {}, {BETA: "yes", GA: "true"}),
    ("2.20", {BETA: "yes", ALPHA: "true"}, {}, {BETA: "yes", ALPHA: "true", GA: "true"}),
    ("2.20", {GA: "yes", ALPHA: "true"}, {}, {GA: "true", ALPHA: "true"}),
]


@pytest.mark.parametrize(
    ("name", "template", "release", "manifest", "around", "after"),
    [
        (name, template, *case)
        for name, template in WORKLOADS.items()
        for case in REAL_KEYS
        # A Namespace is in no other one, and Linkerd 2.20 does not read the beta key there.
        if template or not (case[2] or (case[0] == "2.20" and BETA in case[1]))
    ],
)
async def test_a_real_key_stays_and_the_same_manifest_twice_changes_nothing(
    start: Start,
    name: str,
    template: tuple[str, ...],
    release: str,
    manifest: dict[str, str],
    around: dict[str, str],
    after: dict[str, str],
) -> None:
    client = await start(
        linkerd=release, mutate_workloads=True, namespaces={"default": {INJECT: "enabled", **around}}
    )
    review = with_annotations(load(name), manifest, *template)
    stored = await stored_after(client, review)
    assert annotations_at(stored, template) == after
    applied = copy.deepcopy(stored)
    annotations_at(applied, template).update(manifest)
    for obj in (review["request"]["object"], applied, stored):
        assert await stored_after(client, update(review, stored, obj)) == stored


# Each with the annotations of the manifest, of the stored template, and of the result.
@pytest.mark.parametrize(
    ("manifest", "stored", "result"),
    [
        pytest.param({WRONG: "true"}, {WRONG: "true"}, None, id="stored before us"),
        pytest.param({WRONG: "true"}, {BETA: "true"}, {BETA: "true"}, id="repaired under another release"),
        pytest.param({ALPHA: "true", WRONG: "1"}, {ALPHA: "true"}, {ALPHA: "true"}, id="client-side apply"),
        pytest.param({WRONG: "no"}, {ALPHA: "false"}, {ALPHA: "false"}, id="a word"),
        pytest.param({WRONG: "false"}, {ALPHA: "true"}, None, id="another intent"),
        pytest.param({WRONG: "true", "a": "1"}, {ALPHA: "true", "a": "2"}, None, id="another annotation"),
        pytest.param({WRONG: "true"}, {}, None, id="the key is new"),
        pytest.param({ALPHA: "true"}, {WRONG: "true"}, None, id="repaired in the manifest"),
        pytest.param({WRONG: "maybe"}, {ALPHA: "true"}, None, id="a value nobody can read"),
        pytest.param({}, {ALPHA: "true"}, None, id="the key is gone"),
    ],
)
async def test_the_template_of_a_job_becomes_what_is_stored_or_stays(
    start: Start, manifest: dict[str, str], stored: dict[str, str], result: dict[str, str] | None
) -> None:
    client = await start(linkerd="2.19", mutate_workloads=True)
    review = with_annotations(load("17-job-create"), manifest, *TEMPLATE)
    old = with_annotations(load("17-job-create"), stored, *TEMPLATE)["request"]["object"]
    response = await client.review(update(review, old, review["request"]["object"]))
    if result is None:
        assert "patch" not in response
    else:
        patched = jsonpatch.apply_patch(review["request"]["object"], patch_of(response))
        assert annotations_at(patched) == result


@pytest.mark.parametrize("stored", [None, [], {}, {"spec": None}, {"spec": {"template": {"metadata": []}}}])
async def test_a_job_whose_stored_object_cannot_be_read_is_left_alone(start: Start, stored: object) -> None:
    client = await start(linkerd="2.17", mutate_workloads=True)
    review = with_annotations(load("17-job-create"), {WRONG: "true"}, *TEMPLATE)
    review["request"] |= {"operation": "UPDATE", "oldObject": stored}
    assert "patch" not in await client.review(review)
    del review["request"]["oldObject"]
    assert "patch" not in await client.review(review)


async def test_by_default_a_job_that_exists_gets_a_warning(start: Start) -> None:
    client = await start(linkerd="2.17")
    review = with_annotations(load("17-job-create"), {WRONG: "true"}, *TEMPLATE)
    stored = with_annotations(review, {ALPHA: "true"}, *TEMPLATE)["request"]["object"]
    response = await client.review(update(review, stored, review["request"]["object"]))
    assert "patch" not in response
    assert response["warnings"]


@pytest.mark.parametrize(("key", "before", "after"), [(BETA, "2.17", "2.19"), (GA, "2.17", "2.20")])
async def test_a_job_of_an_older_release_stays_what_is_stored(
    start: Start, key: str, before: str, after: str
) -> None:
    """The manifest was wrong for the old release, and is right for the new one."""
    review = with_annotations(load("17-job-create"), {key: "true"}, *TEMPLATE)
    stored = await stored_after(await start(linkerd=before, mutate_workloads=True), review)
    assert annotations_at(stored) == {key: "true", ALPHA: "true"}
    client = await start(linkerd=after, mutate_workloads=True)
    assert await stored_after(client, update(review, stored, review["request"]["object"])) == stored


async def test_what_inherits_the_intent_of_its_namespace_is_stable_too(start: Start) -> None:
    client = await start(
        linkerd="2.17", mutate_workloads=True, namespaces={"default": {INJECT: "enabled", GA: "true"}}
    )
    review = with_annotations(load("17-job-create"), {}, *TEMPLATE)
    stored = await stored_after(client, review)
    assert annotations_at(stored) == {ALPHA: "true"}
    assert await stored_after(client, update(review, stored, review["request"]["object"])) == stored
