"""The memory of answers: ``examined`` says what ``examine`` says, and asks it once about objects alike.

Replicas and restarts bring the same few annotations over and over, in objects that differ in all the rest.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from autofix.engine.examine import NOT_SUPPRESSED, Examined, Reading, Suppressed, examine
from autofix.kubernetes.locations import Location
from autofix.kubernetes.pointer import Path
from autofix.linkerd.injection import PodTraits
from autofix.linkerd.precedence import Annotations
from autofix.rules.context import Context
from autofix.rules.options import Options

_Entries = tuple[tuple[str, object], ...]

# Together they bound the memory that hostile objects can take.
_MOST_ANSWERS: Final = 1024
_MOST_ENTRIES: Final = 16
_LONGEST_ENTRY: Final = 400


class CacheKey(NamedTuple):
    """Everything that an answer depends on; equal keys have equal answers.

    Attributes:
        locations: as in ``Reading``.
        entries: what is of interest at each of them.
        options: the options.
        namespace: annotations of the Namespace.
        inherit, injected: as in ``Context``.
        traits: as in ``Reading``.
    """

    locations: tuple[Location, ...]
    entries: tuple[_Entries, ...]
    options: Options
    namespace: _Entries
    inherit: bool
    injected: bool
    traits: tuple[tuple[Path, PodTraits], ...] = ()


def cache_key(reading: Reading, context: Context) -> CacheKey | None:
    """Return what an answer depends on; None for an object whose answer is not kept.

    Args:
        reading: what was read of the object.
        context: what is known around it.
    """
    # Of custom resources even the paths may be long.
    if not reading.built_in or reading.malformed or context.dependents:
        return None
    if not (_is_short(context.namespace) and all(map(_is_short, reading.maps.values()))):
        return None
    entries = tuple([tuple(entries.items()) for entries in reading.maps.values()])
    around = tuple(context.namespace.items())
    traits = tuple(reading.traits.items())
    return CacheKey(
        reading.locations, entries, context.options, around, context.inherit, context.injected, traits
    )


def examined(reading: Reading, context: Context, suppressed: Suppressed = NOT_SUPPRESSED) -> Examined:
    """Examine an object, or say again what was said of one like it.

    Args:
        reading: what was read of the object.
        context: what is known around it.
        suppressed: codes that are suppressed at some keys, by the key's path.
    """
    key = None if suppressed else cache_key(reading, context)
    return examine(reading, context, suppressed) if key is None else _answer(key)


def _is_short(entries: Annotations) -> bool:
    """Tell whether entries may be kept: few and short, and nothing that is equal to a value of another type.

    As a key 1 is True, and a string that a tool gives a type is equal to a plain string.
    """
    if len(entries) > _MOST_ENTRIES:
        return False
    for key, value in entries.items():
        if type(value) is str:
            if len(key) + len(value) > _LONGEST_ENTRY:
                return False
        elif len(key) > _LONGEST_ENTRY or not (value is None or value is True or value is False):
            return False
    return True


@lru_cache(maxsize=_MOST_ANSWERS)
def _answer(key: CacheKey) -> Examined:
    pairs = zip(key.locations, key.entries, strict=True)
    maps = {location.path: dict(entries) for location, entries in pairs}
    reading = Reading(key.locations, maps, (), built_in=True, traits=dict(key.traits))
    context = Context(key.options, dict(key.namespace), key.inherit, injected=key.injected)
    return examine(reading, context)
