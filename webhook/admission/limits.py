"""Limits of one object: a user who may create objects must not delay the reviews of all other users.

The webhook answers one review after the other, so an object that takes a second delays all reviews of that
second. Values are counted in the bytes, before an object is decoded. A decoded object is limited by the
number of its values, of Linkerd's keys and of pod templates. A real object has at most some dozens of keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import autofix
from autofix.kubeapi.types import JsonObject

# An object within these limits takes up to 10 ms, and up to 5 ms more for each MB of the review. If also
# dozens of values on its Namespace break the injector's patch, it takes up to 16 ms.
MOST_KEYS: Final = 100
MOST_VALUES: Final = 8_000
# The API server stores no longer key: a domain of 253 characters, "/" and a name of 63.
LONGEST_KEY: Final = 317
# Bytes of the annotations of one object or template, keys and values together
# (k8s.io/apimachinery, pkg/api/validation, TotalAnnotationSizeLimitB).
MOST_ANNOTATION_BYTES: Final = 256 * 1024
# Commas of all annotations and labels of a built-in object. In JSON a byte becomes at most six.
MOST_COMMAS: Final = 10_000
MOST_OWNERS: Final = 1_000
# Characters of all JSON Pointers to Linkerd's keys and pod templates; a patch repeats them.
MOST_POINTERS: Final = 64 * 1024
LONGEST_MAPPING: Final = 6 * MOST_ANNOTATION_BYTES
# A shorter review is decoded in a few milliseconds, whatever is in it.
SHORT: Final = 64 * 1024
# Characters in a JSON Pointer of an index with its slash, and of an escaped character (RFC 6901, section 3).
_INDEX: Final = 6
_ESCAPED: Final = 2
# What the library reads in detail.
_INTEREST: Final = autofix.interest_at(*autofix.Door)
# In a shorter review no annotations reach the limit, also after a patch.
_NO_LIMIT_NEAR: Final = MOST_ANNOTATION_BYTES // 2


def excess_in_mappings(texts: Sequence[bytes]) -> str | None:
    """Check whether there are too many annotations and labels to decode them.

    Args:
        texts: each mapping as JSON. Commas in strings are counted too, so the real number may be smaller.

    Returns:
        What there is too much of; None for mappings that can be decoded.
    """
    if any(len(text) > LONGEST_MAPPING for text in texts):
        return "more annotations or labels than the API server stores"
    if sum(text.count(b",") for text in texts) > MOST_COMMAS:
        return f"more than {MOST_COMMAS:,} annotations and labels"
    return None


def excess_in_owners(texts: Sequence[bytes]) -> str | None:
    """Check whether there are too many owner references to decode them.

    Args:
        texts: each list as JSON. Brackets in strings are counted too, so the real number may be smaller.

    Returns:
        What there is too much of; None for lists that can be decoded.
    """
    if sum(text.count(b"{") for text in texts) > MOST_OWNERS:
        return f"more than {MOST_OWNERS:,} owner references"
    return None


def may_reach_the_limit(size: int) -> bool:
    """Check whether annotations in a review may become too large by a patch.

    Args:
        size: of the review, in bytes.

    Returns:
        False when they cannot.
    """
    return size > _NO_LIMIT_NEAR


def outgrows(annotations: Mapping[str, Any]) -> bool:
    """Check whether annotations are larger than the API server stores.

    Args:
        annotations: of one object or template.

    Returns:
        True when they are.
    """
    sizes = (len(key.encode()) + len(str(value).encode()) for key, value in annotations.items())
    return sum(sizes) > MOST_ANNOTATION_BYTES


def excess_in_structure(text: bytes) -> str | None:
    """Check whether JSON has too many values to decode it.

    The first value of a mapping or list follows a bracket, and every other value follows a comma. Commas and
    brackets in strings are counted too, so the real number may be smaller.

    Args:
        text: JSON.

    Returns:
        What there is too much of; None for JSON that can be decoded.
    """
    if len(text) > MOST_VALUES and sum(map(text.count, (b",", b"{", b"["))) > MOST_VALUES:
        return f"more than {MOST_VALUES:,} values"
    return None


def excess(obj: JsonObject, namespace: Mapping[str, Any] | None) -> str | None:
    """Check whether a decoded object is too large for the rules.

    Args:
        obj: the object.
        namespace: annotations of its Namespace; None when they are not known. The rules read them once for
            every pod template, so they count as often.

    Returns:
        What there is too much of; None for an object that the rules can check in a moment.
    """
    keys, pointers = 0, 0
    around = 1 + len(_INTEREST.concerning(namespace or {}))
    # Each value with the length of the JSON Pointer to it.
    stack: list[tuple[Any, int]] = [(obj, 0)]
    while stack:
        node, length = stack.pop()
        if isinstance(node, list):
            stack += [(child, length + _INDEX) for child in node if isinstance(child, dict | list)]
            continue
        linkerd_keys = _INTEREST.concerning(node)
        if any(len(key) > LONGEST_KEY for key in linkerd_keys):
            return f"a key with more than {LONGEST_KEY} characters"
        number = len(linkerd_keys) + (around if _holds_pods(node) else 0)
        keys, pointers = keys + number, pointers + number * length
        if keys > MOST_KEYS:
            return f"more than {MOST_KEYS:,} keys of Linkerd's and pod templates"
        if pointers > MOST_POINTERS:
            return "too long paths to keys of Linkerd's or pod templates"
        stack += [
            (child, length + _ESCAPED * len(key) + 1)
            for key, child in node.items()
            if isinstance(child, dict | list)
        ]
    return None


def _holds_pods(node: JsonObject) -> bool:
    spec = node.get("spec")
    return isinstance(spec, dict) and "containers" in spec
