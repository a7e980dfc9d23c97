"""Objects that belong together: Namespaces, and the pods that live in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Final, NamedTuple

from autofix.engine.cache import examined
from autofix.engine.examine import NOT_SUPPRESSED, Examined, Reading, Suppressed, read
from autofix.engine.pod_traits import pod_traits
from autofix.errors import AutofixError
from autofix.kubernetes.locations import Role, entries_of, kind_of, locations_of, name_of
from autofix.kubernetes.pointer import Path, get, operations
from autofix.linkerd.injection import INJECT, Cause, PodTraits
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations, decisive
from autofix.linkerd.release import wait_before_exit_key
from autofix.rules.afx603_never_completes import is_heard
from autofix.rules.context import Context, Dependent
from autofix.rules.injection import injection_of
from autofix.rules.interest import ANY
from autofix.rules.options import Options
from autofix.rules.registry import codes as parse_codes

IGNORE_ANNOTATION: Final = "linkerd-autofix.io/ignore"
_OWN: Final[Path] = ("metadata", "annotations")
# A Namespace waits for its pods, and they for it, once or twice; without a bound a defect would hang.
_MOST_ROUNDS: Final = 10
# Of the text of that annotation; what all rules are called takes a fifth of it.
_LONGEST_OPT_OUT: Final = 1024
# Why pods get no proxy for good; a value that the injector cannot read may be corrected in the same run.
_OUTSIDE: Final = (Cause.HOST_NETWORK, Cause.HAS_PROXY, Cause.POD_REFUSES, Cause.NOBODY_ASKS, Cause.NO_TOKEN)


class _Pod(NamedTuple):
    """What the injector looks at in a pod."""

    decisive: str
    traits: PodTraits
    inject: str


def examine_all(
    items: Sequence[Mapping[str, object]],
    options: Options,
    namespace: Mapping[str, object] | None,
    suppressed: Sequence[Suppressed] = (),
) -> list[Examined]:
    """Examine objects, the Namespaces among them as context for the rest, until nothing changes any more.

    Args:
        items: the objects, no Lists.
        options: the options.
        namespace: the Namespace, or its annotations, of objects whose own is not among the items.
        suppressed: for each object the codes that are suppressed at some of its keys; empty for none at all.

    Returns:
        One answer an object, in the same order.

    Raises:
        AutofixError: when ``namespace`` is neither.
    """
    unheard = suppressed or (NOT_SUPPRESSED,) * len(items)
    outside = Context(options, annotations_of(namespace), inherit=namespace is not None)
    if not any(map(is_namespace, items)):
        return [_examined(item, outside, codes) for item, codes in zip(items, unheard, strict=True)]
    answers = _together(items, outside, unheard)
    for _ in range(_MOST_ROUNDS):
        # A repaired pod may free the fix of its Namespace.
        if all(answer.after is answer.before for answer in answers):
            break
        again = _together(list(map(_patched, items, answers)), outside, unheard)
        answers = list(map(_joined, answers, again))
        if all(answer.after is answer.before for answer in again):
            break
    return answers


def may_matter(obj: Mapping[str, object], options: Options) -> bool:
    """Tell whether anything in an object matters: to the rules, or to what they say of other objects.

    Args:
        obj: the object, no List.
        options: the options.

    Returns:
        False only where no rule has anything to say, and nothing decides about other objects: no
        native-sidecar key, no wait before exit, and no annotation that switches rules off. Where AFX603 is
        heard, also no pods that run to completion, and no Namespace that asks for proxies.
    """
    reading = read(obj, options)
    if is_heard(options) and (reading.traits or (is_namespace(obj) and INJECT in reading.maps.get(_OWN, ()))):
        return True
    keys = [key for entries in reading.maps.values() for key in entries]
    if any(is_native_like(key) or key in (wait_before_exit_key(), IGNORE_ANNOTATION) for key in keys):
        return True
    # Only of a built-in kind is it sure where its annotations stand.
    return not reading.built_in or bool(examined(reading, Context(options)).findings)


def _patched(item: Mapping[str, object], examined: Examined) -> Mapping[str, object]:
    _, patched = operations(item, (), examined.before, examined.after)
    return patched if isinstance(patched, dict) else item


def _joined(first: Examined, last: Examined) -> Examined:
    # What was of interest only because it was no string is not read again once it is a string.
    after = {
        path: {
            key: value
            for key, value in {**first.after.get(path, NO_ANNOTATIONS), **entries}.items()
            if key in entries or key not in last.before[path]
        }
        for path, entries in last.after.items()
    }
    return first._replace(
        remaining=last.remaining,
        after=after,
        changes_injection=first.changes_injection or last.changes_injection,
    )


def _together(
    items: Sequence[Mapping[str, object]], outside: Context, suppressed: Sequence[Suppressed]
) -> list[Examined]:
    """Examine Namespaces in view of their pods, then the rest under the repaired Namespaces."""
    options = outside.options
    context = Context(options)
    inside: dict[str, Annotations] = {}
    answers: dict[int, Examined] = {}
    pods = _pods_by_namespace(items)
    for index, item in enumerate(items):
        if is_namespace(item):
            _, name = name_of(item)
            annotations = entries_of(item, _OWN) or NO_ANNOTATIONS
            injected = [
                dependent
                for pod, dependent in pods.get(name, {}).items()
                if not _is_outside(pod, annotations, options)
            ]
            around = context._replace(dependents=tuple(injected))
            answers[index] = answer = _examined(item, around, suppressed[index])
            if name:
                inside[name] = answer.after.get(_OWN, NO_ANNOTATIONS)
    for index, item in enumerate(items):
        if index not in answers:
            own = inside.get(name_of(item)[0])
            around = outside
            if own is not None:
                around = context._replace(namespace=own, injected=not _stays_outside(item, own, options))
            answers[index] = _examined(item, around, suppressed[index])
    return [answers[index] for index in range(len(items))]


def is_namespace(item: Mapping[str, object]) -> bool:
    """Tell whether an object is a Namespace of Kubernetes' own, and not a custom resource of that name."""
    return kind_of(item) == "Namespace" and any(
        location.role is Role.NAMESPACE for location in locations_of(item)
    )


def _pods_by_namespace(items: Iterable[Mapping[str, object]]) -> dict[str, dict[_Pod, Dependent]]:
    """Collect what counts of the pods in each Namespace; pods that are alike to the injector count once."""
    pods: dict[str, dict[_Pod, Dependent]] = {}
    for item in items:
        namespace, name = name_of(item)
        if not namespace:
            continue
        for entries, pod in _pods_of(item):
            alike = pods.setdefault(namespace, {})
            first = alike.get(pod) or Dependent(f"{kind_of(item)}/{name}", 0, decisive(entries))
            alike[pod] = first._replace(objects=first.objects + 1)
    return pods


def _pods_of(item: Mapping[str, object]) -> Iterator[tuple[Annotations, _Pod]]:
    for location in locations_of(item):
        if location.role is Role.POD:
            entries = entries_of(item, location.path) or NO_ANNOTATIONS
            traits = pod_traits(item, location)
            if location.kind == "Pod":
                # A running Pod got its proxy from the injector, which will look at the next one like it.
                traits = traits._replace(has_proxy=False)
            yield entries, _Pod(repr(decisive(entries)), traits, str(entries.get(INJECT, "")))


def _stays_outside(item: Mapping[str, object], namespace: Annotations, options: Options) -> bool:
    """Tell whether no pod of an object gets a proxy, whatever becomes of the other annotations."""
    pods = [pod for _, pod in _pods_of(item)]
    return bool(pods) and all(_is_outside(pod, namespace, options) for pod in pods)


def _is_outside(pod: _Pod, namespace: Annotations, options: Options) -> bool:
    around = namespace if options.live or INJECT in namespace else None
    return injection_of({INJECT: pod.inject}, around, pod.traits, options).cause in _OUTSIDE


def annotations_of(namespace: Mapping[str, object] | None) -> Annotations:
    """Take what some rule is interested in from a Namespace object or its annotations."""
    if namespace is None:
        return NO_ANNOTATIONS
    if not isinstance(namespace, Mapping):
        raise AutofixError(
            f"namespace must be a Namespace object or its annotations, not {type(namespace).__name__}"
        )
    # Annotation values are strings, so "kind" and "metadata" may be annotations too.
    is_object = isinstance(namespace.get("metadata"), Mapping) or (
        kind_of(namespace) == "Namespace" and namespace.get("metadata") is None
    )
    annotations = get(namespace, _OWN) if is_object else namespace
    return ANY.concerning(annotations) if isinstance(annotations, Mapping) else NO_ANNOTATIONS


def _examined(
    item: Mapping[str, object], context: Context, suppressed: Suppressed = NOT_SUPPRESSED
) -> Examined:
    options = context.options
    reading = read(item, options)
    if unheard := _opted_out(reading, context.namespace):
        context = context._replace(options=options._replace(codes=options.codes - unheard))
    return examined(reading, context, suppressed)


def opted_out(item: Mapping[str, object], namespace: Annotations) -> frozenset[str]:
    """Collect the codes that an object, its pod template or its Namespace opts out of.

    Args:
        item: the object.
        namespace: annotations of its Namespace.
    """
    return _opted_out(read(item), namespace)


def _opted_out(reading: Reading, namespace: Annotations) -> frozenset[str]:
    codes: frozenset[str] = frozenset()
    if not any(IGNORE_ANNOTATION in entries for entries in (namespace, *reading.maps.values())):
        return codes
    own = [
        reading.maps[location.path]
        for location in reading.locations
        if location.role is Role.POD or location.path == _OWN
    ]
    for entries in (namespace, *own):
        text = entries.get(IGNORE_ANNOTATION)
        if isinstance(text, str):
            codes |= codes_switched_off(text)
    return codes


def codes_switched_off(text: str) -> frozenset[str]:
    """Read the value of the annotation that switches rules off.

    Args:
        text: the value; only its beginning counts.

    Returns:
        The codes in it that some rule has.
    """
    return _codes_in(text[:_LONGEST_OPT_OUT])


# All objects of a Namespace have the same one.
@lru_cache(maxsize=16)
def _codes_in(text: str) -> frozenset[str]:
    """Read a list of codes; a misspelt one must neither hide the others nor make an object unreadable."""
    read_codes: frozenset[str] = frozenset()
    for part in text.split(","):
        with suppress(AutofixError):
            read_codes |= parse_codes(part)
    return read_codes
