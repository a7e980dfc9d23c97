"""Settings from the words of a command: pairs of a key and a value, and whether they can be edited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from autofix.readers.model import (
    HELM_PATH,
    LONGER_WORD,
    NOT_UNDERSTOOD,
    Branch,
    Delivery,
    Escapes,
    Fragment,
    InnerText,
    Setting,
    Target,
)
from autofix.readers.shell.words import WordPart

# What a reader of a command returns.
Items = Iterator[Fragment | InnerText]

_ESCAPES: Final[tuple[Escapes, ...]] = ((), HELM_PATH, ((".", "\\\\."),))
_DOMAIN: Final = re.compile(r"linkerd\\{0,2}\.io/[A-Za-z0-9._-]{0,200}")
_BEFORE_DOMAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-\\")
_LONGEST_PREFIX: Final = 200
# Labels of the domains of Linkerd's annotations, and of what people take for them.
_SUBDOMAINS: Final = frozenset({"config", "alpha", "beta", "stable", "ga", "proxy", "viz", "balancer"})


class Pair(NamedTuple):
    """A setting, and why it may not be edited; empty if it may."""

    setting: Setting
    reason: str = ""


def is_of_interest(text: str) -> bool:
    """Tell whether a key is Linkerd's, or may be meant to be."""
    return "linkerd" in text or "idecar" in text or "IDECAR" in text


def names_key(part: WordPart) -> bool:
    """Tell whether a key that is of interest stands in a part, outside of its expansions."""
    text = part.text
    if not part.has_hole:
        return is_of_interest(text)
    start = part.start
    for begin, end in part.word.holes:
        if is_of_interest(part.word.text[start : max(begin, start)]):
            return True
        start = max(end, start)
    return is_of_interest(part.word.text[start : part.end])


def escapes_of(key: str, written: str) -> Escapes | None:
    """Find how a key is escaped.

    Args:
        key: the key without escapes.
        written: what is written for it.

    Returns:
        The escapes; None if the key is written in another way.
    """
    for escapes in _ESCAPES:
        text = key
        for character, escaped in escapes:
            text = text.replace(character, escaped)
        if text == written:
            return escapes
    return None


def pair_of(key: WordPart, value: WordPart | None, delivery: Delivery = Delivery.TEXT) -> Pair | None:
    """Make a setting of a key and a value.

    Args:
        key: the key, as the program gets it.
        value: the value; None if the key is removed.
        delivery: how the value reaches the object.

    Returns:
        The setting; None if the key is nobody's, for a variable stands in it.
    """
    reason = ""
    if key.has_hole:
        whole = key_in(key)
        if whole is None:
            return None
        key, reason = whole, LONGER_WORD
    text = key.text
    if is_of_interest(text) and (key.written != text or "{" in text):
        reason = reason or NOT_UNDERSTOOD
    if value is None:
        return Pair(Setting(text, key.span, delivery=delivery, is_set=False), reason)
    if value.has_hole:
        setting = Setting(text, key.span, value.text, value.span, Delivery.EXPRESSION)
    elif value.written == value.text or value.written.replace("\\", "") == value.text:
        setting = Setting(text, key.span, value.text, value.span, delivery)
    else:
        setting = Setting(text, key.span, delivery=Delivery.EXPRESSION)
        reason = reason or (NOT_UNDERSTOOD if is_of_interest(text) else "")
    return Pair(setting, reason)


def cut_pair(part: WordPart, separator: str = "=") -> tuple[WordPart, WordPart] | None:
    """Cut a part at its first separator; None if it has none."""
    position = part.find(separator)
    return None if position < 0 else (part.sub(0, position), part.sub(position + len(separator)))


def pairs_of_list(part: WordPart, separators: str = "=") -> Iterator[Pair]:
    """Read a list such as ``a=b,c=d``.

    Args:
        part: the list. A comma belongs to the value before it when no pair follows it.
        separators: characters of which one stands between a key and its value.
    """
    entries: list[WordPart] = []
    for entry in part.split(","):
        if entries and not any(entry.find(mark) >= 0 for mark in separators):
            entries[-1] = WordPart(part.word, entries[-1].start, entry.end)
        else:
            entries.append(entry)
    for entry in entries:
        marks = [position for mark in separators if (position := entry.find(mark)) >= 0]
        if marks:
            pair = pair_of(entry.sub(0, min(marks)), entry.sub(min(marks) + 1))
            if pair is not None:
                yield pair


def fragments_of(
    pairs: Iterable[Pair],
    target: Target,
    branch: Branch,
    *,
    namespace: str = "",
    name: str = "",
    kind: str = "",
    reason: str = "",
) -> Iterator[Fragment]:
    """Make fragments of settings: one of all that may be edited, one for each other.

    Args:
        pairs: the settings.
        target: whose they are.
        branch: whether the command always runs.
        namespace: the Namespace of the owner.
        name: the name of the owner.
        kind: the kind of the owner.
        reason: why nothing may be edited.
    """
    together: list[Setting] = []
    apart: list[Pair] = []
    for pair in pairs:
        if pair.reason and is_of_interest(pair.setting.key):
            apart.append(pair)
        else:
            together.append(pair.setting)
    if any(is_of_interest(setting.key) for setting in together):
        yield Fragment(target, tuple(together), namespace, name, kind, branch, reason)
    for pair in apart:
        yield Fragment(target, (pair.setting,), namespace, name, kind, branch, pair.reason)


def key_in(part: WordPart) -> WordPart | None:
    """Find a whole key of Linkerd's in a longer part; None if it has none."""
    return next(keys_in(part), None)


def keys_in(part: WordPart) -> Iterator[WordPart]:
    """Find the keys of Linkerd's in a part, outside of its expansions."""
    text = part.text
    for match in _DOMAIN.finditer(text):
        start = _key_start(text, match.start())
        end = match.start() + len(match[0].rstrip("._-"))
        # A variable behind the name belongs to the name.
        if text[end - 1] != "/" and not part.sub(start, min(match.end() + 1, len(text))).has_hole:
            yield part.sub(start, end)


def _key_start(text: str, domain: int) -> int:
    """Return where a key starts whose domain's ``linkerd.io`` is at a position."""
    start = domain
    floor = max(domain - _LONGEST_PREFIX, 0)
    while start > floor and text[start - 1] in _BEFORE_DOMAIN:
        dots = start - 1
        if text[dots] != ".":
            break
        label_end = len(text[floor:dots].rstrip("\\")) + floor
        label_start = label_end
        while label_start > floor and (text[label_start - 1].isalnum() or text[label_start - 1] == "-"):
            label_start -= 1
        if text[label_start:label_end] not in _SUBDOMAINS:
            break
        start = label_start
    return start
