"""A boolean word on an annotation that wants enabled or disabled.

## What it does

Finds `"true"`, `"yes"`, `"on"`, `"Enabled"` and the like on `linkerd.io/inject`,
`config.linkerd.io/proxy-await` and `config.linkerd.io/proxy-admin-shutdown`.

## Why is this bad

Linkerd accepts only the exact words. `linkerd.io/inject: "true"` skips injection. On a Namespace this value
prevents the injection of every pod in it.

## Example

`linkerd.io/inject: "true"` becomes `linkerd.io/inject: "enabled"`.

## Fix safety

Unsafe: a pod that runs outside the mesh today would join the mesh.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.scalars import is_string
from autofix.linkerd.annotations import ValueType, is_readable, read_intent, type_of
from autofix.linkerd.keys import is_linkerd_key
from autofix.rules.context import READ, Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity

CODE = "AFX203"
ROLES = READ


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every switch that holds a boolean word."""
    for key, value in place.entries.items():
        if not is_string(value) or not is_linkerd_key(key) or type_of(key) is not ValueType.SWITCH:
            continue
        intent = read_intent(value)
        if intent is not None and not is_readable(key, value):
            word = "enabled" if intent else "disabled"
            yield Finding(
                CODE,
                Severity.ERROR,
                f'Linkerd does not accept {value!r} for {key}; write "{word}"',
                Applicability.UNSAFE,
                (*place.location.path, key),
                key,
                fix=Fix((Edit(place.location.path, key, word),), Promise.NONE),
            )
