"""What must hold for every object, every release and every option."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import jsonpatch
from builders import ALPHA_ERA, BETA_ERA, GA_ERA, WAIT, pod
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import (
    FALSE_WORDS,
    NATIVE_KEYS,
    OTHER_KEYS,
    TRUE_WORDS,
    annotation_maps,
    broken_objects,
    documents,
    json_values,
    releases_with_the_feature,
    strings,
)
from strategies import settings as knowledge

import autofix
from autofix.linkerd.keys import is_linkerd_domain


def canonical(value: object) -> str:
    """JSON text in which 1, 1.0 and True differ."""
    return json.dumps(value, sort_keys=True)


def parts_of(pointer: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def at(obj: Any, parts: list[str]) -> Any:
    for part in parts:
        obj = obj[int(part)] if isinstance(obj, list) else obj[part]
    return obj


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Everything in an object that is no mapping, and empty mappings, by path."""
    if isinstance(value, dict) and value:
        for key, child in value.items():
            yield from leaves(child, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, child in enumerate(value):
            yield from leaves(child, (*path, str(index)))
    else:
        yield path, value


def is_linkerds(path: tuple[str, ...]) -> bool:
    """Whether a path ends in an annotation or label of Linkerd."""
    return (
        len(path) > 1
        and path[-2] in ("annotations", "labels")
        and is_linkerd_domain(path[-1].partition("/")[0])
    )


@settings(max_examples=400)
@given(documents(), knowledge())
def test_a_fixed_object_has_nothing_left_to_fix(obj: dict[str, Any], known: dict[str, Any]) -> None:
    first = autofix.fix(obj, **known)
    again = autofix.fix(first.object, **known)
    wanted = {"safe", "unsafe"} if known["unsafe"] else {"safe"}
    assert again.patch.patch == []
    assert not [finding for finding in again.findings if finding.applicability in wanted]
    assert [finding.code for finding in first.remaining] == [finding.code for finding in again.findings]


@settings(max_examples=400)
@given(documents(), knowledge())
def test_the_patch_applies_step_by_step(obj: dict[str, Any], known: dict[str, Any]) -> None:
    result = autofix.fix(obj, **known)
    current = copy.deepcopy(obj)
    for operation in result.patch.patch:
        *parents, key = parts_of(operation["path"])
        parent = at(current, parents)
        assert isinstance(parent, dict), "only keys of mappings are touched"
        assert operation["op"] in ("add", "remove", "replace")
        if operation["op"] == "add":
            assert parent.get(key) is None, "what is there is replaced, not added"
            assert all(isinstance(leaf, str) for _, leaf in leaves(operation["value"]))
        else:
            assert key in parent
        if operation["op"] == "replace":
            assert isinstance(operation["value"], str)
        current = jsonpatch.apply_patch(current, [operation])
    assert canonical(current) == canonical(result.object)


@settings(max_examples=400)
@given(documents(), knowledge())
def test_nothing_but_linkerds_annotations_changes(obj: dict[str, Any], known: dict[str, Any]) -> None:
    ignored = ",".join(("AFX205", *filter(None, [known.get("ignore")])))
    patched = autofix.fix(obj, **{**known, "ignore": ignored}).object
    before, after = (
        {
            path: canonical(leaf)
            for path, leaf in leaves(value)
            if (isinstance(leaf, list) or not is_linkerds(path)) and leaf not in ({}, None)
        }
        for value in (obj, patched)
    )
    assert before == after


@settings(max_examples=200)
@given(documents(), knowledge())
def test_the_input_is_not_changed(obj: dict[str, Any], known: dict[str, Any]) -> None:
    before = copy.deepcopy(obj)
    result = autofix.fix(obj, **known)
    assert canonical(obj) == canonical(before)
    if not result.patch.patch:
        assert result.object is obj
    assert autofix.check(obj, **known) == result.findings


words = st.sampled_from([(word, True) for word in TRUE_WORDS] + [(word, False) for word in FALSE_WORDS])


@settings(max_examples=400)
@given(
    st.sampled_from(NATIVE_KEYS),
    words,
    annotation_maps(strings, [key for key in OTHER_KEYS if key != WAIT]),
    annotation_maps(strings),
    releases_with_the_feature,
    st.sampled_from([None, True, False]),
)
def test_after_a_fix_linkerd_does_what_the_author_meant(
    key: str,
    word: tuple[str, bool],
    others: dict[str, str],
    outer: dict[str, str],
    release: str | None,
    default: bool | None,
) -> None:
    value, intent = word
    known: dict[str, Any] = {"release": release, "default": default}
    result = autofix.fix(pod({**others, key: value}), namespace=outer, native_only=True, **known)
    found: Any = result.object
    after = autofix.decide(found["metadata"]["annotations"], outer, **known)
    before = autofix.decide({**others, key: value}, outer, **known)
    if result.patch.patch:
        fixed = {finding.code for finding in result.findings if finding.fix}
        # AFX406 only takes away what breaks the injector's patch, and may leave the kind as it was.
        right = (intent, before.native) if fixed == {"AFX406"} else (intent,)
        assert after.native in right
        assert before.denied or not after.denied
    else:
        # Left alone: it is right already, or a finding says why not.
        assert before.native is intent or any(finding.native for finding in result.findings)


@settings(max_examples=300)
@given(
    annotation_maps(strings),
    annotation_maps(strings),
    st.sampled_from([ALPHA_ERA, BETA_ERA, GA_ERA, None]),
    st.sampled_from([None, True, False]),
    st.sampled_from([0, 5]),
)
def test_a_fix_never_makes_the_injector_deny_a_pod(
    own: dict[str, str], outer: dict[str, str], release: str | None, default: bool | None, wait: int
) -> None:
    known: dict[str, Any] = {"release": release, "default": default, "wait_before_exit": wait}
    found: Any = autofix.fix(pod(own), namespace=outer, **known).object
    before = autofix.decide(own, outer, **known)
    after = autofix.decide(found["metadata"]["annotations"], outer, **known)
    assert before.denied or not after.denied


@settings(max_examples=400)
@given(json_values | broken_objects(), knowledge())
def test_no_json_value_makes_it_raise(obj: object, known: dict[str, Any]) -> None:
    result = autofix.fix(obj, **known)
    assert autofix.fix(result.object, **known).patch.patch == []


def test_nesting_beyond_every_stack_makes_it_not_raise() -> None:
    deep: Any = {"metadata": {}, "spec": {"containers": []}}
    for part in ("spec", "template", "items") * 30_000:
        deep = {part: [deep] if part == "items" else deep}
    obj = {"apiVersion": "example.com/v1", "kind": "Deep", **deep}
    assert autofix.fix(obj).object is obj
    while deep:  # Freed level by level, or Python's own recursion frees it.
        [(_, child)] = deep.items() if len(deep) == 1 else [("", {})]
        deep.clear()
        deep = child[0] if isinstance(child, list) else child
