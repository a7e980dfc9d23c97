"""Keys in any language: which of them matter, and the prefixes that say whose annotation a key is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from autofix.linkerd.keys import Likeness, is_linkerd_key, key_within, likeness
from autofix.readers.model import LONGER_WORD, Branch, Fragment, Setting, Target
from autofix.readers.prefixes import prefix_of, target_of_property

# Longer than any key, and longer than any prefix of a tool's.
_LONGEST: Final = 512
# What the keys that matter hold.
KEY_WORDS: Final = re.compile(rb"linkerd\.io|[Ss]idecar|SIDECAR")
# What no key has, but the texts have in which keys stand, and the patterns and prefixes of keys.
_NO_KEY: Final = re.compile(r"""[\s"'{}()\[\]<>,;:=`|\\&*?^]|/\Z""")


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
    if start < 0 or start + len(key) != len(word) or prefix_of(word) != prefix:
        return TextWord(word, prefix=prefix, target=Target.UNKNOWN, reason=LONGER_WORD)
    return TextWord(key, start, prefix, target_of_property(prefix))


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
