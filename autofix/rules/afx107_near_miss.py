"""A key that may be meant as a native-sidecar key.

## What it does

Finds names that are like the real name, but not like enough for autofix to rewrite them: the words in
another order, no domain, a misspelling.

## Why is this bad

If the author meant Linkerd's key, the key has no effect.

## Example

```yaml
annotations:
  config.linkerd.io/proxy-sidecar-native: "true"
```

## Fix safety

There is none. The message names the key that the author may mean.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.annotations import known_annotations
from autofix.linkerd.keys import Likeness, is_linkerd_key, likeness
from autofix.linkerd.release import key_to_write, real_keys
from autofix.rules.context import READ, Place, Subject
from autofix.rules.finding import Applicability, Finding, Severity

CODE = "AFX107"
ROLES = READ
SUBJECT = Subject.OTHER


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every key that resembles the real one."""
    for key in place.entries:
        if _is_candidate(key) and likeness(key) is Likeness.NEAR:
            target = key_to_write(place.context.release, place.level) or real_keys()[0]
            yield Finding(
                CODE,
                Severity.WARNING,
                f"Linkerd does not read {key}; did you mean {target}?",
                Applicability.DISPLAY,
                (*place.location.path, key),
                key,
                native=True,
            )


def _is_candidate(key: str) -> bool:
    return ("/" not in key and "idecar" in key.lower()) or (
        is_linkerd_key(key) and key not in known_annotations()
    )
