"""What Linkerd would do with each pod template of some documents, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from autofix.engine.namespaces import is_namespace
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.locations import Role, entries_of, kind_of, locations_of, name_of
from autofix.kubernetes.pointer import Path
from autofix.linkerd.decision import Decision, decide
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations
from autofix.rules.options import Options

_INJECT: Final = "linkerd.io/inject"
_INJECTING: Final = ("enabled", "ingress")
ANSWERS: Final = {True: "native sidecar", False: "ordinary container", None: "depends on the release"}
_ANNOTATIONS: Path = ("metadata", "annotations")


class Explanation(NamedTuple):
    """Linkerd's decision for one pod template, or for the pods of a Namespace that have no keys of their own.

    Attributes:
        document: position of the document it stands in.
        kind, namespace, name: what the object is called; empty strings where it does not say.
        place: where the object stands in the document.
        path: where its annotations stand, or would stand, in the document.
        injected: whether they ask for a proxy at all; None when neither pod nor known Namespace says so.
        decision: what Linkerd does today with a pod that it injects, and why.
    """

    document: int
    kind: str
    namespace: str
    name: str
    place: Path
    path: Path
    injected: bool | None
    decision: Decision

    @property
    def answer(self) -> str:
        """What Linkerd does, in a few words."""
        if self.injected is False:
            return "no proxy"
        return "denied by the injector" if self.decision.denied else ANSWERS[self.decision.native]


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
    for location in locations_of(item):
        if location.role not in (Role.POD, Role.NAMESPACE):
            continue
        own = entries_of(item, location.path) or NO_ANNOTATIONS
        around = namespaces.get(namespace, NO_ANNOTATIONS)
        pod, level = (own, around) if location.role is Role.POD else (NO_ANNOTATIONS, own)
        decision = decide(
            pod,
            level,
            release=options.release,
            default=options.default,
            wait_before_exit=options.wait_before_exit,
        )
        injected = _is_injected(pod, level)
        yield Explanation(
            number, kind_of(item), namespace, name, base, (*base, *location.path), injected, decision
        )


def _is_injected(own: Annotations, around: Annotations) -> bool | None:
    """Read ``linkerd.io/inject``, on the pod before its Namespace (linkerd2 pkg/inject/inject.go)."""
    for entries in (own, around):
        if (value := entries.get(_INJECT)) is not None:
            return value in _INJECTING
    return None
