"""What no rule has anything to say of, told at a glance.

Most annotations of Linkerd that people write are right. The rules know that too, and take their time to find
out. What is told here follows from them: `tests/engine/test_early_out.py` holds it to what they say.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from autofix.kubernetes.locations import Role
from autofix.linkerd.annotations import known_annotations
from autofix.linkerd.boolean import GO_BOOLEANS
from autofix.linkerd.keys import concerning, is_native_like
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations
from autofix.linkerd.release import Edge, key_to_write, wait_before_exit_key
from autofix.rules._values import ValueType, type_of
from autofix.rules.afx403_old_kubernetes import is_too_old
from autofix.rules.context import READ, Context


class _Ordinary(NamedTuple):
    """Annotations that a release knows, and that have nothing to do with native sidecars.

    Attributes:
        free: keys of which no rule reads the value, as long as it is a string.
        exact: keys of the others, each with every value that is right.
    """

    free: frozenset[str]
    exact: frozenset[tuple[str, str]]


def unsettled(role: Role, entries: Annotations, context: Context) -> Annotations:
    """Leave out the annotations or labels of which it is plain to see that no rule has anything to say.

    Args:
        role: what they are.
        entries: they themselves.
        context: what is known around them. Whether a pod inherits its Namespace's intent is another question.

    Returns:
        Those that it takes the rules to judge, in their order.
    """
    if role not in READ:
        return concerning(entries)
    free, exact = _ordinary(context.release.edge)
    left: dict[str, object] = {}
    for key, value in concerning(entries).items():
        if type(value) is str and (key in free or (key, value) in exact or not _may_be_judged(key)):
            continue
        left[key] = value
    if len(left) == 1:
        [(key, value)] = left.items()
        if type(value) is str and is_native_like(key) and _is_obeyed(key, value, role, context):
            return NO_ANNOTATIONS
    return left


def _may_be_judged(key: str) -> bool:
    return "linkerd.io/" in key or "idecar" in key or "IDECAR" in key


def _is_obeyed(key: str, value: str, role: Role, context: Context) -> bool:
    """Tell whether Linkerd does what the only native-sidecar key of an object says, and may do so."""
    release = context.release
    if not release.known or release.newer or value not in GO_BOOLEANS:
        return False
    if key != key_to_write(release, "pod" if role is Role.POD else "namespace"):
        return False
    # Whether a wait makes the injector deny a pod is a question for the model.
    harmless = release.eras[0].wait_before_exit == "harmless"
    waits = context.wait_before_exit or context.dependents or wait_before_exit_key() in context.namespace
    return (harmless or not waits) and not is_too_old(context)


@lru_cache(maxsize=256)
def _ordinary(edge: Edge | None) -> _Ordinary:
    """Sort the annotations that a release knows; for None, those that any release knows."""
    free: set[str] = set()
    exact: set[tuple[str, str]] = set()
    for key, annotation in known_annotations().items():
        if is_native_like(key) or key == wait_before_exit_key() or not annotation.known_at(edge):
            continue
        wanted = type_of(key)
        if wanted is ValueType.OTHER:
            free.add(key)
        else:
            words = annotation.words if wanted is ValueType.SWITCH else GO_BOOLEANS
            exact.update((key, word) for word in words)
    return _Ordinary(frozenset(free), frozenset(exact))
