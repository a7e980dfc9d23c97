"""What Linkerd would do with each pod template of some documents, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from autofix.engine.namespaces import is_namespace
from autofix.engine.pod_traits import pod_traits
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.locations import Location, Role, entries_of, kind_of, locations_of, name_of
from autofix.kubernetes.pointer import Path
from autofix.linkerd.completion import lacks_a_key
from autofix.linkerd.decision import Decision, decide
from autofix.linkerd.injection import (
    NO_TRAITS,
    Cause,
    Injection,
    PodTraits,
    container_that_stays,
)
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations
from autofix.linkerd.release import key_to_write
from autofix.rules.injection import injection_of
from autofix.rules.options import Options

NO_PROXY: Final = "no proxy"
DENIED: Final = "denied by the injector"
ANSWERS: Final = {True: "native sidecar", False: "ordinary container", None: "depends on the release"}
_ANNOTATIONS: Path = ("metadata", "annotations")
# Where people write keys that Linkerd never looks at.
_UNREAD: Final = (Role.WORKLOAD, Role.LABELS, Role.STRAY, Role.OTHER, Role.OTHER_LABELS)


class Key(NamedTuple):
    """An annotation key and the place where it stands."""

    name: str
    path: Path


class Explanation(NamedTuple):
    """Linkerd's decision for one pod template, or for the pods of a Namespace that have no keys of their own.

    Attributes:
        document: position of the document it stands in.
        kind, namespace, name: what the object is called; empty strings where it does not say.
        place: where the object stands in the document.
        path: where its annotations stand, or would stand, in the document.
        injection: whether the pods get a proxy at all, and why.
        decision: what Linkerd does today with a pod that it injects, and why.
        traits: what counts in the spec of the pods.
        stays: the container of Linkerd's that keeps such a pod running after its own have ended; None where
            there is none, or where the kind of the proxy is not known.
        ends_proxy: whether such a pod ends the proxy itself, of whichever kind it is.
        unread: native-sidecar keys in the object that Linkerd does not read where they stand.
        missing: the native-sidecar key that would help, where neither pod nor Namespace has any; None where
            none would.
    """

    document: int
    kind: str
    namespace: str
    name: str
    place: Path
    path: Path
    injection: Injection
    decision: Decision
    traits: PodTraits = NO_TRAITS
    stays: str | None = None
    ends_proxy: bool = False
    unread: tuple[Key, ...] = ()
    missing: str | None = None

    @property
    def has_proxy(self) -> bool:
        """Whether the pods have or get a proxy, as far as it is known."""
        return self.injection.proxy is not False or self.injection.cause is Cause.HAS_PROXY

    @property
    def native(self) -> bool | None:
        """Whether the proxy, if there is one, is a native sidecar; None where the releases differ."""
        if self.injection.cause is Cause.HAS_PROXY:
            return self.traits.has_native_proxy
        return self.decision.native

    @property
    def is_denied(self) -> bool:
        """Whether the injector denies the pods."""
        return self.injection.proxy is not False and self.decision.denied

    @property
    def answer(self) -> str:
        """What Linkerd does, in a few words."""
        if not self.has_proxy:
            return NO_PROXY
        return DENIED if self.is_denied else ANSWERS[self.native]

    @property
    def completes(self) -> bool | None:
        """Whether a pod that is meant to end by itself does; None for others, and where it is not known."""
        if not self.traits.completes or self.is_denied:
            return None
        if self.has_proxy and self.native is None and self.stays is None and not self.ends_proxy:
            return None
        return self.stays is None


def explain_all(documents: Sequence[object], options: Options) -> list[Explanation]:
    """Explain documents that belong together; the Namespaces among them are context for the pods.

    Args:
        documents: JSON values, in order.
        options: the release and Helm's values.

    Returns:
        One explanation for each pod template and Namespace, in the order of the documents.
    """
    items = [(number, path, item) for number, obj in enumerate(documents) for path, item in objects_in(obj)]
    namespaces = {
        name_of(item)[1]: entries_of(item, _ANNOTATIONS) or NO_ANNOTATIONS
        for _, _, item in items
        if is_namespace(item) and name_of(item)[1]
    }
    return [
        explanation
        for number, path, item in items
        for explanation in _explain(number, path, item, namespaces, options)
    ]


def _explain(
    number: int,
    base: Path,
    item: Mapping[str, object],
    namespaces: Mapping[str, Annotations],
    options: Options,
) -> Iterator[Explanation]:
    namespace, name = name_of(item)
    locations = locations_of(item)
    unread = tuple(_unread(item, base, locations))
    for location in locations:
        if location.role not in (Role.POD, Role.NAMESPACE):
            continue
        own = entries_of(item, location.path) or NO_ANNOTATIONS
        if location.role is Role.POD:
            pod, around, traits = own, namespaces.get(namespace), pod_traits(item, location)
        else:
            pod, around, traits = NO_ANNOTATIONS, own, NO_TRAITS
        explanation = Explanation(
            number,
            kind_of(item),
            namespace,
            name,
            base,
            (*base, *location.path),
            injection_of(pod, around, traits, options),
            _decision(pod, around, options),
            traits,
            unread=unread,
        )
        yield _completed(explanation, pod, around or NO_ANNOTATIONS, location, options)


def _decision(pod: Annotations, namespace: Annotations | None, options: Options) -> Decision:
    return decide(
        pod,
        namespace,
        release=options.release,
        default=options.default,
        wait_before_exit=options.wait_before_exit,
    )


def _completed(
    explanation: Explanation, pod: Annotations, namespace: Annotations, location: Location, options: Options
) -> Explanation:
    """Add what follows from the answer: what stays behind, and which key would help."""
    if not explanation.has_proxy or explanation.is_denied:
        return explanation
    native, traits = explanation.native, explanation.traits
    has_own = explanation.injection.cause is Cause.HAS_PROXY
    if has_own:
        # Linkerd leaves the pod alone, so it inherits nothing.
        namespace = NO_ANNOTATIONS
    if traits.completes:
        stays = container_that_stays(pod, namespace, traits, native=native is not False)
        ends_proxy = container_that_stays(pod, namespace, traits, native=False) is None
        explanation = explanation._replace(stays=stays, ends_proxy=ends_proxy)
    if native or has_own or not lacks_a_key(pod, namespace):
        return explanation
    return explanation._replace(missing=key_to_write(options.release, location.level))


def _unread(item: Mapping[str, object], base: Path, locations: Sequence[Location]) -> Iterator[Key]:
    for location in locations:
        if location.role in _UNREAD:
            for key in entries_of(item, location.path) or ():
                if is_native_like(key):
                    yield Key(key, (*base, *location.path))
