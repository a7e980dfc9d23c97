"""A native-sidecar key on a kind where Linkerd never looks.

## What it does

Finds native-sidecar keys on Services, ServiceAccounts and ConfigMaps, and on custom resources with no pod
template or with several pod templates.

## Why is this bad

Linkerd's injector reads pods and Namespaces only. Some operators copy annotations of their resource to the
pods that they make, but most do not.

## Example

A native-sidecar key on a CloudNativePG `Cluster` belongs under `spec.inheritedMetadata.annotations`.

## Fix safety

There is none: each operator decides where it reads the annotations of its pods.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.linkerd.keys import is_native_like
from autofix.rules.context import Place
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX303"
ROLES = (Role.OTHER,)


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every native-sidecar key on an object that makes no pods."""
    if not place.location.kind:
        return
    for key in place.entries:
        if is_native_like(key):
            yield Finding(
                CODE,
                Severity.WARNING,
                f"Linkerd does not read {key} on a {place.location.kind}; "
                "set it on the pods or their Namespace",
                Applicability.DISPLAY,
                (*place.location.path, key),
                key,
                native=True,
            )
