"""Thousands of mutated real reviews: whatever comes, the API server can take the answer.

A patch that does not apply fails the user's request even under failurePolicy Ignore, so each patch is applied
with the library of the API server, too. The seed is another in every run, and the run prints it.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonpatch
import jsonpointer
import pytest
from answering import answers_to
from assets import build
from patching import (
    ABSENT,
    Steps,
    by_jsonpatch,
    by_the_api_server,
    differences,
    object_of,
    read,
    with_object,
    write,
)
from pools import NO_MAPS
from random_reviews import MutatedReview, Situation, mutated_review, situations
from strategies import NO_STRINGS

MEMBERS = {"uid", "allowed", "patch", "patchType", "warnings", "auditAnnotations"}
POD, JOB = ("", "Pod"), ("batch", "Job")
WORKLOADS = {
    *(("", kind) for kind in ("Namespace", "PodTemplate", "ReplicationController")),
    *(("apps", kind) for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")),
    *(("batch", "CronJob"), JOB),
}


@dataclass(frozen=True)
class Case:
    """A review and its answer."""

    review: MutatedReview
    situation: Situation
    answer: bytes

    @cached_property
    def response(self) -> dict[str, Any]:
        response: dict[str, Any] = json.loads(self.answer)["response"]
        return response

    @cached_property
    def patch(self) -> bytes:
        return base64.b64decode(self.response.get("patch", ""), validate=True)

    @cached_property
    def operations(self) -> list[dict[str, Any]]:
        operations: list[dict[str, Any]] = json.loads(self.patch)
        return operations

    @cached_property
    def request(self) -> dict[str, Any]:
        request: dict[str, Any] = read(self.review.body)["request"]
        return request

    @property
    def kind(self) -> tuple[str, str]:
        return self.request["kind"]["group"], self.request["kind"]["kind"]

    @cached_property
    def result(self) -> Any:
        """The object after the patch, as jsonpatch makes it."""
        return by_jsonpatch(object_of(self.review.body), self.patch)


Check = Callable[[Case], Iterator[str]]


@dataclass(frozen=True)
class Run:
    """All cases of a seed."""

    seed: str
    cases: list[Case]
    folder: Path

    @cached_property
    def patches(self) -> list[Case]:
        """The cases with a patch."""
        return [case for case in self.cases if b'"patch":' in case.answer]

    def must_hold(self, check: Check, cases: Sequence[Case]) -> None:
        """Fail with the shortest review about which a check has something to say."""
        failures = [(case, complaint) for case in cases if (complaint := _complaint(check, case))]
        if not failures:
            return
        case, complaint = min(failures, key=lambda failure: len(failure[0].review.body))
        body = self.folder / f"review-{case.review.number}.json"
        body.write_bytes(case.review.body)
        pytest.fail(
            f"{len(failures)} of {len(self.cases)} reviews; the seed is {self.seed}.\n"
            f"The shortest: {complaint}\n"
            f"{body}: {case.review.name} after {', '.join(case.review.mutations)}\n"
            f"{case.situation}\nanswer: {case.answer[:2000]!r}\npatch: {case.patch[:2000]!r}",
            pytrace=False,
        )


def _complaint(check: Check, case: Case) -> str:
    try:
        return next(check(case), "")
    except (
        jsonpatch.JsonPatchException,
        jsonpointer.JsonPointerException,
        ValueError,
        LookupError,
        RecursionError,
    ) as error:
        return f"{type(error).__name__}: {error}"


@pytest.fixture(scope="module")
def run(seed: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    count = int(os.environ.get("MUTATED_REVIEWS") or 4000)
    around, folder = situations(seed), tmp_path_factory.mktemp("mutated-reviews")
    reviews = [mutated_review(seed, number) for number in range(count)]
    answers = answers_to([(around[review.situation], review.body) for review in reviews], folder)
    cases = [
        Case(review, around[review.situation], answer)
        for review, answer in zip(reviews, answers, strict=True)
    ]
    return Run(seed, cases, folder)


@pytest.fixture
def program() -> Path:
    """Apply patches as the API server does; skipped where that is not built, and CI demands that it is."""
    if "json-patch" in build.missing():
        stop = pytest.fail if os.environ.get("CLUSTER_TESTS") == "required" else pytest.skip
        stop("no patch library of the API server: run `make cluster-assets` to build json-patch")
    return build.folder("json-patch") / "json-patch"


def test_every_review_gets_an_answer_that_the_api_server_takes(run: Run) -> None:
    run.must_hold(is_taken, run.cases)


def is_taken(case: Case) -> Iterator[str]:
    answer = json.loads(case.answer)
    if (answer.get("apiVersion"), answer.get("kind")) != ("admission.k8s.io/v1", "AdmissionReview"):
        yield "no AdmissionReview v1"
    response = answer["response"]
    if response["uid"] != case.review.uid or response["allowed"] is not True or set(response) - MEMBERS:
        yield "another uid, not allowed, or an unknown member in the response"
    if response.get("patchType") != ("JSONPatch" if "patch" in response else None):
        yield "a patch without patchType, or the reverse"
    if "patch" in response and not case.operations:
        yield "an empty patch"
    warnings, audit = response.get("warnings", []), response.get("auditAnnotations", {})
    if any(not 0 < len(warning) <= 120 or not warning.isprintable() for warning in warnings):
        yield "a warning that the API server drops or cuts"
    if any("internal error" in warning for warning in warnings):
        yield "an internal error"
    # The API server puts the webhook's name and "/" before the key, which makes it a qualified name.
    if any(not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?", key) for key in audit):
        yield "an audit annotation whose key the API server drops"
    if not all(isinstance(value, str) for value in audit.values()):
        yield "an audit annotation that is no string"


def test_every_patch_applies_and_changes_nothing_but_native_sidecar_annotations(run: Run) -> None:
    run.must_hold(changes_native_keys_alone, run.patches)


def changes_native_keys_alone(case: Case) -> Iterator[str]:
    # A `test` that fails is a request that fails, and we need none of the others.
    if {operation["op"] for operation in case.operations} - {"add", "remove", "replace"}:
        yield "an operation that we do not need"
    changes = differences(case.request["object"], case.result)
    if not changes:
        yield "a patch that changes nothing"
    for steps, before, after in changes:
        if not _may_change(steps, before, after):
            yield f"a change at {steps}"


def _may_change(steps: Steps, before: Any, after: Any) -> bool:
    if steps[-3:-1] == ("metadata", "annotations"):
        return _is_native(steps[-1]) and (after is ABSENT or isinstance(after, str))
    if before is not ABSENT and before is not None:
        return False
    if steps[-1:] == ("metadata",) and isinstance(after, dict) and set(after) == {"annotations"}:
        after = after["annotations"]
    elif steps[-2:] != ("metadata", "annotations"):
        return False
    return isinstance(after, dict) and all(
        _is_native(key) and isinstance(value, str) for key, value in after.items()
    )


def _is_native(key: str | int) -> bool:
    domain, _, name = str(key).partition("/")
    is_linkerds = domain == "linkerd.io" or domain.endswith(".linkerd.io")
    return is_linkerds and bool(re.search("native.*sidecar", name.lower(), re.DOTALL))


def test_only_what_is_ours_to_patch_is_patched(run: Run) -> None:
    run.must_hold(is_ours, run.patches)


def is_ours(case: Case) -> Iterator[str]:
    request = case.request
    if request["operation"] not in ("CREATE", "UPDATE") or request.get("subResource"):
        yield "an operation or a subresource that is not ours"
    if request["operation"] == "UPDATE":
        yield from _may_be_updated(case)
    if case.kind in WORKLOADS:
        if not case.situation.mutate_workloads:
            yield "a workload, and nobody asked for that"
        if any(isinstance(owner, dict) and owner.get("controller") is True for owner in _owners(case)):
            yield "an object that a controller made"
    elif case.kind != POD:
        for steps, before, after in differences(request["object"], case.result):
            if before is ABSENT or isinstance(before, str) or not isinstance(after, str):
                yield f"more than a value without quotes in a custom resource, at {steps}"


def _may_be_updated(case: Case) -> Iterator[str]:
    if case.kind == POD:
        yield "a Pod that exists"
    if case.kind == JOB:
        stored, result = map(_template_annotations, (case.request.get("oldObject"), case.result))
        if result != stored:
            yield "a Job that exists, and its template differs from the stored one"


def _template_annotations(job: Any) -> Any:
    return job["spec"]["template"]["metadata"]["annotations"]


def _owners(case: Case) -> list[Any]:
    metadata = case.request["object"].get("metadata")
    owners = metadata.get("ownerReferences") if isinstance(metadata, dict) else None
    return owners if isinstance(owners, list) else []


def test_an_object_that_was_patched_gets_no_second_patch(run: Run) -> None:
    cases = [case for case in run.patches if _says_its_kind(case)]
    reviews = [replace(case.review, body=with_object(case.review.body, write(case.result))) for case in cases]
    around = [case.situation for case in cases]
    answers = answers_to(
        [(situation, review.body) for situation, review in zip(around, reviews, strict=True)], run.folder
    )
    again = [Case(*parts) for parts in zip(reviews, around, answers, strict=True)]
    run.must_hold(is_taken, again)
    run.must_hold(has_no_patch, again)


def _says_its_kind(case: Case) -> bool:
    """Tell whether the object is of the request's kind, as in all reviews of an API server."""
    obj, (group, kind) = case.request["object"], case.kind
    version = obj.get("apiVersion")
    return obj.get("kind") == kind and isinstance(version, str) and version.rpartition("/")[0] == group


def has_no_patch(case: Case) -> Iterator[str]:
    if "patch" in case.response:
        yield "a second patch"


def test_the_api_servers_own_library_makes_the_same_of_every_patch(run: Run, program: Path) -> None:
    tasks = [(object_of(case.review.body), case.patch) for case in run.patches]
    numbers = [case.review.number for case in run.patches]
    results = dict(zip(numbers, by_the_api_server(tasks, program), strict=True))

    def is_the_same(case: Case) -> Iterator[str]:
        outcomes = results[case.review.number]
        if set(outcomes) != set(build.MINORS):
            yield f"Kubernetes {sorted(outcomes)} and not {build.MINORS}"
        for version, outcome in outcomes.items():
            for steps, ours, theirs in differences(case.result, outcome):
                yield f"in Kubernetes {version} at {steps}: {theirs!r:.300} and not {ours!r:.300}"

    run.must_hold(is_the_same, run.patches)


def test_the_mutations_reach_what_they_are_for(run: Run) -> None:
    """Without patches of every form, and reviews without a patch, the tests above would say little."""
    forms = Counter(form for case in run.patches for form in _forms(case))
    # Of 4,000; a seed usually makes ten times as many.
    least = dict.fromkeys(["Pod", "workload", "custom resource", "add", "remove", "replace", "several"], 15)
    least |= {"parents": 3, "escapes": 10}
    rare = {form for form, number in least.items() if forms[form] < number * len(run.cases) // 4000}
    assert not rare, f"{forms} in the seed {run.seed}"
    assert len(run.patches) < len(run.cases) / 2, f"the seed {run.seed}"


def test_the_values_that_mutations_draw_from_stay_as_they_are() -> None:
    before = repr((NO_STRINGS, NO_MAPS))
    for number in range(1000):
        mutated_review("a", number)
    assert repr((NO_STRINGS, NO_MAPS)) == before


def _forms(case: Case) -> set[str]:
    forms = {operation["op"] for operation in case.operations}
    forms.add("Pod" if case.kind == POD else "workload" if case.kind in WORKLOADS else "custom resource")
    if any(isinstance(operation.get("value"), dict) for operation in case.operations):
        forms.add("parents")
    if any("~0" in operation["path"] or "native~1" in operation["path"] for operation in case.operations):
        forms.add("escapes")
    return forms | ({"several"} if len(case.operations) > 1 else set())
