"""An answer that is remembered is the answer that would be worked out."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest
import strategies as some
from builders import ALPHA, GA, IGNORE, WRONG
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from webhook_client import NAMES, load, with_annotations

from autofix.kubernetes.kinds import BUILT_IN
from webhook.admission.answers import Outcome
from webhook.admission.cache import cache_key, encode_answer, make_answerer, write_answer
from webhook.admission.codec import ObjectError, ReviewError, decode
from webhook.admission.handler import answer
from webhook.admission.request import Request
from webhook.admission.state import ClusterFacts, ClusterState, make_state
from webhook.settings import Settings

INJECT = "linkerd.io/inject"
API_GROUPS = {
    "Namespace": "",
    "Pod": "",
    "PodTemplate": "",
    "ReplicationController": "",
    "Rollout": "argoproj.io",
}
API_GROUPS |= {"CronJob": "batch", "Job": "batch", "Service": ""}

# Keys on both sides of what may count: in other words' middle, in capitals, in no domain, opting out.
KEYS = [
    *some.NATIVE_KEYS,
    *some.OTHER_KEYS,
    IGNORE,
    "NATIVE_SIDECAR_PROXY",
    "proxyNativeSidecar",
    "a.linkerd.io/x",
]
KEYS += ["config.linkerd.io/PROXY-NATIVE-SIDECAR", "config.linkerd.io/proxy-native-sidcar", "linkerd", "team"]
OWNER = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "rs", "uid": "1", "controller": True}
_PARTS = {"apiVersion", "kind", "metadata", "spec", "template", "jobTemplate", "name"}
VALUES = st.sampled_from([*some.WORDS, "*", "AFX101", True, 1, 1.0, None])


def state(release: str | None, namespaces: dict[str, dict[str, str]], **known: Any) -> ClusterState:
    return make_state(Settings(), ClusterFacts(release, **known), namespaces)


@st.composite
def reviews(draw: st.DrawFn) -> dict[str, Any]:
    """Reviews of few shapes with few keys, so that many are alike without being equal."""
    obj = draw(some.objects(VALUES) | some.broken_objects())
    metadata = obj.get("metadata")
    if isinstance(metadata, dict):
        for name in draw(st.sets(st.sampled_from(["annotations", "labels"]))):
            metadata[name] = draw(st.none() | st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3))
        if draw(st.booleans()):
            owner = {
                "apiVersion": "apps/v1",
                "kind": "ReplicaSet",
                "name": "rs",
                "uid": "1",
                "controller": True,
            }
            metadata["ownerReferences"] = [owner]
        metadata["name"] = draw(st.sampled_from(["one", "two"]))
    kind = obj["kind"] if isinstance(obj.get("kind"), str) else "Pod"
    request = {
        "uid": draw(st.sampled_from(["1", 'a"b'])),
        "kind": {"group": API_GROUPS.get(kind, "apps"), "kind": draw(st.sampled_from([kind, kind, "Pod"]))},
        "operation": draw(st.sampled_from(["CREATE", "CREATE", "UPDATE", "DELETE"])),
        "namespace": draw(st.sampled_from(["shop", "bank", ""])),
        "object": obj,
    }
    if draw(st.integers(0, 9)) == 0:
        request["subResource"] = "status"
    return {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}


def request_of(review: dict[str, Any]) -> Request:
    try:
        return decode(json.dumps(review).encode())
    except (ReviewError, ObjectError):
        # A number that JSON or 64 bits have no place for; other tests are about those.
        reject()


namespaces = st.fixed_dictionaries(
    {}, optional={"shop": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(some.WORDS), max_size=2)}
)


def _changed_in_one_place(node: Any) -> Iterator[Any]:
    """Make every copy in which one member is absent, null, a mapping with a wrong key, or of another kind."""
    if not isinstance(node, dict):
        return
    for key in {*node, *({"annotations", "labels", "ownerReferences"} if "name" in node else ())}:
        rest = {name: value for name, value in node.items() if name != key}
        yield rest
        for value in (None, {WRONG: "true"}, {"metadata": {"annotations": {WRONG: "true"}}}, [OWNER]):
            yield {**node, key: value}
        for changed in _changed_in_one_place(node.get(key)):
            yield {**node, key: changed}
    for kind, version in (("Namespace", "v1"), ("Deployment", "apps/v1")):
        if "kind" in node:
            yield {**node, "kind": kind}
            yield {**node, "apiVersion": version}


@settings(max_examples=60)
@given(reviews(), st.builds(state, some.releases_with_the_feature, namespaces), st.booleans())
def test_a_remembered_answer_is_the_answer_that_would_be_worked_out(
    review: dict[str, Any], known: Any, mutate: bool
) -> None:
    answered = make_answerer(mutate_workloads=mutate)
    asked = [review["request"]]
    asked += [{**asked[0], "object": obj} for obj in islice(_changed_in_one_place(asked[0]["object"]), 300)]
    asked += [{**asked[0], "subResource": "scale"}]
    asked += [{**asked[0], "operation": name} for name in ("CREATE", "UPDATE", "DELETE")]
    asked += [{**asked[0], "kind": {"group": group, "kind": kind}} for group, kind in sorted(BUILT_IN)]
    for request in [request_of({**review, "request": one}) for one in asked]:
        expected = encode_answer(answer(request, known, mutate_workloads=mutate))
        assert answered(request, known) == expected


def _with_a_wrong_key(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    changed = {key: _with_a_wrong_key(value) for key, value in node.items() if key in _PARTS}
    if "metadata" in changed:
        changed["metadata"] = {**changed["metadata"], "annotations": {WRONG: "true"}}
    return changed


def _pod_template() -> dict[str, Any]:
    review = load("17-job-create")
    job = review["request"]["object"]
    review["request"]["kind"] = {"group": "", "version": "v1", "kind": "PodTemplate"}
    job |= {"apiVersion": "v1", "kind": "PodTemplate", "template": job.pop("spec")["template"]}
    return review


@pytest.mark.parametrize("review", [pytest.param(load(name), id=name) for name in NAMES] + [_pod_template()])
def test_no_change_in_a_real_review_gets_the_answer_of_another_one(review: dict[str, Any]) -> None:
    known = state("2.17", {"default": {GA: "true"}})
    answered = make_answerer(mutate_workloads=True)
    for obj in (review["request"]["object"], _with_a_wrong_key(review["request"]["object"])):
        for changed in islice(_changed_in_one_place(obj), 400):
            request = request_of({**review, "request": {**review["request"], "object": changed}})
            assert answered(request, known) == encode_answer(answer(request, known, mutate_workloads=True))


def _with_other_things(node: Any) -> Any:
    """Give every metadata another name, and annotations and labels that are nobody's business here."""
    if isinstance(node, list):
        return [_with_other_things(item) for item in node]
    if not isinstance(node, dict):
        return node
    changed = {key: _with_other_things(value) for key, value in node.items()}
    if isinstance(changed.get("metadata"), dict):
        metadata = changed["metadata"]
        # A name of another type is somebody's business: it cannot be decoded as others are.
        if isinstance(metadata.get("name", ""), str):
            metadata["name"] = "another"
        for name in ("annotations", "labels"):
            if isinstance(metadata.get(name), dict):
                metadata[name] = {"checksum/config": "1", **metadata[name], "pod-template-hash": "2"}
    return changed


@settings(max_examples=300)
@given(reviews(), st.builds(state, some.releases, namespaces), st.booleans())
def test_what_is_nobodys_business_changes_neither_the_key_nor_the_answer(
    review: dict[str, Any], known: Any, mutate: bool
) -> None:
    changed = {**review, "request": {**review["request"], "uid": "2"}}
    changed["request"]["object"] = _with_other_things(review["request"]["object"])
    request, changed_request = request_of(review), request_of(changed)
    namespace = known.namespaces.get(request.namespace)
    assert cache_key(request, namespace) == cache_key(changed_request, namespace)
    if cache_key(request, namespace) is not None:
        assert answer(request, known, mutate_workloads=mutate) == answer(
            changed_request, known, mutate_workloads=mutate
        )


def pod(annotations: dict[str, Any], **metadata: Any) -> bytes:
    review = with_annotations(load("06-pod-create-from-job"), annotations)
    review["request"]["object"]["metadata"] |= metadata
    return json.dumps(review).encode()


def test_pods_of_one_workload_are_answered_from_memory() -> None:
    known, answered = state("2.17", {}), make_answerer(mutate_workloads=False)
    first = answered(
        decode(pod({WRONG: "true", "checksum": "1"}, generateName="a-", labels={"n": "1"})), known
    )
    again = answered(
        decode(pod({WRONG: "true", "checksum": "2"}, generateName="b-", labels={"n": "2"})), known
    )
    assert again is first
    assert first.answer.outcome is Outcome.FIXED


def test_a_namespace_that_changes_in_place_changes_the_answer() -> None:
    namespaces: dict[str, dict[str, str]] = {}
    known, answered = state("2.17", namespaces), make_answerer(mutate_workloads=False)
    request = decode(pod({}))
    assert answered(request, known).answer.outcome is Outcome.UNCHANGED
    namespaces["default"] = {WRONG: "true", INJECT: "enabled"}
    assert answered(request, known).answer.outcome is Outcome.FIXED
    namespaces["default"] = {ALPHA: "false"}
    assert answered(request, known).answer.outcome is Outcome.UNCHANGED


def test_another_state_is_another_memory() -> None:
    answered, request = make_answerer(mutate_workloads=False), decode(pod({GA: "true"}))
    assert answered(request, state("2.17", {})).answer.outcome is Outcome.FIXED
    assert answered(request, state("2.20", {})).answer.outcome is Outcome.UNCHANGED


@pytest.mark.parametrize(
    ("spec", "owner"),
    [
        pytest.param({"hostNetwork": True}, {}, id="host network"),
        pytest.param({"containers": [{"name": "linkerd-proxy"}]}, {}, id="a proxy"),
        pytest.param({"restartPolicy": "Always"}, {}, id="does not end"),
        pytest.param({"containers": [{"command": ["linkerd-await"]}]}, {}, id="ends its proxy"),
        pytest.param({}, {"apiVersion": "x/v1"}, id="another owner"),
    ],
)
def test_what_decides_about_the_proxy_of_a_pod_is_part_of_the_key(
    spec: dict[str, Any], owner: dict[str, str]
) -> None:
    known = make_state(Settings(complete_jobs=True), ClusterFacts("2.17"), {"default": {INJECT: "enabled"}})
    review = with_annotations(load("06-pod-create-from-job"), {})
    other = copy.deepcopy(review)
    other["request"]["object"]["spec"] |= spec
    other["request"]["object"]["metadata"]["ownerReferences"][0] |= owner
    answered = make_answerer(mutate_workloads=False)
    for request in map(request_of, (review, other)):
        assert answered(request, known) == encode_answer(answer(request, known))
    assert answered(request_of(review), known) != answered(request_of(other), known)


def test_warnings_name_the_pod_of_each_request() -> None:
    known, answered = state("2.17", {}), make_answerer(mutate_workloads=False)
    requests = [decode(pod({WRONG: "true"}, generateName=name)) for name in ("a-", "b-")]
    texts = [write_answer(request, answered(request, known)) for request in requests]
    assert "linkerd-autofix: pod a-…: AFX101".encode() in texts[0]
    assert texts[1] == texts[0].replace("pod a-…".encode(), "pod b-…".encode())


def test_values_that_are_equal_and_of_other_types_are_told_apart() -> None:
    known, answered = state("2.17", {}), make_answerer(mutate_workloads=False)
    answers = [answered(decode(pod({ALPHA: value})), known) for value in (True, 1, 1.0, "true", "1")]
    assert len({(answer.head, answer.answer.warnings) for answer in answers}) > 1
    for value in (True, 1, 1.0, "true", "1"):
        request = decode(pod({ALPHA: value}))
        assert answered(request, known) == encode_answer(answer(request, known))


def test_what_is_remembered_is_bounded() -> None:
    known, answered = state("2.17", {}), make_answerer(mutate_workloads=False)
    first = answered(decode(pod({WRONG: "true"})), known)
    for number in range(600):
        answered(decode(pod({WRONG: "true", "linkerd.io/x": str(number)})), known)
    assert answered(decode(pod({WRONG: "true"})), known) is not first
    long = decode(pod({WRONG: "true", "linkerd.io/x": "x" * 10_000}))
    assert answered(long, known) is not answered(long, known)


@pytest.mark.parametrize(
    "annotations",
    [
        pytest.param({f"sidecar.x/k{number}": "v" for number in range(300)}, id="many keys of others"),
        pytest.param({f"sidecar.{'x' * 400}": "v"}, id="a long key of another's"),
    ],
)
def test_an_object_that_is_too_much_does_not_answer_for_a_usual_one(annotations: dict[str, Any]) -> None:
    known = state("2.17", {})
    answered = make_answerer(mutate_workloads=False)
    assert answered(decode(pod({WRONG: "true", **annotations})), known).answer.outcome is Outcome.OVERSIZED
    assert answered(decode(pod({WRONG: "true"})), known).answer.outcome is Outcome.FIXED
