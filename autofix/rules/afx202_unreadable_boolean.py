"""A boolean annotation with a word that Linkerd does not read as a boolean.

## What it does

Finds strings such as `yes`, `on`, `enabled`, ` true`, `tRUE` or `"true"` with quotes of its own on an
annotation that Linkerd reads with Go's `strconv.ParseBool`, which accepts only `1 t T true TRUE True` and
`0 f F false FALSE False`.

## Why is this bad

Linkerd ignores the value without a word and uses Helm's. A native-sidecar key with such a value still
overrules the less preferred keys. Quotes inside a Namespace's value even break the patch that Linkerd's
injector makes for its pods.

## Example

`config.linkerd.io/proxy-enable-native-sidecar: "yes"` becomes
`config.linkerd.io/proxy-enable-native-sidecar: "true"`.

## Fix safety

Safe: the meaning is plain. For a native-sidecar key it is proven with the model of Linkerd's injector.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.finding import Applicability, Edit, Finding, Fix, Promise, Severity
from autofix.kubernetes.anatomy import Role
from autofix.linkerd.boolean import as_text, read_intent
from autofix.linkerd.naming import is_linkerd_key, is_native_like
from autofix.linkerd.survey import Standing
from autofix.rules._native import DISAGREE, is_leftover, rewriting
from autofix.rules._values import ValueType, is_readable, type_of
from autofix.rules.place import Place

CODE = "AFX202"


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every boolean written as a word that ParseBool does not know."""
    if not place.is_read and place.slot.role is not Role.OTHER:
        return
    leftovers = {found.key for found in place.native if is_leftover(place, found)}
    for key, value in place.entries.items():
        if not isinstance(value, str) or not is_linkerd_key(key) or key in leftovers:
            continue
        intent = read_intent(value)
        if intent is not None and type_of(key) is ValueType.BOOLEAN and not is_readable(key, value):
            yield _finding(place, key, value, intent)
    inherited = place.inherited
    if inherited and inherited.standing is Standing.LIVE and isinstance(inherited.value, str):
        problem = f"Linkerd cannot read the Namespace's {inherited.key}: {inherited.value!r}"
        yield rewriting(CODE, place, inherited, problem)


def _finding(place: Place, key: str, value: str, intent: bool) -> Finding:
    path, native = place.slot.path, is_native_like(key)
    message = f'Linkerd ignores {key}: {value!r} is no boolean to it; write "{as_text(intent)}"'
    proven = native and place.is_read
    if proven and place.intent is None:
        return Finding(
            CODE,
            Severity.ERROR,
            message,
            Applicability.DISPLAY,
            (*path, key),
            key,
            native=True,
            withheld=DISAGREE,
        )
    fix = Fix(
        (Edit(path, key, as_text(intent)),),
        Promise.READABLE if proven else Promise.NONE,
        path if proven else None,
        intent if native else None,
    )
    return Finding(
        CODE, Severity.ERROR, message, Applicability.SAFE, (*path, key), key, native=native, fix=fix
    )
