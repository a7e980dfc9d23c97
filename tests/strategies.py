"""Random Kubernetes objects that look like what people write, and what they should not have written."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from builders import ALPHA, BETA, ERAS, GA, IGNORE, TEMPLATES, WAIT, WRONG
from hypothesis import strategies as st

NATIVE_KEYS = [ALPHA, BETA, GA, WRONG, "linkerd.io/native-sidecar", "config.linkerd.io/proxyNativeSidecar"]
OTHER_KEYS = [
    WAIT,
    "linkerd.io/inject",
    "config.linkerd.io/proxy-await",
    "config.linkerd.io/enable-debug-sidecar",
    "config.linkerd.io/proxy-cpu-limit",
    "config.linkerd.io/proxy-sidecar-native",
    "config.linkerd.io/unheard-of",
    "example.com/native-sidecar",
    "proxy.nativeSidecar",
    "app",
    "a~b/c",
]
TRUE_WORDS = ["true", "yes", "on", " true", '"true"', "1", "T", "enabled", "tRUE"]
FALSE_WORDS = ["false", "no", "off", "disabled", "0", "F", "fALSE "]
UNCLEAR_WORDS = ["", "maybe", "2", "{{ .x }}"]
WORDS = [*TRUE_WORDS, *FALSE_WORDS, *UNCLEAR_WORDS]
NO_STRINGS: list[Any] = [True, False, None, 0, 1, 5, 0.5, [], {}, ["true"], {"a": True}]

strings = st.sampled_from(WORDS)
# Copies, for what is drawn is broken in place below.
values = strings | st.sampled_from(NO_STRINGS).map(deepcopy)
releases = st.sampled_from([*ERAS.values(), None, "edge-25.7.1", "2.21"])
releases_with_the_feature = st.sampled_from([*list(ERAS.values())[1:], None])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def annotation_maps(
    value: st.SearchStrategy[Any] = values, keys: Sequence[str] = (*NATIVE_KEYS, *OTHER_KEYS)
) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(keys), value, max_size=5)


def metadata(value: st.SearchStrategy[Any] = values) -> st.SearchStrategy[dict[str, Any]]:
    """Metadata in which everything may be absent or null."""
    return st.fixed_dictionaries(
        {},
        optional={
            "name": st.just("web"),
            "namespace": st.sampled_from(["shop", "bank"]),
            "annotations": st.none() | annotation_maps(value),
            "labels": st.none() | annotation_maps(value),
        },
    )


def templates(value: st.SearchStrategy[Any] = values) -> st.SearchStrategy[dict[str, Any]]:
    spec = st.fixed_dictionaries(
        {"containers": st.builds(lambda: [{"name": "app"}])}, optional={"annotations": annotation_maps(value)}
    )
    return st.fixed_dictionaries({"spec": spec}, optional={"metadata": st.none() | metadata(value)})


@st.composite
def objects(draw: st.DrawFn, value: st.SearchStrategy[Any] = values) -> dict[str, Any]:
    """One object that an API server, or a file, may hold."""
    kind = draw(st.sampled_from(["Pod", "Namespace", "Service", "Rollout", *TEMPLATES]))
    obj: dict[str, Any] = {"apiVersion": "v1", "kind": kind}
    if draw(st.integers(0, 9)):
        obj["metadata"] = draw(st.none() | metadata(value))
    if kind == "Namespace" and obj.get("metadata") is not None:
        obj["metadata"]["name"] = draw(st.sampled_from(["shop", "bank"]))
    elif kind == "Pod":
        obj["spec"] = {"containers": [{"name": "app"}]}
    elif kind == "Rollout":
        obj |= {"apiVersion": "argoproj.io/v1alpha1", "spec": {"template": draw(templates(value))}}
    elif kind in TEMPLATES:
        version, path = TEMPLATES[kind]
        inner: Any = draw(templates(value))
        for part in reversed(path):
            inner = {part: inner}
            if part == "jobTemplate":
                inner[part]["metadata"] = draw(metadata(value))
        obj |= {"apiVersion": version, **inner}
    return obj


def documents(value: st.SearchStrategy[Any] = values) -> st.SearchStrategy[dict[str, Any]]:
    """An object, or a List of objects that belong together."""
    many = st.lists(objects(value), max_size=4)
    return objects(value) | st.builds(
        lambda items: {"apiVersion": "v1", "kind": "List", "items": items}, many
    )


@st.composite
def settings(draw: st.DrawFn) -> dict[str, Any]:
    """What the caller knows of the cluster and wants of the fixes."""
    return {
        "release": draw(releases),
        "kubernetes": draw(st.sampled_from([None, "1.28", "1.33"])),
        "default": draw(st.sampled_from([None, True, False])),
        "wait_before_exit": draw(st.sampled_from([0, 0, 5])),
        "unsafe": draw(st.booleans()),
        "namespace": draw(st.none() | annotation_maps()),
        "ignore": draw(st.sampled_from([None, "AFX105", "AFX2"])),
        "native_only": draw(st.booleans()),
    }


@st.composite
def broken_objects(draw: st.DrawFn) -> dict[str, Any]:
    """An object in which one place holds something that does not belong there."""
    obj = draw(objects())
    for _ in range(draw(st.integers(1, 3))):
        node = obj
        for _ in range(draw(st.integers(0, 4))):
            inner = [child for child in node.values() if isinstance(child, dict) and child]
            node = draw(st.sampled_from(inner)) if inner else node
        node[draw(st.sampled_from(sorted(node, key=str)) if node else st.just("metadata"))] = draw(
            json_values
        )
    if draw(st.booleans()) and isinstance(obj.get("metadata"), dict):
        obj["metadata"]["annotations"] = {IGNORE: draw(json_values)}
    return obj
