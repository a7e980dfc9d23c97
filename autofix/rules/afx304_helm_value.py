"""A native-sidecar word in Linkerd's own Helm values that Linkerd's chart does not read.

## What it does

Finds values of Linkerd's chart (`linkerd-control-plane`) that are meant as `proxy.nativeSidecar`, but have
another name or stand in another place: `nativeSidecar` at the root, `proxy.enableNativeSidecar` and the like.
Also finds `proxy.nativeSidecar` itself where it is not a boolean.

autofix knows Linkerd's values by the chart that a HelmRelease, an Application or a command installs, and in a
values file by the names beside the word.

## Why is this bad

Helm ignores a value that no chart reads, without a message: the proxies stay as they are. A string in place
of the boolean is worse: a template takes `"false"` for true, and Linkerd's injector cannot read its
configuration.

## Example

```yaml
proxy:
  enableNativeSidecar: true
```

becomes:

```yaml
proxy:
  nativeSidecar: true
```

## Fix safety

Safe for the names that people are known to write, where the text has place for the right name: in the same
mapping of a YAML file, or in a `--set` of a command. Everywhere else, and for other names, autofix names the
right value only.

autofix withholds the fix if the values disagree, and if the release (AFX401, AFX402) or Kubernetes (AFX403)
has no native sidecars or would refuse the pods.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.kubernetes.locations import Role
from autofix.kubernetes.scalars import Expression, TypedText
from autofix.linkerd.annotations import read_intent
from autofix.linkerd.helm import NATIVE_SIDECAR, WRONG_PATHS, is_native_word
from autofix.rules import afx402_would_be_denied as afx402
from autofix.rules import afx403_old_kubernetes as afx403
from autofix.rules._native import DISAGREE, planned
from autofix.rules._strings import type_name
from autofix.rules.context import Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity
from autofix.rules.interest import LINKERD, SIDECAR

CODE = "AFX304"
ROLES = (Role.LINKERD_VALUES,)
INTEREST = (LINKERD, SIDECAR)


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every value that is meant as ``proxy.nativeSidecar``, and does not say it."""
    for path, value in place.entries.items():
        if path == NATIVE_SIDECAR:
            if not _is_boolean(value):
                yield _wrong_type(place, value)
        elif is_native_word(path):
            yield _wrong_path(place, path, value)


def _is_boolean(value: object) -> bool:
    """Tell whether Helm has a boolean, null (the chart's default), or what a program writes."""
    typed = value.typed if isinstance(value, TypedText) else value
    return typed is None or isinstance(typed, bool | Expression)


def _wrong_type(place: Place, value: object) -> Finding:
    what = "the string" if isinstance(value, str) else type_name(value)
    shown = f" {str(value)!r}" if isinstance(value, str) else ""
    intent = read_intent(value)
    message = f"{NATIVE_SIDECAR} is {what}{shown}, and Linkerd's chart wants the boolean true or false"
    place_of_it = (*place.location.path, NATIVE_SIDECAR)
    plan = _plan(place, intent, (Edit(place.location.path, NATIVE_SIDECAR, intent),))
    return planned(CODE, message, place_of_it, NATIVE_SIDECAR, plan)._replace(native=True)


def _wrong_path(place: Place, path: str, value: object) -> Finding:
    where = (*place.location.path, path)
    message = f"Linkerd's chart does not read {path}"
    if path not in WRONG_PATHS:
        return Finding(
            CODE,
            Severity.WARNING,
            f"{message}; did you mean {NATIVE_SIDECAR}?",
            Applicability.DISPLAY,
            where,
            path,
            native=True,
        )
    own = place.location.path
    new = value if isinstance(value, str) and _is_boolean(value) else read_intent(value)
    removal = Edit(own, path, None)
    edits = (removal,) if NATIVE_SIDECAR in place.entries else (removal, Edit(own, NATIVE_SIDECAR, new))
    plan = _plan(place, new, edits)
    return planned(CODE, f"{message}; use {NATIVE_SIDECAR}", where, path, plan)._replace(native=True)


def _plan(place: Place, new: str | bool | None, edits: tuple[Edit, ...]) -> Fix | str:
    """Return the fix, or why there is none."""
    if new is None:
        return "the value does not say what is meant; write true or false"
    if not place.release.has_native_sidecars:
        return f"Linkerd {place.release.text} has no native sidecars"
    intents = {_intent(value) for path, value in place.entries.items() if is_native_word(path)}
    if len(intents - {None}) > 1:
        return DISAGREE
    options = place.context.options
    # Nobody knows what an expression says.
    may_turn_on = isinstance(new, Expression) or read_intent(new)
    if may_turn_on and any(afx402.denials_by_values(place.release, place.entries)):
        return f"{afx402.CODE}: {afx402.DENIED}"
    if may_turn_on and (problem := afx403.problem_of(options)):
        return f"{afx403.CODE}: {problem}"
    return Fix(edits, Promise.NONE)


def _intent(value: object) -> object:
    return str(value) if isinstance(value, Expression) else read_intent(value)
