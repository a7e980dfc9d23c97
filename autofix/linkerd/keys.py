"""Is this annotation key meant to be Linkerd's native-sidecar key?"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Final

from autofix.linkerd.release import real_keys

_TOKEN: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SIDECAR: Final = frozenset({"sidecar", "sidecars"})
# Below this similarity to the real name a misspelling is somebody else's word.
_MISSPELT: Final = 0.88
_CACHED_KEYS: Final = 4096
# What stands before ``linkerd.io`` in the domains of Linkerd's annotations, and of what people take for them
# (data/annotations.json; the wrong keys of tests/data/mapping.json).
_SUBDOMAINS: Final = frozenset(
    {
        *("config", "alpha", "beta", "stable", "ga", "config-alpha", "config-beta", "proxy"),
        *("balancer", "failover", "jaeger", "mirror", "multicluster", "retry", "timeout", "viz"),
    }
)
_NO_LABEL: Final = re.compile(r"[^A-Za-z0-9-]")
# Punctuation that no key has, and a dot behind the whole name. Odd letters, dashes and spaces stay: they are
# misspellings of the key itself.
_NAME_END: Final = re.compile(r"[^\w\s.-](?<=[!-~])|(?<=idecar)\.|(?<=idecars)\.")


class Likeness(Enum):
    """How sure we are that a key is meant to be the native-sidecar key."""

    REAL = "one of the keys that some release reads"
    WRONG = "meant to be the key, and read by no release"
    NEAR = "perhaps meant to be the key; too unsure to rewrite"
    NONE = "another key"


def is_linkerd_domain(domain: str) -> bool:
    """Tell whether an annotation domain is ``linkerd.io`` or below it; others are never touched."""
    return domain == "linkerd.io" or domain.endswith(".linkerd.io")


@lru_cache(maxsize=_CACHED_KEYS)
def is_linkerd_key(key: str) -> bool:
    """Tell whether an annotation key is in Linkerd's domain."""
    domain, slash, _ = key.partition("/")
    return bool(slash) and is_linkerd_domain(domain)


def key_within(word: str) -> str:
    """Return the annotation key that a longer word holds, such as the key behind a prefix of Spark's.

    Args:
        word: a word that ``is_linkerd_key`` takes for a key.

    Returns:
        The key without what stands before its domain and behind its name; the same text when it is all of it.
    """
    domain, _, name = word.strip().partition("/")
    *before, linkerd, io = domain.split(".")
    kept = [linkerd, io]
    for label in reversed(before):
        end = _NO_LABEL.split(label)[-1]
        if end.lower() not in _SUBDOMAINS:
            break
        kept.insert(0, end)
        if end != label:
            break
    cut = _NAME_END.search(name)
    return f"{'.'.join(kept)}/{name if cut is None else name[: cut.start()]}".rstrip("-._")


@lru_cache(maxsize=_CACHED_KEYS)
def likeness(key: str) -> Likeness:
    """Judge one annotation key.

    Args:
        key: a full annotation key, ``domain/name`` or a bare name.

    Returns:
        REAL for the real keys. WRONG in Linkerd's domain with the tokens ``native`` and then
        ``sidecar(s)``. NEAR for those tokens in the other order, for a lone ``enable-sidecar``, a misspelt
        name, and for the full name without any domain. NONE for every other key.

    Source: the detection rule and the confidence line of tests/data/mapping.json. No other Linkerd key has
    both tokens (checked upstream on edge-23.1.1 .. edge-26.8.3).
    """
    if is_native_like(key):
        return Likeness.REAL if key in real_keys() else Likeness.WRONG
    domain, slash, name = key.partition("/")
    tokens = _tokens(name if slash else domain)
    if slash:
        near = is_linkerd_domain(domain) and _resembles(tokens)
    else:
        # "native-sidecar" alone is a setting of other software too (Presto's workers): ask for "proxy".
        near = {"native", "proxy"} <= set(tokens) and not _SIDECAR.isdisjoint(tokens)
    return Likeness.NEAR if near else Likeness.NONE


@lru_cache(maxsize=_CACHED_KEYS)
def is_native_like(key: str) -> bool:
    """Tell whether a key is, or is surely meant to be, a native-sidecar key: REAL or WRONG."""
    if "idecar" not in key and "IDECAR" not in key:
        return False
    domain, slash, name = key.partition("/")
    if not slash or not is_linkerd_domain(domain):
        return False
    return has_sidecar_words(name)


def has_sidecar_words(name: str) -> bool:
    """Tell whether a name has the word *native* and then the word *sidecar* or *sidecars*.

    Args:
        name: a name in any spelling: ``nativeSidecar``, ``enable-native-sidecar``, ``NATIVE_SIDECAR``.
    """
    tokens = _tokens(name)
    if "native" not in tokens:
        return False
    return not _SIDECAR.isdisjoint(tokens[tokens.index("native") :])


def _tokens(name: str) -> tuple[str, ...]:
    return tuple(token.lower() for token in _TOKEN.findall(name))


def _resembles(tokens: tuple[str, ...]) -> bool:
    both = "native" in tokens and not _SIDECAR.isdisjoint(tokens)
    return both or tokens in (("enable", "sidecar"), ("enable", "sidecars")) or _is_misspelt(tokens)


def _is_misspelt(tokens: tuple[str, ...]) -> bool:
    # Imported here: misspellings are rare, and difflib costs as much as the rest of this package.
    from difflib import SequenceMatcher

    name = "-".join(tokens)
    return any(
        SequenceMatcher(None, name, real).ratio() >= _MISSPELT
        for real in ("proxy-enable-native-sidecar", "proxy-native-sidecar", "nativesidecar")
    )
