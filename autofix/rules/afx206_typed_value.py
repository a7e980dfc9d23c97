"""A value to which a tool gives a type on its way to the API server.

## What it does

Finds annotations that are strings in the text, but not when they reach the API server: values behind
`helm --set`, in parameters of Argo CD without `forceString`, in `set` of Terraform's `helm_release` without a
`type`, or in `yamlencode`. The tool makes a boolean of `true` and a number of `5`.

It also finds an action of a template that prints the value of a boolean annotation without quotes, such as
`{{ .Values.native }}`: YAML makes a boolean of what it prints. Of a variable such as `${NATIVE}` nobody knows
what it holds, and autofix says nothing.

## Why is this bad

The API server refuses the whole object, because annotation values are strings. In a custom resource with a
pod template the API server may accept the value, and the operator fails later.

## Example

```sh
helm upgrade web ./web --set 'podAnnotations.config\\.linkerd\\.io/proxy-enable-native-sidecar=true'
```

The value becomes a boolean. Write `--set-string` in place of `--set`; Argo CD has `forceString: true`,
Terraform's `helm_release` has `type = "string"`, helmfile has `setString`, and in a template `quote` or
quotes around the expression do it.

Helm's own values that are booleans, such as Linkerd's `proxy.nativeSidecar`, are not annotations. They are
not a finding.

## Fix safety

Safe where one word of the tool decides about this value alone, such as `--set`. Everywhere else autofix names
the way out, and withholds the fix. There is no fix for keys outside Linkerd's domain.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.scalars import PrintedExpression, TypedText, is_string
from autofix.linkerd.annotations import ValueType, read_intent, type_of
from autofix.linkerd.keys import is_linkerd_key, is_native_like
from autofix.rules._native import planned
from autofix.rules._strings import text_for, type_name
from autofix.rules.context import LABELLED, Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity

CODE = "AFX206"
ROLES = LABELLED
JUDGES_TYPES = True
READS_EVERY_DOMAIN = True
_WAY_OUT = 'have it delivered as a string: --set-string, forceString: true, type = "string", or quotes'

_QUOTE = "print it in quotes, such as with `| quote`"


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every value of which a tool makes a boolean, a number or null."""
    for key, value in place.entries.items():
        # A key without a domain may as well be a value of a chart, which may be a boolean.
        if isinstance(value, TypedText) and not is_string(value) and "/" in key:
            yield _finding(place, key, value)
        elif isinstance(value, PrintedExpression) and type_of(key) is ValueType.BOOLEAN:
            path = (*place.location.path, key)
            message = f"{key} will reach the API server as a boolean where the template prints one; {_QUOTE}"
            native = is_native_like(key)
            yield Finding(CODE, Severity.ERROR, message, Applicability.DISPLAY, path, key, native=native)


def _finding(place: Place, key: str, value: TypedText) -> Finding:
    typed, path = value.typed, (*place.location.path, key)
    message = f"{key} will reach the API server as {type_name(typed)}: {value}; {_WAY_OUT}"
    if not is_linkerd_key(key) or (text := _text(key, value)) is None:
        native = is_native_like(key)
        return Finding(CODE, Severity.ERROR, message, Applicability.DISPLAY, path, key, native=native)
    native = is_native_like(key)
    if native and not place.release.has_native_sidecars:
        return planned(CODE, message, path, key, f"Linkerd {place.release.text} has no native sidecars")
    proven = native and place.is_read
    fix = Fix(
        (Edit(place.location.path, key, text),),
        Promise.READABLE if proven else Promise.NONE,
        place.location.path if proven else None,
        read_intent(value) if native else None,
    )
    return planned(CODE, message, path, key, fix)


def _text(key: str, value: TypedText) -> str | None:
    """Return the string that is meant; a value that the annotation can have stays to the letter."""
    text = text_for(key, value.typed)
    if text is None or read_intent(value) is None:
        return None if text is None else str(value)
    return text if text in ("enabled", "disabled") else str(value)
