"""An annotation value that is not a string.

## What it does

Finds values of Linkerd's annotations that are YAML or JSON booleans, numbers, nulls, lists or mappings.
Kubernetes reads the YAML words `true`, `false`, `yes`, `no`, `on`, `off`, `y` and `n` as booleans.

## Why is this bad

The API server refuses the whole object, because annotation values are strings. In a custom resource with a
pod template the API server may accept the value, and the operator fails later.

## Example

```yaml
annotations:
  config.alpha.linkerd.io/proxy-enable-native-sidecar: true
  linkerd.io/inject: true
```

becomes:

```yaml
annotations:
  config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"
  linkerd.io/inject: "enabled"
```

## Fix safety

Safe: the API server could not store the object before. autofix writes a boolean in the words of the
annotation: `true` and `false`, or `enabled` and `disabled`. A number keeps its digits. There is no fix for
null, lists and mappings, and none for a boolean on an annotation that takes something else.

In Helm values and in patches, null removes the key. There it is not a finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.linkerd.annotations import read_intent
from autofix.linkerd.keys import is_linkerd_key, is_native_like
from autofix.linkerd.precedence import Standing
from autofix.rules._native import planned, rewriting
from autofix.rules._strings import text_for, type_name
from autofix.rules.context import EVERYWHERE, KEPT, WEBHOOK, Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity

CODE = "AFX201"
ROLES = (*KEPT, Role.UNKNOWN)
DOORS = EVERYWHERE
NATIVE_ONLY = WEBHOOK
JUDGES_TYPES = True
_OWN = ("metadata", "annotations")


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every value in Linkerd's annotations that is not a string."""
    for key, value in place.entries.items():
        if not isinstance(value, str) and is_linkerd_key(key):
            yield _finding(place, key, value)
    inherited = place.inherited
    if inherited and inherited.standing is Standing.LIVE and not isinstance(inherited.value, str):
        yield rewriting(CODE, place, inherited, f"the Namespace's {inherited.key} is not a string")


def _finding(place: Place, key: str, value: object) -> Finding:
    path, native, text = place.location.path, is_native_like(key), text_for(key, value)
    problem = f"{key} is {type_name(value)}, and the API server accepts only strings"
    if text is None:
        return Finding(
            CODE,
            Severity.ERROR,
            f"{problem}; write the value that is meant in quotes",
            Applicability.DISPLAY,
            (*path, key),
            key,
            native=native,
        )
    if place.location.role is Role.UNKNOWN and path != _OWN:
        reason = f"autofix does not know what a {place.location.kind} makes of it"
        return planned(CODE, f'{problem}; write "{text}"', (*path, key), key, reason)
    proven = native and place.is_read
    if native and not place.release.has_native_sidecars:
        return planned(
            CODE, problem, (*path, key), key, f"Linkerd {place.release.text} has no native sidecars"
        )
    fix = Fix(
        (Edit(path, key, text),),
        Promise.READABLE if proven else Promise.NONE,
        path if proven else None,
        read_intent(value) if native else None,
    )
    return Finding(
        CODE,
        Severity.ERROR,
        f'{problem}; write "{text}"',
        Applicability.SAFE,
        (*path, key),
        key,
        native=native,
        fix=fix,
    )
