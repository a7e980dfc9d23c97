"""Real AdmissionReviews through the running HTTPS server."""

from __future__ import annotations

import json
from typing import Any

import jsonpatch
import pytest
from builders import ALPHA, BETA, GA, WAIT, WRONG
from webhook_client import NAMES, REVIEWS, Start, load, patch_of, with_annotations

POD_CREATES = [name for name in NAMES if "-pod-create-" in name]
WORKLOADS = {
    "12-deployment-create": ("spec", "template"),
    "13-deployment-update-annotate": ("spec", "template"),
    "14-deployment-update-apply-new-image": ("spec", "template"),
    "16-replicaset-create-from-deployment": ("spec", "template"),
    "17-job-create": ("spec", "template"),
    "18-cronjob-create": ("spec", "jobTemplate", "spec", "template"),
    "19-job-create-from-cronjob": ("spec", "template"),
    "20-namespace-create": (),
    "21-namespace-update": (),
    "23-statefulset-create": ("spec", "template"),
    "24-daemonset-create": ("spec", "template"),
}
MESHED = {"linkerd.io/inject": "enabled"}
KEY_TO_WRITE = {"2.17": ALPHA, "2.19": BETA, "2.20": GA, None: ALPHA}


def patched(review: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = jsonpatch.apply_patch(review["request"]["object"], patch_of(response))
    return result


@pytest.mark.parametrize("name", NAMES)
async def test_every_real_review_gets_a_valid_answer_whose_patch_applies(start: Start, name: str) -> None:
    client = await start()
    body = (REVIEWS / f"{name}.json").read_bytes()
    response = await client.review(body)
    if patch := patch_of(response):
        jsonpatch.apply_patch(json.loads(body)["request"]["object"], patch)


def test_there_are_24_real_reviews() -> None:
    assert len(NAMES) == 24


@pytest.mark.parametrize("release", KEY_TO_WRITE)
@pytest.mark.parametrize("name", POD_CREATES)
async def test_a_pod_with_a_wrong_key_gets_the_key_its_release_reads(
    start: Start, name: str, release: str
) -> None:
    client = await start(linkerd=release, native_sidecar_default=False)
    review = with_annotations(load(name), {WRONG: "true", "linkerd.io/inject": "enabled"})
    response = await client.review(review)
    assert patched(review, response)["metadata"]["annotations"] == {
        KEY_TO_WRITE[release]: "true",
        "linkerd.io/inject": "enabled",
    }
    assert any(KEY_TO_WRITE[release] in warning for warning in response["warnings"])
    assert json.loads(response["auditAnnotations"]["patch"]) == patch_of(response)


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        pytest.param({WRONG: "yes"}, {ALPHA: "true"}, id="wrong key, word for a boolean"),
        pytest.param({WRONG: "False", GA: "False"}, {ALPHA: "False", GA: "False"}, id="default"),
        pytest.param({GA: "T"}, {ALPHA: "T"}, id="GA key before its time, value that Go reads is kept"),
        pytest.param({BETA: "enabled"}, {ALPHA: "true"}, id="beta key before its time"),
        pytest.param({ALPHA: " true"}, {ALPHA: "true"}, id="right key, blank in the value"),
        pytest.param({ALPHA: '"true"'}, {ALPHA: "true"}, id="right key, quotes in the value"),
        pytest.param({ALPHA: "true"}, None, id="right"),
        pytest.param({ALPHA: "true", WRONG: "true"}, None, id="leftover beside the right key: no tidying"),
        pytest.param({ALPHA: "false", WRONG: "true"}, None, id="keys that disagree"),
        pytest.param({WRONG: "maybe"}, None, id="unreadable"),
        pytest.param({WRONG: "true", WAIT: "5"}, None, id="would be denied"),
        pytest.param({"config.linkerd.io/enable-debug-sidecar": "yes"}, None, id="another annotation"),
        pytest.param({"linkerd.io/inject": "true"}, None, id="inject"),
        pytest.param({"sidecar.istio.io/nativeSidecar": "true"}, None, id="Istio's key"),
        pytest.param({}, None, id="no annotations"),
        pytest.param(None, None, id="no annotations map"),
        pytest.param({WRONG: "true", "linkerd-autofix.io/ignore": "*"}, None, id="opted out"),
    ],
)
async def test_a_pod_is_touched_only_where_what_was_meant_cannot_be_read(
    start: Start, annotations: dict[str, Any] | None, expected: object
) -> None:
    client = await start(linkerd="2.17")
    review = with_annotations(load("06-pod-create-from-job"), annotations)
    response = await client.review(review)
    if expected is None:
        assert "patch" not in response
    else:
        assert patched(review, response)["metadata"]["annotations"] == expected


async def test_a_withheld_fix_is_said_in_a_warning_and_in_the_audit_log(start: Start) -> None:
    client = await start(linkerd="2.17")
    review = with_annotations(load("06-pod-create-from-job"), {WRONG: "true", WAIT: "5"})
    response = await client.review(review)
    assert any("AFX402" in warning for warning in response["warnings"])
    assert "AFX402" in response["auditAnnotations"]["withheld"]


@pytest.mark.parametrize("annotations", [None, {}, {"linkerd.io/inject": "enabled"}])
async def test_a_namespace_with_a_wrong_key_gets_its_intent_written_on_the_pod(
    start: Start, annotations: dict[str, Any] | None
) -> None:
    client = await start(linkerd="2.17", namespaces={"default": {**MESHED, WRONG: "true"}})
    review = with_annotations(load("06-pod-create-from-job"), annotations)
    response = await client.review(review)
    assert patched(review, response)["metadata"]["annotations"] == {**(annotations or {}), ALPHA: "true"}


@pytest.mark.parametrize("metadata", [None, "absent"])
async def test_a_pod_without_metadata_gets_its_parents_too(start: Start, metadata: str | None) -> None:
    client = await start(linkerd="2.17", namespaces={"default": {**MESHED, WRONG: "true"}})
    review = load("06-pod-create-from-job")
    review["request"]["object"].pop("metadata")
    if metadata is None:
        review["request"]["object"]["metadata"] = None
    response = await client.review(review)
    assert patched(review, response)["metadata"] == {"annotations": {ALPHA: "true"}}


async def test_a_pod_opts_out_of_its_namespace_in_every_release(start: Start) -> None:
    for release in ("2.17", "2.19", "2.20"):
        client = await start(linkerd=release, namespaces={"default": {**MESHED, GA: "true", BETA: "true"}})
        review = with_annotations(load("06-pod-create-from-job"), {ALPHA: "false"})
        response = await client.review(review)
        annotations = patched(review, response)["metadata"]["annotations"]
        assert annotations == {KEY_TO_WRITE[release]: "false"}


@pytest.mark.parametrize("dry_run", [True, False])
async def test_dry_run_gets_the_same_patch(start: Start, dry_run: bool) -> None:
    client = await start()
    review = with_annotations(load("04-pod-create-server-side-apply-dry-run"), {WRONG: "true"})
    review["request"]["dryRun"] = dry_run
    response = await client.review(review)
    assert patched(review, response)["metadata"]["annotations"] == {ALPHA: "true"}


@pytest.mark.parametrize(
    "name", ["09-pod-update-annotate", "10-pod-update-ephemeralcontainers", "15-deployment-scale-subresource"]
)
async def test_updates_of_pods_and_subresources_are_left_alone(start: Start, name: str) -> None:
    client = await start(mutate_workloads=True)
    response = await client.review(with_annotations(load(name), {WRONG: "true"}))
    assert set(response) == {"uid", "allowed"}


async def test_a_deleted_object_is_left_alone(start: Start) -> None:
    client = await start(mutate_workloads=True)
    review = load("11-pod-delete")
    review["request"]["oldObject"]["metadata"]["annotations"] = {WRONG: "true"}
    response = await client.review(review)
    assert set(response) == {"uid", "allowed"}


@pytest.mark.parametrize(("name", "template"), WORKLOADS.items())
async def test_workloads_and_namespaces_get_a_warning_by_default(
    start: Start, name: str, template: tuple[str, ...]
) -> None:
    client = await start()
    response = await client.review(with_annotations(load(name), {WRONG: "true"}, *template))
    assert "patch" not in response
    [warning] = response["warnings"]
    request = review_of(name)
    assert warning.startswith(f"linkerd-autofix: {request['kind']['kind'].lower()} {request['name'][:3]}")
    assert f": AFX101: use {ALPHA}, not " in warning


def review_of(name: str) -> dict[str, Any]:
    request: dict[str, Any] = load(name)["request"]
    return request


OWNED = {"16-replicaset-create-from-deployment", "19-job-create-from-cronjob"}


@pytest.mark.parametrize("name", sorted(OWNED))
async def test_what_a_controller_made_is_never_patched(start: Start, name: str) -> None:
    client = await start(mutate_workloads=True)
    response = await client.review(with_annotations(load(name), {WRONG: "true"}, *WORKLOADS[name]))
    assert "patch" not in response
    assert response["warnings"]


async def test_a_pod_is_repaired_and_not_tidied(start: Start) -> None:
    client = await start()
    review = with_annotations(load("06-pod-create-from-job"), {ALPHA: "yes", WRONG: "true"})
    [operation] = patch_of(await client.review(review))
    assert (operation["op"], operation["value"]) == ("replace", "true")


@pytest.mark.parametrize("name", ["17-job-create", "20-namespace-create"])
async def test_a_workload_keeps_the_keys_that_other_releases_read(start: Start, name: str) -> None:
    client = await start(mutate_workloads=True)
    annotations = {ALPHA: "true", BETA: "true", GA: "true"}
    response = await client.review(with_annotations(load(name), annotations, *WORKLOADS[name]))
    assert set(response) == {"uid", "allowed"}
    review = with_annotations(load(name), {**annotations, WRONG: "true"}, *WORKLOADS[name])
    [operation] = patch_of(await client.review(review))
    assert (operation["op"], operation["path"].rpartition("/")[2]) == ("remove", WRONG.replace("/", "~1"))


async def test_a_withheld_fix_is_said_with_what_to_do(start: Start) -> None:
    client = await start()
    review = with_annotations(load("06-pod-create-from-job"), {WRONG: "true", WAIT: "5"})
    response = await client.review(review)
    assert (
        "linkerd-autofix: pod job-a-…: AFX101 not fixed: set wait-before-exit to 0 first: "
        "AFX402: Linkerd would deny the pod"
    ) in response["warnings"]
    rollout = load("22-rollout-cr-create-bool-in-template")
    rollout["request"]["object"]["spec"]["template"]["metadata"]["annotations"][WAIT] = "5"
    assert any(
        "not fixed: set wait-before-exit to 0 first" in warning
        for warning in (await client.review(rollout))["warnings"]
    )


@pytest.mark.parametrize(("name", "template"), [row for row in WORKLOADS.items() if row[0] not in OWNED])
async def test_workloads_and_namespaces_are_patched_when_asked_for(
    start: Start, name: str, template: tuple[str, ...]
) -> None:
    client = await start(mutate_workloads=True)
    review = with_annotations(load(name), {WRONG: "true"}, *template)
    metadata = patched(review, await client.review(review))
    for part in (*template, "metadata"):
        metadata = metadata[part]
    assert metadata["annotations"] == {ALPHA: "true"}


async def test_a_workload_with_the_key_on_itself_gets_a_warning(start: Start) -> None:
    client = await start()
    review = with_annotations(load("17-job-create"), None, "spec", "template")
    response = await client.review(with_annotations(review, {ALPHA: "true"}))
    [warning] = response["warnings"]
    assert warning.startswith("linkerd-autofix: job job-a: AFX301: ")


async def test_a_custom_resource_gets_its_boolean_quoted_and_nothing_else(start: Start) -> None:
    client = await start()
    review = load("22-rollout-cr-create-bool-in-template")
    review["request"]["object"]["spec"]["template"]["metadata"]["annotations"] |= {"linkerd.io/inject": True}
    response = await client.review(review)
    assert [(op["op"], op["value"]) for op in patch_of(response)] == [("replace", "true")]
    template = patched(review, response)["spec"]["template"]["metadata"]["annotations"]
    assert template == {ALPHA: "true", "linkerd.io/inject": True}


async def test_values_of_other_domains_in_a_custom_resource_get_a_warning_and_no_patch(start: Start) -> None:
    client = await start()
    review = load("22-rollout-cr-create-bool-in-template")
    metadata = review["request"]["object"]["spec"]["template"]["metadata"]
    metadata["annotations"] = {
        "linkerd.io/inject": "enabled",
        "prometheus.io/scrape": True,
        "a.example/b": "c",
    }
    response = await client.review(review)
    assert "patch" not in response
    [warning] = response["warnings"]
    assert warning.startswith("linkerd-autofix: rollout ro-bool: AFX205: ")
    # Beside a value that is quoted, it stays.
    metadata["annotations"][ALPHA] = True
    [operation] = patch_of(await client.review(review))
    assert operation["path"].endswith(ALPHA.rpartition("/")[2])


async def test_a_custom_resource_of_a_known_kind_keeps_its_keys(start: Start) -> None:
    client = await start()
    review = load("22-rollout-cr-create-bool-in-template")
    review["request"]["kind"] = {"group": "argoproj.io", "version": "v1alpha1", "kind": "Workflow"}
    review["request"]["object"] = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "w", "annotations": {WRONG: "true"}},
        "spec": {
            "podMetadata": {"annotations": {WRONG: "true", ALPHA: True}},
            "other": {"annotations": {ALPHA: True}},
        },
    }
    response = await client.review(review)
    path = f"/spec/podMetadata/annotations/{ALPHA.replace('/', '~1')}"
    assert patch_of(response) == [{"op": "replace", "path": path, "value": "true"}]


async def test_a_custom_resource_of_any_shape_passes(start: Start) -> None:
    client = await start()
    specs: tuple[object, ...] = ([], "text", 5, None, {"template": "text"}, {"template": [1]})
    for spec in specs:
        review = load("22-rollout-cr-create-bool-in-template")
        review["request"]["object"]["spec"] = spec
        assert "patch" not in await client.review(review)


async def test_warnings_about_very_long_keys_still_name_the_right_one(start: Start) -> None:
    client = await start()
    key = f"config.{'x' * 200}.linkerd.io/proxy-native-sidecar"
    response = await client.review(with_annotations(load("17-job-create"), {key: "true"}, "spec", "template"))
    assert response["warnings"][0].startswith(f"linkerd-autofix: job job-a: AFX101: use {ALPHA}")


@pytest.mark.parametrize("spec", [{"replicas": 1}, {"template": None}, None])
async def test_a_workload_without_a_template_gets_none(start: Start, spec: object) -> None:
    client = await start(
        linkerd="2.17", mutate_workloads=True, namespaces={"default": {**MESHED, WRONG: "true"}}
    )
    review = load("12-deployment-create")
    request = review["request"]
    request["kind"] = {"group": "", "version": "v1", "kind": "ReplicationController"}
    request["object"] |= {"apiVersion": "v1", "kind": "ReplicationController", "spec": spec}
    response = await client.review(review)
    assert "patch" not in response
    assert response["warnings"]
    request["object"]["spec"] = {"template": {}}
    template = patched(review, await client.review(review))["spec"]["template"]
    assert template == {"metadata": {"annotations": {ALPHA: "true"}}}
