"""Patches objects of the cluster. It reads each object again before, so that no change in between is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from autofix.cluster.evaluate import Evaluation
from autofix.cluster.models import custom_object, live_object
from autofix.errors import AutofixError
from autofix.kubeapi.api_path import resource_path
from autofix.kubeapi.client import JSON_PATCH, Api, ApiError, decoded
from autofix.kubeapi.types import JsonObject
from autofix.kubeapi.workload_types import ScannedWorkload
from autofix.kubernetes.kinds import NAMESPACE, Kind, builtin_kind

FIELD_MANAGER: Final = "autofix"
_TRIES: Final = 3


def repairable(evaluations: Sequence[Evaluation]) -> list[Evaluation]:
    """Choose the objects that can be patched.

    Args:
        evaluations: the objects with findings.

    Returns:
        The objects with a patch, Namespaces first: what lives in them depends on them.
    """
    return sorted(
        (evaluation for evaluation in evaluations if evaluation.kind and evaluation.result.operations),
        key=lambda evaluation: evaluation.kind != NAMESPACE,
    )


async def repair(api: Api, evaluation: Evaluation, *, dry_run: bool) -> None:
    """Patch an object, if it is still as it was shown to the user.

    Args:
        api: the connection.
        evaluation: the object, with the patch that the user has seen.
        dry_run: whether the server does everything but store the object.

    Raises:
        AutofixError: when the object has changed as far as Linkerd is concerned, or is gone, or the server
            refuses.
        aiohttp.ClientError, OSError, TimeoutError: when the server cannot be reached.
    """
    if evaluation.kind is None:
        raise AutofixError(f"{evaluation.reference}: cannot be patched")
    path = resource_path(evaluation.kind, evaluation.reference.namespace or None, evaluation.reference.name)
    query = {"fieldManager": FIELD_MANAGER, **({"dryRun": "All"} if dry_run else {})}
    for _ in range(_TRIES):
        try:
            text = await api.request("GET", path)
            if _as_scanned(evaluation.kind, text) != evaluation.document:
                raise AutofixError(f"{evaluation.reference}: was changed in the meantime; run again")
            live = decoded(text, JsonObject)
            await api.request(
                "PATCH", path, query=query, body=_patch(live, evaluation), content_type=JSON_PATCH
            )
        except ApiError as error:
            if error.status == HTTPStatus.CONFLICT:
                # The status of an object changes all the time, and does not matter here: try again.
                continue
            raise AutofixError(f"{evaluation.reference}: {error}") from None
        return
    raise AutofixError(f"{evaluation.reference}: is changed all the time; run again")


def _as_scanned(kind: Kind, text: bytes) -> JsonObject:
    if builtin_kind(kind.kind, kind.api_version):
        return live_object(kind, decoded(text, ScannedWorkload)).document
    return custom_object(kind, decoded(text, JsonObject)).document


def _patch(live: JsonObject, evaluation: Evaluation) -> list[Mapping[str, Any]]:
    """Add the version that was read: the server refuses the patch when there is a newer version."""
    version = {
        "op": "replace",
        "path": "/metadata/resourceVersion",
        "value": live["metadata"]["resourceVersion"],
    }
    return [version, *evaluation.result.operations]
