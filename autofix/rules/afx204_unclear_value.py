"""A value whose meaning cannot be read.

## What it does

Finds values such as `""` or `maybe` on boolean annotations and on annotations that want `enabled` or
`disabled`.

## Why is this bad

Linkerd ignores these values. A native-sidecar key with such a value still overrules the less preferred keys.

## Example

```yaml
annotations:
  config.linkerd.io/proxy-enable-native-sidecar: "maybe"
```

Write `"true"` or `"false"`.

## Fix safety

There is none: only the author knows the right value.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.scalars import is_string
from autofix.linkerd.annotations import ValueType, is_readable, read_intent, type_of
from autofix.linkerd.keys import is_linkerd_key, is_native_like
from autofix.rules.context import READ, Place
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX204"
ROLES = READ
_WORDS = {ValueType.BOOLEAN: '"true" or "false"', ValueType.SWITCH: '"enabled" or "disabled"'}


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every boolean or switch whose value says nothing."""
    for key, value in place.entries.items():
        if not is_string(value) or not is_linkerd_key(key):
            continue
        words = _WORDS.get(type_of(key))
        if words and read_intent(value) is None and not is_readable(key, value):
            yield Finding(
                CODE,
                Severity.WARNING,
                f"{key} says neither yes nor no: {value!r}; write {words}",
                Applicability.DISPLAY,
                (*place.location.path, key),
                key,
                native=is_native_like(key),
            )
