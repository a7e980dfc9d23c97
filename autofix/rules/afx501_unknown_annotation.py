"""An annotation of Linkerd that this release does not know.

## What it does

Finds keys in Linkerd's domain that the release neither reads nor writes. The message names the most similar
key that the release knows.

## Why is this bad

Linkerd ignores unknown annotations without a message.

## Example

```yaml
annotations:
  config.linkerd.io/proxy-cpu-limits: "1"
```

Did you mean `config.linkerd.io/proxy-cpu-limit`?

## Fix safety

There is none. In a domain below `linkerd.io` that Linkerd itself does not use, the finding is for
information only.

autofix says nothing about keys of Linkerd's own extensions, which have releases of their own:
{extension domains}.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.annotations import domains, extension_domains, known_annotations
from autofix.linkerd.keys import Likeness, is_linkerd_key, likeness
from autofix.linkerd.release import Release
from autofix.rules.context import KEPT, Place
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX501"
ROLES = KEPT
_NEAR = 0.8


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every annotation of Linkerd that the release does not know."""
    for key in place.entries:
        if is_linkerd_key(key) and likeness(key) is Likeness.NONE and (finding := _judge(place, key)):
            yield finding


def _judge(place: Place, key: str) -> Finding | None:
    release = place.release
    domain = key.partition("/")[0]
    if domain in extension_domains():
        return None
    known = known_annotations().get(key)
    if known is not None and known.known_to(release):
        return None
    if known is not None:
        message = f"Linkerd {release.text} does not know {key}, though another release does"
    else:
        near = _nearest(key, release)
        message = f"no release of Linkerd knows {key}" + (f"; did you mean {near}?" if near else "")
    return Finding(
        CODE,
        Severity.WARNING if domain in domains() else Severity.INFO,
        message,
        Applicability.DISPLAY,
        (*place.location.path, key),
        key,
    )


def _nearest(key: str, release: Release) -> str | None:
    # Imported here: it costs more than the rest of a run, and unknown keys are rare.
    from difflib import get_close_matches

    names = [name for name, annotation in known_annotations().items() if annotation.known_to(release)]
    matches = get_close_matches(key, names, n=1, cutoff=_NEAR)
    return matches[0] if matches else None
