"""A real native-sidecar key that this release, or this level, does not read.

## What it does

Finds the alpha, beta or GA key where the given release does not read it.

{keys read}

If the release is not known, or two releases answer during an upgrade, autofix reports the keys that only
some of them read, and does not change them. On Pods the webhook adds the key that each of them reads: a Pod
is what the injector makes of it now, and does not outlast the upgrade.

## Why is this bad

The documentation of another release names this key, and your release ignores it without a message. An
upgrade of Linkerd can have the same effect: where a span in the table has ended, newer releases ignore the
key.

## Example

With Linkerd 2.17:

```yaml
annotations:
  config.linkerd.io/proxy-enable-native-sidecar: "true"
```

becomes:

```yaml
annotations:
  config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"
```

## Fix safety

Safe. autofix proves the fix as in AFX101. On Pods in the webhook the proof holds for each release that may
answer and for both of Helm's defaults. A key that some of these releases read stays beside the new one, with
a value that Linkerd reads.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.annotations import breaks_json
from autofix.linkerd.precedence import ON, NativeKey, Standing, intent_of, native_keys_of_namespace
from autofix.linkerd.release import key_to_write
from autofix.rules._native import is_leftover, is_obeyed, rewriting
from autofix.rules.context import READ, USUAL, WEBHOOK_BUILT_IN, Place
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX102"
ROLES = READ
DOORS = (*USUAL, *WEBHOOK_BUILT_IN)


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every real key that the release does not read at this level."""
    if not place.release.has_native_sidecars:
        return
    for native in place.native:
        if native.standing is Standing.NOT_READ and not is_leftover(place, native):
            yield rewriting(CODE, place, native, _problem(place, native))
        elif native.standing is Standing.DEPENDS and native.key != key_to_write(place.release, place.level):
            yield from _depends(place, native)
    inherited = place.inherited
    if inherited and inherited.standing in (Standing.NOT_READ, Standing.DEPENDS):
        yield rewriting(CODE, place, inherited, _problem(place, inherited))


def _problem(place: Place, native: NativeKey) -> str:
    if native.standing is Standing.DEPENDS:
        return f"whether Linkerd reads {native.key} depends on its release ({place.release.text})"
    return f"Linkerd {place.release.text} does not read {native.key} {ON[native.level]}"


def _depends(place: Place, native: NativeKey) -> Iterator[Finding]:
    if native.standing not in place.context.options.unread or _is_shield(place, native):
        yield _by_hand(place, native)
    elif not is_obeyed(place):
        yield rewriting(CODE, place, native, _problem(place, native))


def _is_shield(place: Place, native: NativeKey) -> bool:
    """Tell whether a key may only keep the pod from inheriting what breaks the patch (AFX406).

    Where the Namespace's keys disagree, nobody has said then that this one has to win.
    """
    namespace = place.context.namespace
    return (
        breaks_json(namespace.get(native.key))
        and intent_of(native_keys_of_namespace(namespace, place.release)) is None
    )


def _by_hand(place: Place, native: NativeKey) -> Finding:
    target = key_to_write(place.release, place.level)
    return Finding(
        CODE,
        Severity.WARNING,
        f"{_problem(place, native)}; each release that may run reads {target}",
        Applicability.DISPLAY,
        (*place.location.path, native.key),
        native.key,
        native=True,
    )
