"""Which keys the rules are interested in: "may this concern Linkerd?" is asked here, and nowhere else.

An object has many annotations, and a folder many files; the rules speak of few. A rule names its interests
(``INTEREST``). The search of files, the engine and the webhook pass over what is of interest to no rule. The
command line asks before it loads any rule, so this module imports none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple


class Interest(NamedTuple):
    """Words by which a rule finds the keys that it speaks of.

    Attributes:
        words: every key that the rule speaks of holds one of them.
        beside: a word that a file holds, too, where the rule has something to say; empty for none.
    """

    words: tuple[str, ...]
    beside: str = ""

    def concerns(self, key: str) -> bool:
        """Tell whether an annotation key, or a longer text, holds one of the words."""
        for word in self.words:  # noqa: SIM110  # `any` with a generator takes twice as long, for every key
            if word in key:
                return True
        return False

    def concerning(self, entries: Mapping[Any, object]) -> dict[str, object]:
        """Return the annotations or labels whose keys hold one of the words, in their order.

        Args:
            entries: a mapping from an object. Keys that are no strings are left out: JSON has none, but YAML
                and Python do.
        """
        try:
            # One search through all keys: most mappings hold nothing of interest.
            if not self.concerns("\n".join(entries)):
                return {}
        except TypeError:
            pass
        return {key: value for key, value in entries.items() if type(key) is str and self.concerns(key)}

    def may_be_in(self, text: bytes) -> bool:
        """Tell whether a text in UTF-8 holds one of the words."""
        return any(word.encode() in text for word in self.words)

    def in_text(self) -> tuple[bytes, ...]:
        """Return the words to search files for. Nobody writes an annotation in capitals in a file."""
        return tuple(word.encode() for word in self.words if not word.isupper())


# The domain of Linkerd's own annotations, and that of the annotation that switches rules off.
LINKERD: Final = Interest(("linkerd.io", "linkerd-autofix.io"))
# A native-sidecar key that lacks its domain; "native" is written beside it, in lower case or with a capital.
SIDECAR: Final = Interest(("idecar", "IDECAR"), beside="ative")

# Codes of rules that look at every object if they are selected by their whole code.
ABOUT_EVERY_OBJECT: Final = ("AFX205",)

# A rule about other keys adds its interest here.
INTERESTS: Final = (LINKERD, SIDECAR)


def selects_every_object(select: str) -> bool:
    """Tell whether a selection of rules asks for every object, whatever its keys are.

    Args:
        select: codes with commas between them, as users write them. A beginning of a code, or ``ALL``, asks
            for a rule only where it would speak anyway.
    """
    codes = (part.partition(":")[0].strip().upper() for part in select.split(","))
    return any(code in ABOUT_EVERY_OBJECT for code in codes)


def joined(interests: Iterable[Interest]) -> Interest:
    """Return one interest in everything that any of some interests is about."""
    return Interest(tuple(dict.fromkeys(word for interest in interests for word in interest.words)))


# Everything that any rule may speak of.
ANY: Final = joined(INTERESTS)
