"""A value on a Namespace that breaks the patch of Linkerd's injector.

## What it does

Finds annotations on a Namespace that its pods inherit, and whose value has a character that JSON does not
take as it is: a double quote, a backslash, a line break, a tab. On pods it finds that their Namespace has
such an annotation.

## Why is this bad

The injector writes an inherited value into its JSON Patch without escaping it. The patch is then no JSON,
and the API server cannot apply it. If the injector's failurePolicy is Ignore, the pods of the Namespace get
no proxy at all, and an Event of Linkerd still says that they were injected. If it is Fail, the API server
refuses the pods.

## Example

```yaml
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  annotations:
    linkerd.io/inject: enabled
    config.linkerd.io/proxy-enable-native-sidecar: '"true"'
```

The quotes inside the value are the fault. Write `"true"`. A value that needs such characters, such as the
list in `config.linkerd.io/proxy-additional-env`, has to stand on the pods: there the injector does not copy
it.

## On a pod whose Namespace has such a value

A pod does not inherit a key that it has itself. Where the value is that of a native-sidecar key and says
what is meant, autofix writes the same key on the pod, with a value that Linkerd reads. It does so also
beside another native-sidecar key that is right.

## Fix safety

Safe on pods. autofix proves that this value no longer breaks the patch, and that no proxy becomes of another
kind than somebody meant. Another value on the Namespace may still break the patch: each has a finding of its
own. On a Namespace AFX202 has the fix of a boolean. There is none for other values.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.linkerd.annotations import as_text, read_intent
from autofix.linkerd.injection import breaking_keys
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.precedence import NO_ANNOTATIONS, intent_of, native_keys_of_namespace
from autofix.rules.context import READ, USUAL, WEBHOOK_BUILT_IN, Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity

CODE = "AFX406"
ROLES = READ
DOORS = (*USUAL, *WEBHOOK_BUILT_IN)


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every inherited value that breaks the patch, or for the pod that inherits them."""
    if place.location.role is Role.NAMESPACE:
        for key in breaking_keys(NO_ANNOTATIONS, place.entries, place.release):
            yield _by_hand(place, key, _way(key))
        return
    namespace = place.context.namespace
    values: dict[str, bool] = {}
    for key in breaking_keys(place.home, namespace, place.release):
        meant = read_intent(namespace[key]) if is_native_like(key) else None
        if meant is not None:
            values[key] = meant if place.intent is None else place.intent
        elif place.context.inherit:
            # Otherwise the finding about the Namespace says it.
            yield _by_hand(place, key, f"correct {key} on the Namespace, or write it on the pod")
    if values:
        yield _on_pod(place, values)


def _way(key: str) -> str:
    """Say what to do about a key on a Namespace; a value that is JSON cannot do without quotes."""
    if is_native_like(key):
        return f"write {key} without quotes, backslashes and line breaks"
    return f"move {key} to the pods, or write it without quotes, backslashes and line breaks"


def _by_hand(place: Place, key: str, way: str) -> Finding:
    path = place.location.path
    where = (*path, key) if key in place.entries else path
    message = (
        f"the Namespace's value breaks the patch of Linkerd's injector, and its pods get no proxy; {way}"
    )
    native = is_native_like(key)
    return Finding(CODE, Severity.ERROR, message, Applicability.DISPLAY, where, key, native=native)


def _on_pod(place: Place, values: dict[str, bool]) -> Finding:
    """Report the values whose meaning is clear, with the fix that keeps the pod from inheriting them."""
    path = place.location.path
    keys = " and ".join(values)
    edits = tuple(Edit(path, key, as_text(value)) for key, value in values.items())
    own = intent_of(native_keys_of_namespace(place.context.namespace, place.release))
    intent = own if place.intent is None else place.intent
    return Finding(
        CODE,
        Severity.ERROR,
        f"{keys} on the Namespace breaks the patch of Linkerd's injector, and the pod gets no proxy; "
        "write the same key on the pod",
        Applicability.SAFE,
        path,
        next(iter(values)),
        native=True,
        fix=Fix(edits, Promise.PATCH, path, intent),
    )
