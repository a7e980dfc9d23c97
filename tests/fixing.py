"""Short ways to fix a pod and to look at what comes out. Everything is fixed the fast and the slow way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from builders import ALPHA_ERA, Annotations, Object, pod

import autofix
from autofix import Finding, Interest, Result
from autofix.engine import cache, namespaces
from autofix.engine.examine import Reading, read
from autofix.engine.options import Options, options
from autofix.kubernetes.locations import entries_of
from autofix.linkerd.release import Release
from autofix.rules.context import Door


def fixed(annotations: Annotations, **known: Any) -> Any:
    """The annotations of a pod after fixing it."""
    return fix(pod(annotations), **known).object["metadata"]["annotations"]  # type: ignore[index]


def fix(obj: object, **known: Any) -> Result:
    """Fix an object, in a release of the alpha era unless another is named."""
    return both_ways(lambda: autofix.fix(obj, **{"release": ALPHA_ERA, **known}))


def on_pod(own: Annotations, around: Annotations, release: str | Release | None, **known: object) -> Result:
    """Fix a pod as the webhook does, with its Namespace as context."""
    settings = options(release=release, door=Door.WEBHOOK_POD, **known)  # type: ignore[arg-type]
    result = both_ways(lambda: autofix.fix_all((pod(own),), settings, namespace=around)[0])
    again = autofix.fix_all((result.object,), settings, namespace=around)[0]
    assert not again.operations
    return result


def found(obj: Object | Mapping[str, object], code: str, **known: Any) -> list[Finding]:
    """The findings of one rule in an object, or in a pod with these annotations."""
    whole = obj if "kind" in obj else pod(obj)
    return [finding for finding in fix(whole, **known).findings if finding.code == code]


def codes(obj: Object | Mapping[str, object], **known: Any) -> list[str]:
    """The codes of all findings in an object, or in a pod with these annotations."""
    whole = obj if "kind" in obj else pod(obj)
    return [finding.code for finding in fix(whole, **known).findings]


def both_ways(call: Callable[[], Result]) -> Result:
    """Return a result, if it is the same when nothing is left out and nothing comes from memory."""
    fast = call()
    with slow_way():
        slow = call()
    assert fast.items == slow.items
    assert fast.operations == slow.operations
    assert _typed(fast.object) == _typed(slow.object)
    assert fast.changes_injection == slow.changes_injection
    # Now from memory, unless the object is unusual.
    again = call()
    assert again.items == fast.items
    assert again.operations == fast.operations
    return fast


@contextmanager
def slow_way() -> Iterator[None]:
    """Show the rules every key, whether or not they are interested in it, and remember no answer."""
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(namespaces, "ANY", _EveryKey(()))
        patching.setattr(namespaces, "read", _read_every_string)
        patching.setattr(cache, "cache_key", lambda _reading, _context: None)
        yield


class _EveryKey(Interest):
    def concerning(self, entries: Mapping[Any, object]) -> dict[str, object]:
        return {key: value for key, value in entries.items() if type(key) is str}


def _read_every_string(obj: Mapping[str, object], options: Options | None = None) -> Reading:
    """Read an object, and beside what is of interest every string, which no rule may speak of."""
    reading = read(obj, options)
    maps = {
        path: {
            key: value
            for key, value in (entries_of(obj, path) or {}).items()
            if key in entries or (type(key) is str and type(value) is str)
        }
        for path, entries in reading.maps.items()
    }
    return reading._replace(maps=maps)


def _typed(value: object) -> object:
    """A value in which 1, 1.0 and True differ, the order of keys counts, and a NaN is itself."""
    if isinstance(value, dict):
        return [(key, _typed(child)) for key, child in value.items()]
    if isinstance(value, list):
        return "list", [_typed(child) for child in value]
    return type(value), repr(value) if isinstance(value, float) else value
