"""An annotation or label of another domain whose value is not a string.

## What it does

Finds annotations and labels outside Linkerd's domain whose value is a boolean, a number, a list or a mapping
in YAML or JSON. AFX201 speaks of Linkerd's own annotations.

autofix looks at the objects in which it looks at Linkerd's annotations. With `--select AFX205` it looks at
every object.

## Why is this bad

The API server refuses the whole object, and its message (`cannot unmarshal bool into Go struct field ... of
type string`) does not name the key. So the fix of Linkerd's annotation in the same object alone does not
help.

## Example

```yaml
annotations:
  linkerd.io/inject: enabled
  prometheus.io/scrape: true
  prometheus.io/port: 9090
```

becomes:

```yaml
annotations:
  linkerd.io/inject: enabled
  prometheus.io/scrape: "true"
  prometheus.io/port: "9090"
```

## Fix safety

Safe in Kubernetes' own kinds: the API server could not store the object before. autofix writes a boolean as
Kubernetes reads it, `"true"` or `"false"`. A number keeps its digits. There is no fix for lists and mappings.

There is no fix in custom resources, in Helm values and in patches: their operator, chart or tool may want
the boolean, and may write the string itself. The webhook only warns: there, autofix changes no key of another
domain.

Null is not a finding: Kubernetes reads it as an empty string, and in Helm values and patches it removes the
key.
"""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.keys import is_linkerd_key
from autofix.rules._strings import text_of, type_name
from autofix.rules.context import LABELLED, USUAL, Door, Place
from autofix.rules.finding import Applicability, Edit, Finding, Fix, Promise, Severity

CODE = "AFX205"
ROLES = LABELLED
DOORS = (*USUAL, Door.WEBHOOK_CUSTOM_RESOURCE)
# It is interested in no key: it speaks of what stands beside the keys that other rules speak of.
INTEREST = ()
JUDGES_TYPES = True
READS_EVERY_DOMAIN = True


def check(place: Place) -> Iterator[Finding]:
    """Yield a finding for every value outside Linkerd's domain that is neither a string nor null."""
    for key, value in place.entries.items():
        if value is not None and not isinstance(value, str) and not is_linkerd_key(key):
            yield _finding(place, key, value)


def _finding(place: Place, key: str, value: object) -> Finding:
    path, text = place.location.path, text_of(value)
    problem = f"{key} is {type_name(value)}, and the API server accepts only strings"
    advice = "the value that is meant in quotes" if text is None else f'"{text}"'
    finding = Finding(
        CODE,
        Severity.ERROR,
        f"{problem}; write {advice}",
        Applicability.DISPLAY,
        (*path, key),
        key,
    )
    if text is None or not place.changes_every_domain:
        return finding
    fix = Fix((Edit(path, key, text),), Promise.NONE)
    return finding._replace(applicability=Applicability.SAFE, fix=fix)
