"""A native-sidecar key where Linkerd does not look, or perhaps does not.

## What it does

Finds native-sidecar keys on Services, ServiceAccounts and ConfigMaps, and on custom resources whose operator
gives them neither to pods nor to Namespaces. In custom resources that autofix does not know, it finds
native-sidecar keys on the resource itself, and wrong ones in every mapping whose name ends in `annotations`,
such as `podAnnotations`.

## Why is this bad

Linkerd's injector reads annotations of pods and Namespaces only. Some operators hand annotations of their
resource on to the pods that they make, most do not.

## Example

A native-sidecar key on a CloudNativePG `Cluster` belongs under `spec.inheritedMetadata.annotations`.

## Fix safety

There is none: each operator decides where it reads the annotations of its pods.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.linkerd.annotations import as_text, parse_bool, read_intent
from autofix.linkerd.keys import is_native_like, key_within
from autofix.linkerd.precedence import NO_ANNOTATIONS, Standing, native_keys_of_pod
from autofix.linkerd.release import key_to_write
from autofix.rules.context import USUAL, WEBHOOK, Door, Place
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX303"
ROLES = (Role.OTHER, Role.UNKNOWN)
DOORS = (*USUAL, Door.WEBHOOK_WORKLOAD)
NATIVE_ONLY = WEBHOOK
_OWN = ("metadata", "annotations")
_ONLY = "Linkerd reads annotations of pods and Namespaces only"


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every native-sidecar key that, as far as known, no pod and no Namespace has."""
    location = place.location
    if not location.kind:
        return
    for key in place.entries:
        if not is_native_like(key):
            continue
        message = _unknown(place, key) if location.role is Role.UNKNOWN else _unread(place, key)
        if message:
            yield Finding(
                CODE,
                Severity.WARNING,
                message,
                Applicability.DISPLAY,
                (*location.path, key),
                key,
                native=True,
            )


def _unread(place: Place, key: str) -> str:
    location = place.location
    elsewhere = f"at {location.elsewhere}" if location.elsewhere else "on the pods or their Namespace"
    return f"Linkerd does not read {key} on a {location.kind}; set it {elsewhere}"


def _unknown(place: Place, key: str) -> str:
    """Say what to do if pods get the annotation; empty if Linkerd reads it then."""
    kind, target = place.location.kind, key_to_write(place.release, "pod")
    within = key_within(key)
    # A key with odd characters is native-like only as a whole.
    bare = within if is_native_like(within) else key
    [native] = native_keys_of_pod({bare: place.entries[key]}, NO_ANNOTATIONS, place.release)
    start = f"{_ONLY}; if this {kind} hands {key} on to pods, "
    if target and native.standing is not Standing.LIVE:
        return f"{start}write {key.replace(bare, target)}"
    value = place.entries[key]
    if target and isinstance(value, str) and parse_bool(value) is None:
        intent = read_intent(value)
        return f'{start}write "{"true or false" if intent is None else as_text(intent)}"'
    if place.location.path == _OWN:
        return f"{_ONLY}; {key} counts only if this {kind} hands it on to pods"
    return ""
