"""How much one object may hold: whoever may create objects must not keep everybody else's reviews waiting.

Reviews are answered one after the other, and what takes a second holds up all that come meanwhile. Structure
is counted in the bytes before anything is built of them; what is built and looked at is bounded by the number
of values, of Linkerd's keys and of pod templates. A real object has some dozens of keys at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Raw, Struct, UnsetType

from webhook.shapes import BUILT_IN, JsonObject

# What stays below takes 10 ms at worst. The API server stores no longer key than these: a domain of 253
# characters, "/" and a name of 63.
MOST_KEYS: Final = 200
MOST_VALUES: Final = 8_000
LONGEST_KEY: Final = 317
# Of the annotations of one object or template, keys and values together in bytes
# (k8s.io/apimachinery, pkg/api/validation, TotalAnnotationSizeLimitB).
MOST_ANNOTATION_BYTES: Final = 256 * 1024
# Of all annotations and labels of a built-in object. JSON writes a byte as six at most.
MOST_COMMAS: Final = 10_000
MOST_OWNERS: Final = 1_000
LONGEST_MAPPING: Final = 6 * MOST_ANNOTATION_BYTES
# In a shorter review no annotations reach the limit, whatever a patch adds to them.
_NO_LIMIT_NEAR: Final = MOST_ANNOTATION_BYTES // 2
# What a shorter body can hold is looked at in a few milliseconds.
_SHORT: Final = 64 * 1024

_NONE: Final = Raw(b"")


class _Metadata(Struct, rename="camel"):
    annotations: Raw = _NONE
    labels: Raw = _NONE
    owner_references: Raw = _NONE


class _Template(Struct):
    metadata: _Metadata | UnsetType | None = msgspec.UNSET


class _JobSpec(Struct):
    template: _Template | UnsetType | None = msgspec.UNSET


class _JobTemplate(Struct):
    metadata: _Metadata | UnsetType | None = msgspec.UNSET
    spec: _JobSpec | UnsetType | None = msgspec.UNSET


class _Spec(Struct, rename="camel"):
    template: _Template | UnsetType | None = msgspec.UNSET
    job_template: _JobTemplate | UnsetType | None = msgspec.UNSET


class _BuiltIn(Struct):
    metadata: _Metadata | UnsetType | None = msgspec.UNSET
    template: _Template | UnsetType | None = msgspec.UNSET
    spec: _Spec | UnsetType | None = msgspec.UNSET


class _Kind(Struct):
    group: str = ""
    kind: str = ""


class _Request(Struct):
    kind: _Kind = msgspec.field(default_factory=_Kind)
    object: Raw = _NONE


class _Review(Struct):
    request: _Request | None = None


_REVIEW: Final = msgspec.json.Decoder(_Review)
_OBJECT: Final = msgspec.json.Decoder(_BuiltIn)


def excess_in_bytes(body: bytes) -> str | None:
    """Say what the object of a built-in kind has too much of to be decoded.

    Args:
        body: the bytes of an AdmissionReview.

    Returns:
        What it is; None for an object whose annotations, labels and owners are decoded in a few milliseconds,
        and for other kinds, which are decoded as a whole (``excess_in_structure``).

    Raises:
        msgspec.ValidationError: when it is not what an API server sends of a built-in kind.
        msgspec.DecodeError, RecursionError: when it cannot be read.
    """
    if len(body) <= _SHORT:
        return None
    request = _REVIEW.decode(body).request or _Request()
    if (request.kind.group, request.kind.kind) not in BUILT_IN:
        return None
    return _excess_in_parts(_OBJECT.decode(request.object))


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


def _excess_in_parts(obj: _BuiltIn) -> str | None:
    parts = [part for part in _metadata(obj) if isinstance(part, _Metadata)]
    mappings = [bytes(mapping) for part in parts for mapping in (part.annotations, part.labels)]
    if any(len(mapping) > LONGEST_MAPPING for mapping in mappings):
        return "more annotations or labels than the API server stores"
    if sum(mapping.count(b",") for mapping in mappings) > MOST_COMMAS:
        return f"more than {MOST_COMMAS:,} annotations and labels"
    if sum(bytes(part.owner_references).count(b"{") for part in parts) > MOST_OWNERS:
        return f"more than {MOST_OWNERS:,} owner references"
    return None


def _metadata(obj: _BuiltIn) -> Iterable[object]:
    yield obj.metadata
    templates: list[object] = [obj.template]
    if isinstance(obj.spec, _Spec):
        templates.append(obj.spec.template)
        if isinstance(obj.spec.job_template, _JobTemplate):
            job = obj.spec.job_template
            yield job.metadata
            templates.append(job.spec.template if isinstance(job.spec, _JobSpec) else None)
    yield from (template.metadata for template in templates if isinstance(template, _Template))


def excess(obj: JsonObject, namespace: Mapping[str, Any] | None) -> str | None:
    """Say what a decoded object has too much of to be looked at.

    Args:
        obj: the object.
        namespace: annotations of its Namespace, as far as they are known. They are looked at once for every
            pod template, and count as often.

    Returns:
        What it is; None for an object that can be looked at in a moment.
    """
    keys = 0
    around = 1 + len(_concerning(namespace or ()))
    stack: list[Any] = [obj]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            linkerds = _concerning(node)
            if any(len(key) > LONGEST_KEY for key in linkerds):
                return f"a key with more than {LONGEST_KEY} characters"
            keys += len(linkerds) + (around if _holds_pods(node) else 0)
            if keys > MOST_KEYS:
                return f"more than {MOST_KEYS:,} keys of Linkerd's and pod templates"
            node = node.values()
        stack.extend([child for child in node if isinstance(child, dict | list)])
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
