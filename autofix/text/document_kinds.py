"""Which documents are objects of a cluster, and which are files of other tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeGuard

from autofix.kubernetes.locations import builtin_locations, group_of, kind_of

# Objects that hold patches and other texts, beside those with Helm values in the table of kinds.
_KINDS: Final = frozenset(
    {
        ("", "AnnotationsTransformer"),
        ("kustomize.config.k8s.io", "Component"),
        ("kustomize.config.k8s.io", "Kustomization"),
        ("kustomize.toolkit.fluxcd.io", "Kustomization"),
        ("linkerd.buoyant.io", "ControlPlane"),
    }
)


def is_fragment(value: object) -> bool:
    """Tell whether a document is no Kubernetes object, or an object whose tool annotates pods."""
    if not is_object(value):
        return True
    if builtin_locations(value) is not None:
        return False
    # Imported here: most runs meet built-in kinds only.
    from autofix.kubernetes.custom_kinds import custom_kind

    group, kind = group_of(value), kind_of(value)
    row = custom_kind(group, kind)
    return (group, kind) in _KINDS or (row is not None and bool(row.values))


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Tell whether a value is a Kubernetes object of any kind."""
    return isinstance(value, dict) and group_of(value) is not None and bool(kind_of(value))
