"""A boolean annotation with a word that Linkerd does not read as a boolean.

## What it does

Finds strings such as `yes`, `on`, `enabled`, ` true`, `tRUE` or `"true"` with quotes of its own on an
annotation that Linkerd reads with Go's `strconv.ParseBool`. That function accepts only `1 t T true TRUE
True` and `0 f F false FALSE False`.

## Why is this bad

Linkerd ignores the value without a message and uses Helm's value. A native-sidecar key with such a value
still overrules the less preferred keys. Quotes inside a Namespace's value also break the patch that
Linkerd's injector makes for its pods.

The finding is only a warning where Helm's value is known and says the same. autofix fixes it all the same,
because Helm's value may change.

## Example

`config.linkerd.io/proxy-enable-native-sidecar: "yes"` becomes
`config.linkerd.io/proxy-enable-native-sidecar: "true"`.

## Fix safety

Safe: the meaning is plain. autofix proves the fix of a native-sidecar key with its model of Linkerd's
injector.

In Helm values, and in other YAML that is not a Kubernetes object, autofix removes quotes inside a value only
as an unsafe fix. A chart may print the value as it is, and then these quotes make it a string.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.kubernetes.scalars import is_string
from autofix.linkerd.annotations import ValueType, as_text, breaks_json, is_readable, read_intent, type_of
from autofix.linkerd.keys import is_linkerd_key
from autofix.linkerd.precedence import NativeKey, Standing
from autofix.rules._native import DISAGREE, is_leftover, is_obeyed, planned, rewrite, rewriting, severity_of
from autofix.rules.context import READ, USUAL, WEBHOOK, WEBHOOK_BUILT_IN, Place
from autofix.rules.finding import Edit, Finding, Fix, Promise

CODE = "AFX202"
ROLES = (*READ, Role.OTHER)
DOORS = (*USUAL, *WEBHOOK_BUILT_IN)
NATIVE_ONLY = WEBHOOK


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every boolean written as a word that ParseBool does not know."""
    native_keys = {native.key: native for native in place.native} if place.is_read else {}
    for key, value in place.entries.items():
        if not is_string(value) or not is_linkerd_key(key):
            continue
        intent = read_intent(value)
        if intent is None or type_of(key) is not ValueType.BOOLEAN or is_readable(key, value):
            continue
        if key not in native_keys:
            fix = Fix((Edit(place.location.path, key, as_text(intent)),), Promise.NONE)
            yield _finding(place, key, value, intent, fix)
        elif place.release.has_native_sidecars and not is_leftover(place, native_keys[key]):
            finding = _finding(place, key, value, intent, _native_plan(place, native_keys[key], intent))
            yield finding._replace(severity=severity_of(place))
    inherited = place.inherited
    if inherited and inherited.standing is Standing.LIVE and is_string(inherited.value):
        if breaks_json(inherited.value):
            # AFX406 says what that does, and has the fix.
            return
        problem = f"Linkerd cannot read the Namespace's {inherited.key}: {inherited.value!r}"
        yield rewriting(CODE, place, inherited, problem)


def _native_plan(place: Place, native: NativeKey, intent: bool) -> Fix | str:
    if place.intent is None:
        return DISAGREE
    options = place.context.options
    is_unread = native.standing in options.unread and not (
        native.standing is Standing.DEPENDS and is_obeyed(place)
    )
    if is_unread or options.keeps_real_keys:
        # A better value alone would change nothing: what replaces the key has it.
        return rewrite(place, native)
    edit = Edit(place.location.path, native.key, as_text(intent))
    return Fix((edit,), Promise.INTENT, place.location.path, intent)


def _finding(place: Place, key: str, value: str, intent: bool, plan: Fix | str) -> Finding:
    message = f'Linkerd cannot read {value!r} on {key} as a boolean; write "{as_text(intent)}"'
    return planned(CODE, message, (*place.location.path, key), key, plan)
