"""The update of an object that cannot change: its pod template has to be as it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from autofix.engine.api import Result, fix_all
from autofix.engine.options import Options
from autofix.kubernetes.locations import entries_of
from autofix.kubernetes.pointer import Path, operations
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations, intent_of, native_keys_of_pod

_TEMPLATE: Final[Path] = ("spec", "template", "metadata", "annotations")


def as_stored(
    job: Mapping[str, object],
    stored: Mapping[str, object],
    result: Result,
    options: Options,
    namespace: Mapping[str, object] | None,
) -> Result | None:
    """Write the native-sidecar keys of a Job as they were repaired when it was created.

    Args:
        job: the Job as somebody wants to have it.
        stored: the Job as it is.
        result: what is said of the wanted Job.
        options: the options.
        namespace: the Namespace, or its annotations; None when it is not known.

    Returns:
        The same, with the patch that makes the annotations of its template equal to the stored ones. They may
        come from another release of Linkerd, for which the wanted ones were wrong. None where both are equal,
        where the stored ones are not repaired, and where they say something else: then the API server has to
        refuse the update.

    Source: Kubernetes API reference, JobSpec: the template cannot change.
    """
    new, repaired, old = (_annotations(obj) for obj in (job, result.object, stored))
    if new == old or _others(new) != _others(old) or _intent(repaired, options) != _intent(old, options):
        return None
    if fix_all((stored,), options, namespace=namespace)[0].operations:
        return None
    patch, patched = operations(job, (), {_TEMPLATE: _native(new)}, {_TEMPLATE: _native(old)})
    return result._replace(operations=tuple(patch), object=patched)


def _annotations(obj: object) -> Annotations:
    return entries_of(obj, _TEMPLATE) or NO_ANNOTATIONS


def _native(annotations: Annotations) -> dict[str, object]:
    return {key: value for key, value in annotations.items() if is_native_like(key)}


def _others(annotations: Annotations) -> dict[str, object]:
    return {key: value for key, value in annotations.items() if not is_native_like(key)}


def _intent(annotations: Annotations, options: Options) -> bool | None:
    return intent_of(native_keys_of_pod(annotations, NO_ANNOTATIONS, options.release))
