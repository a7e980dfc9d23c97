"""Objects that would keep everybody else's reviews waiting pass unchanged, and no others do."""

from __future__ import annotations

import json
from typing import Any

import jsonpatch
import msgspec
import pytest
from builders import ALPHA, WRONG, Object
from webhook_client import Start, load, patch_of, with_annotations

from webhook.admission.limits import LONGEST_KEY, MOST_ANNOTATION_BYTES, MOST_KEYS, MOST_VALUES, excess
from webhook.admission.models import ReviewedBytes, ReviewedObject, decode_parts

POD = "06-pod-create-from-job"
WARNING = ": left unchanged: "


def wrong(count: int) -> dict[str, Any]:
    return {f"{WRONG}-{number}": "true" for number in range(count)}


def of_length(length: int) -> str:
    return f"config.linkerd.io/native-sidecar{'x' * length}"[:length]


def a_pod(annotations: dict[str, Any]) -> dict[str, Any]:
    return with_annotations(load(POD), annotations)


def owned_by(owners: list[dict[str, Any]]) -> dict[str, Any]:
    review = a_pod({WRONG: "true"})
    review["request"]["object"]["metadata"]["ownerReferences"] = owners
    return review


def a_fleet(spec: object) -> dict[str, Any]:
    review = load("22-rollout-cr-create-bool-in-template")
    review["request"]["object"] = {"apiVersion": "example.com/v1", "kind": "Fleet", "metadata": {}}
    review["request"]["object"]["spec"] = spec
    return review


def with_a_key(spec: object) -> dict[str, Any]:
    return a_fleet({"pods": template({ALPHA: True}), "rest": spec})


def template(annotations: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"annotations": annotations}, "spec": {"containers": [{"name": "app"}]}}


TOO_MUCH = [
    pytest.param(a_pod(wrong(MOST_KEYS + 1)), "more than 200 keys", id="wrong keys of a pod"),
    pytest.param(
        a_pod({WRONG: "true", **wrong(10_001)}), "more than 10,000 annotations", id="10,000 of them"
    ),
    pytest.param(
        a_fleet([template({ALPHA: True})] * (MOST_KEYS // 2 + 1)), "more than 200 keys", id="templates"
    ),
    pytest.param(with_a_key([template({})] * (MOST_KEYS + 1)), "pod templates", id="templates without a key"),
    pytest.param(a_fleet([template({ALPHA: True})] * 20_000), "more than 8,000 values", id="10,000 of them"),
    pytest.param(with_a_key([[0]] * MOST_VALUES), "more than 8,000 values", id="lists"),
    pytest.param(with_a_key([0] * MOST_VALUES), "more than 8,000 values", id="numbers"),
    pytest.param(with_a_key({str(number): {} for number in range(MOST_VALUES)}), "values", id="mappings"),
    pytest.param(a_pod({of_length(LONGEST_KEY + 1): "true"}), "a key with more than 317", id="a long key"),
    pytest.param(a_pod({f"linkerd.io/{'aB' * 1_000_000}": ""}), "than the API server stores", id="2 MB key"),
    pytest.param(
        a_fleet({"k" * 300_000: [template({ALPHA: True})] * 95}), "too long paths to keys", id="a long way"
    ),
    pytest.param(
        a_fleet({"~" * 500: [template({ALPHA: True})] * 95}), "too long paths to keys", id="escaped"
    ),
    pytest.param(owned_by([{}] * 50_000), "more than 1,000 owner references", id="50,000 owners"),
    pytest.param(
        with_annotations(load("12-deployment-create"), wrong(10_001), "spec", "template"),
        "more than 10,000 annotations",
        id="a Deployment's template",
    ),
]


@pytest.mark.parametrize(("review", "why"), TOO_MUCH)
async def test_what_is_too_much_passes_unchanged_with_a_warning_and_is_counted(
    start: Start, review: Any, why: str
) -> None:
    client = await start(mutate_workloads=True)
    response = await client.review(review)
    assert "patch" not in response
    [warning] = response["warnings"]
    assert WARNING in warning
    assert why in warning
    _, metrics = await client.get("/metrics")
    assert 'outcome="oversized"} 1.0' in metrics
    # The next one is answered as ever.
    assert patch_of(await client.review(a_pod({WRONG: "true"})))


async def test_just_below_the_bound_every_key_of_a_pod_is_looked_at(start: Start) -> None:
    client = await start()
    review = a_pod(wrong(MOST_KEYS))
    response = await client.review(review)
    patched = jsonpatch.apply_patch(review["request"]["object"], patch_of(response))
    assert patched["metadata"]["annotations"][ALPHA] == "true"
    assert WARNING not in json.dumps(response["warnings"])


async def test_just_below_the_bound_every_template_is_repaired(start: Start) -> None:
    client = await start()
    review = a_fleet([template({ALPHA: True})] * (MOST_KEYS // 2))
    response = await client.review(review)
    patched = jsonpatch.apply_patch(review["request"]["object"], patch_of(response))
    assert patched["spec"] == [template({ALPHA: "true"})] * (MOST_KEYS // 2)


async def test_the_keys_of_the_namespace_count_for_every_template_of_a_custom_resource(start: Start) -> None:
    client = await start(namespaces={"default": {**wrong(18), "linkerd.io/inject": "enabled"}})
    spec: list[Object] = [{"spec": {"containers": []}}] * (MOST_KEYS // 20)
    assert "warnings" not in await client.review(
        a_fleet([*spec[:-1], template({"linkerd.io/inject": "x"})][1:])
    )
    assert WARNING in (await client.review(a_fleet([*spec, template({ALPHA: True})])))["warnings"][0]
    # A pod is one place, however much stands on its Namespace.
    assert patch_of(await client.review(a_pod({WRONG: "true"})))


@pytest.mark.parametrize(
    "obj",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"metadata": {"annotations": wrong(MOST_KEYS)}}, id="so many keys"),
        pytest.param({"spec": [template({})] * MOST_KEYS}, id="so many templates"),
        pytest.param({"spec": [0] * MOST_VALUES}, id="so many values"),
        pytest.param({"metadata": {"annotations": {of_length(LONGEST_KEY): "true"}}}, id="so long a key"),
        pytest.param({"metadata": {"annotations": {"x" * 1_000_000: "true"}}}, id="a long key of another's"),
        pytest.param({"spec": {"template": "text", "other": {"spec": ["containers"]}}}, id="no template"),
    ],
)
def test_the_bounds_themselves_are_not_too_much(obj: dict[str, Any]) -> None:
    assert excess(obj, None) is None


async def test_a_custom_resource_without_linkerds_names_is_not_looked_at_however_much_it_holds(
    start: Start,
) -> None:
    client = await start()
    assert "warnings" not in await client.review(a_fleet([[0]] * MOST_VALUES))


@pytest.mark.parametrize("kind", ["06-pod-create-from-job", "12-deployment-create", "18-cronjob-create"])
async def test_the_rest_of_a_built_in_object_may_be_as_large_as_it_likes(start: Start, kind: str) -> None:
    client = await start()
    review = load(kind)
    review["request"]["object"]["spec"]["anything"] = [{"name": "x", "values": list(range(10))}] * 20_000
    assert WARNING not in json.dumps((await client.review(review)).get("warnings", []))


@pytest.mark.parametrize(
    ("total", "is_patched"),
    [
        pytest.param(MOST_ANNOTATION_BYTES - 100, True, id="room for the longer key"),
        pytest.param(MOST_ANNOTATION_BYTES, False, id="as much as the API server stores"),
        pytest.param(MOST_ANNOTATION_BYTES - len(ALPHA) + len(WRONG) + 1, False, id="one byte too many"),
        pytest.param(MOST_ANNOTATION_BYTES - len(ALPHA) + len(WRONG), True, id="just as much"),
    ],
)
@pytest.mark.parametrize("letter", ["x", "é"])
async def test_no_fix_makes_annotations_larger_than_the_api_server_stores(
    start: Start, total: int, is_patched: bool, letter: str
) -> None:
    client = await start()
    room = total - len(WRONG) - len("true") - len("fill")
    size = len(letter.encode())
    fill = letter * (room // size) + "x" * (room % size)
    # Another pod of the same workload, whose answer may be remembered.
    assert patch_of(await client.review(a_pod({WRONG: "true", "fill": ""})))
    response = await client.review(a_pod({WRONG: "true", "fill": fill}))
    assert bool(patch_of(response)) is is_patched
    assert is_patched or "256 KiB" in response["warnings"][0]


MARKED = {"annotations": {"a": "b"}, "labels": None, "ownerReferences": [{"name": "web", "controller": True}]}
POD_TEMPLATE = {"metadata": MARKED}


@pytest.mark.parametrize(
    "obj",
    [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", **MARKED}},
        {"metadata": MARKED, "template": POD_TEMPLATE},
        {"metadata": {"annotations": {}}, "spec": {"template": POD_TEMPLATE, "replicas": 2}},
        {"metadata": {}, "spec": {"jobTemplate": {**POD_TEMPLATE, "spec": {"template": POD_TEMPLATE}}}},
        {"metadata": None, "spec": None, "template": None},
        {"spec": {"template": None, "jobTemplate": {"metadata": None, "spec": None}}},
        {},
    ],
)
def test_what_is_counted_before_it_is_decoded_is_decoded_whole(obj: dict[str, Any]) -> None:
    text = json.dumps(obj).encode()
    counted = decode_parts(msgspec.json.decode(text, type=ReviewedBytes))
    assert counted == msgspec.json.decode(text, type=ReviewedObject)


async def test_a_patch_is_not_repeated_in_the_audit_log_when_it_is_long(start: Start) -> None:
    client = await start()
    spec = {"k" * 120: [template({ALPHA: True})] * 95}
    response = await client.review(a_fleet(spec))
    assert len(patch_of(response)) == 95
    assert len(response["auditAnnotations"]["patch"]) < 100
