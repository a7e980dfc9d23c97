"""Keys in any language: which of them matter, and the prefixes that say whose annotation a key is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from autofix.linkerd.keys import Likeness, is_linkerd_key, key_within, likeness
from autofix.readers.model import LONGER_WORD, Branch, Fragment, Setting, Target
from autofix.readers.names import is_labels

# Longer than any key, and longer than any prefix of a tool's.
_LONGEST: Final = 512
# What the keys that matter hold.
KEY_WORDS: Final = re.compile(rb"linkerd\.io|[Ss]idecar|SIDECAR")
# Spark, Flink and Spring Cloud Data Flow write ``driver.annotation.KEY``, Spark also ``driver.label.KEY``.
# Source: Spark's running-on-kubernetes.md.
_PREFIX: Final = re.compile(r"(?:\A|[.\w-])(annotations?|labels?)\.\Z", re.IGNORECASE)
# What no key has, but the texts have in which keys stand, and the patterns and prefixes of keys.
_NO_KEY: Final = re.compile(r"""[\s"'{}()\[\]<>,;:=`|\\&*?^]|/\Z""")
_POD_NAME: Final = re.compile(r"pod[_-]?annotations?", re.IGNORECASE)


class TextWord(NamedTuple):
    """A key as a text writes it.

    Attributes:
        key: the key behind its prefix.
        start: where the key begins in the word.
        prefix: what stands before the key.
        target: whose key it is by its prefix; None without a prefix.
        reason: why it may not be edited; empty if it may.
    """

    key: str
    start: int = 0
    prefix: str = ""
    target: Target | None = None
    reason: str = ""


def matters(word: str) -> bool:
    """Tell whether a word is a key of Linkerd's, or was perhaps meant to be.

    Args:
        word: a whole literal, with or without a prefix of a tool's.
    """
    bare = word.strip()
    if not bare or len(bare) > _LONGEST or _NO_KEY.search(bare):
        return False
    return is_linkerd_key(bare) or likeness(bare) is not Likeness.NONE


def split_word(word: str) -> TextWord:
    """Find the key behind the prefix of a word.

    Args:
        word: a word that ``matters``, or a key of another domain.

    Returns:
        The key; with a reason if something stands before or behind it that no known tool writes.
    """
    if len(word) > _LONGEST or not is_linkerd_key(word.strip()):
        return TextWord(word)
    key = key_within(word)
    if key == word.strip():
        return TextWord(word)
    start = word.find(key)
    prefix = word[: max(start, 0)]
    known = _PREFIX.search(prefix)
    if start < 0 or start + len(key) != len(word) or known is None:
        return TextWord(word, prefix=prefix, target=Target.UNKNOWN, reason=LONGER_WORD)
    target = Target.LABELS if is_labels(known[1]) else Target.POD
    return TextWord(key, start, prefix, target)


def target_of_name(name: str) -> Target | None:
    """Tell whose annotations a mapping holds, by its name; None if it is another name.

    Args:
        name: the name of a mapping, a variable, an argument or a function.
    """
    if is_labels(name):
        return Target.LABELS
    if "annotation" not in name.lower():
        return None
    return Target.POD if _POD_NAME.search(name) else Target.UNKNOWN


def fragments_of(
    settings: Iterable[Setting],
    target: Target,
    branch: Branch = Branch.ALWAYS,
    reason: str = "",
    kind: str = "",
) -> Iterator[Fragment]:
    """Make the fragments of settings that stand together; each prefix has a fragment of its own.

    Args:
        settings: the settings, with keys as the text writes them, prefixes included.
        target: whose annotations they are, as far as no prefix says it.
        branch: whether they always take effect.
        reason: why none of them may be edited; empty if they may.
        kind: the kind of their owner; empty if the text does not say it.

    Yields:
        Fragments with at least one key of Linkerd's.
    """
    words = [(split_word(setting.key), setting) for setting in settings]
    by_prefix: dict[str, list[tuple[TextWord, Setting]]] = {}
    for word, setting in words:
        # A word with a reason stands alone, so that the others may be edited.
        own = f"{word.prefix}\n{setting.key_span[0]}" if word.reason else word.prefix
        by_prefix.setdefault(own, []).append((word, setting))
    for members in by_prefix.values():
        if not any(matters(setting.key) for _, setting in members):
            continue
        first = members[0][0]
        yield Fragment(
            first.target or target,
            tuple(_behind_prefix(word, setting) for word, setting in members),
            kind=kind,
            branch=branch,
            reason=reason or first.reason,
        )


def _behind_prefix(word: TextWord, setting: Setting) -> Setting:
    if not word.start:
        return setting
    start, end = setting.key_span
    return setting._replace(key=word.key, key_span=(start + word.start, end))
