"""A native-sidecar key that is still read, though a newer one is preferred.

## What it does

Finds a deprecated key where Linkerd obeys it:

{deprecated keys}

## Why is this bad

The key works. But the preferred key overrules it as soon as somebody adds that key to the pod or its
Namespace, and a later release may stop reading the old key.

## Example

With Linkerd 2.20, `config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"` becomes
`config.linkerd.io/proxy-enable-native-sidecar: "true"`.

## Fix safety

Unsafe: older clusters that use the same manifest may not read the new key, and a Namespace's preferred key
overrules its pods' older keys. autofix renames the key only where it has proven that Linkerd's decision
stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.release import key_to_write
from autofix.rules.context import READ, Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity

CODE = "AFX106"
ROLES = READ


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for a live key that is not the preferred one."""
    live, target = place.live, key_to_write(place.release, place.level)
    if live is None or target is None or live.key == target or live.parsed is None:
        return
    if not place.release.known:
        return
    path, value = place.location.path, live.value
    if not isinstance(value, str):
        return
    yield Finding(
        CODE,
        Severity.INFO,
        f"{live.key} is deprecated in Linkerd {place.release.text}; {target} is preferred",
        Applicability.UNSAFE,
        (*path, live.key),
        live.key,
        native=True,
        fix=Fix((Edit(path, live.key, None), Edit(path, target, value)), Promise.SAME, path, live.parsed),
    )
