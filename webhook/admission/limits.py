"""How much one object may hold: whoever may create objects must not keep everybody else's reviews waiting.

Reviews are answered one after the other, and what takes a second holds up all that come meanwhile. Structure
is counted in the bytes before anything is built of them; what is built and looked at is bounded by the number
of values, of Linkerd's keys and of pod templates. A real object has some dozens of keys at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from autofix.kubeapi.types import JsonObject

# What stays below takes 10 ms at worst, and up to 5 ms for each MB of a long review beside it.
MOST_KEYS: Final = 200
MOST_VALUES: Final = 8_000
# The API server stores no longer one: a domain of 253 characters, "/" and a name of 63.
LONGEST_KEY: Final = 317
# Of the annotations of one object or template, keys and values together in bytes
# (k8s.io/apimachinery, pkg/api/validation, TotalAnnotationSizeLimitB).
MOST_ANNOTATION_BYTES: Final = 256 * 1024
# Of all annotations and labels of a built-in object. JSON writes a byte as six at most.
MOST_COMMAS: Final = 10_000
MOST_OWNERS: Final = 1_000
# Characters of the JSON Pointers to Linkerd's keys and pod templates, all together: a patch repeats them.
MOST_POINTERS: Final = 64 * 1024
LONGEST_MAPPING: Final = 6 * MOST_ANNOTATION_BYTES
# What a shorter review can hold is decoded in a few milliseconds.
SHORT: Final = 64 * 1024
# What an index and a slash take in a JSON Pointer, and what an escaped character does (RFC 6901, section 3).
_INDEX: Final = 6
_ESCAPED: Final = 2
# In a shorter review no annotations reach the limit, whatever a patch adds to them.
_NO_LIMIT_NEAR: Final = MOST_ANNOTATION_BYTES // 2


def excess_in_mappings(texts: Sequence[bytes]) -> str | None:
    """Say whether annotations and labels are too many to be decoded.

    Args:
        texts: each mapping as JSON. Commas in texts are counted too, so the real number may be smaller.
    """
    if any(len(text) > LONGEST_MAPPING for text in texts):
        return "more annotations or labels than the API server stores"
    if sum(text.count(b",") for text in texts) > MOST_COMMAS:
        return f"more than {MOST_COMMAS:,} annotations and labels"
    return None


def excess_in_owners(texts: Sequence[bytes]) -> str | None:
    """Say whether owner references are too many to be decoded.

    Args:
        texts: each list as JSON.
    """
    if sum(text.count(b"{") for text in texts) > MOST_OWNERS:
        return f"more than {MOST_OWNERS:,} owner references"
    return None


def may_reach_the_limit(size: int) -> bool:
    """Tell whether annotations in a review of so many bytes may be too many behind a patch."""
    return size > _NO_LIMIT_NEAR


def outgrows(annotations: Mapping[str, Any]) -> bool:
    """Tell whether annotations are more than the API server stores."""
    sizes = (len(key.encode()) + len(str(value).encode()) for key, value in annotations.items())
    return sum(sizes) > MOST_ANNOTATION_BYTES


def excess_in_structure(text: bytes) -> str | None:
    """Say whether JSON holds too many values to be built.

    Each value but the first of a mapping or list stands behind a comma, and each first one behind a bracket.
    Commas and brackets in texts are counted too, so the real number may be smaller.

    Args:
        text: JSON.
    """
    if len(text) > MOST_VALUES and sum(map(text.count, (b",", b"{", b"["))) > MOST_VALUES:
        return f"more than {MOST_VALUES:,} values"
    return None


def excess(obj: JsonObject, namespace: Mapping[str, Any] | None) -> str | None:
    """Say what a decoded object has too much of to be looked at.

    Args:
        obj: the object.
        namespace: annotations of its Namespace, as far as they are known. They are looked at once for every
            pod template, and count as often.

    Returns:
        What it is; None for an object that can be looked at in a moment.
    """
    keys, pointers = 0, 0
    around = 1 + len(_concerning(namespace or ()))
    # Each value with the length of the JSON Pointer to it.
    stack: list[tuple[Any, int]] = [(obj, 0)]
    while stack:
        node, length = stack.pop()
        if isinstance(node, list):
            stack += [(child, length + _INDEX) for child in node if isinstance(child, dict | list)]
            continue
        linkerds = _concerning(node)
        if any(len(key) > LONGEST_KEY for key in linkerds):
            return f"a key with more than {LONGEST_KEY} characters"
        number = len(linkerds) + (around if _holds_pods(node) else 0)
        keys, pointers = keys + number, pointers + number * length
        if keys > MOST_KEYS:
            return f"more than {MOST_KEYS:,} keys of Linkerd's and pod templates"
        if pointers > MOST_POINTERS:
            return "too long names above keys of Linkerd's or pod templates"
        stack += [
            (child, length + _ESCAPED * len(key) + 1)
            for key, child in node.items()
            if isinstance(child, dict | list)
        ]
    return None


def _concerning(keys: Iterable[str]) -> list[str]:
    """Choose the keys that may be anything to Linkerd: all that the library takes a closer look at."""
    text = "\n".join(keys)
    if "linkerd" in text or "idecar" in text or "IDECAR" in text:
        return [key for key in keys if "linkerd" in key or "idecar" in key or "IDECAR" in key]
    return []


def _holds_pods(node: JsonObject) -> bool:
    spec = node.get("spec")
    return isinstance(spec, dict) and "containers" in spec
