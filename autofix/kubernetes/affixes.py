"""Annotation keys with a text around them, such as Spark's prefixes and Kyverno's anchors.

To everything else such keys stand in a mapping of their own, without that text: below the mapping that they
really stand in, behind a part of the path that says what is around them.
"""

from __future__ import annotations

from collections.abc import Mapping

from autofix.kubernetes.pointer import Path, get


class Affix(str):
    """A part of a path that stands for the keys of a mapping with a text before and a text behind them.

    Attributes:
        before: the text before each key.
        behind: the text behind each key.
    """

    __slots__ = ("before", "behind")

    before: str
    behind: str

    def __new__(cls, before: str, behind: str) -> Affix:
        """Make the part of a path."""
        # No text that somebody can write has this character.
        part = super().__new__(cls, f"{before}\0{behind}")
        part.before, part.behind = before, behind
        return part

    def is_around(self, word: object) -> bool:
        """Tell whether a word has a key with this text around it."""
        return isinstance(word, str) and word.startswith(self.before) and word.endswith(self.behind)

    def around(self, key: str) -> str:
        """Write the text around a key."""
        return f"{self.before}{key}{self.behind}"

    def within(self, word: str) -> str:
        """Return the key in a word."""
        return word[len(self.before) : len(word) - len(self.behind)]


def bare_entries(obj: object, path: Path, affix: Affix) -> dict[str, object]:
    """Return the entries of a mapping whose keys have a text around them, without that text.

    Args:
        obj: an object.
        path: the path of the mapping.
        affix: what is around the keys.
    """
    node = get(obj, path)
    if not isinstance(node, dict):
        return {}
    return {affix.within(word): value for word, value in node.items() if affix.is_around(word)}


def real_path(path: Path) -> Path:
    """Return the path in the object for a path that may have an affix in it.

    Args:
        path: the path of a mapping, or of a key in it.
    """
    for depth, part in enumerate(path):
        if isinstance(part, Affix):
            keys = path[depth + 1 :]
            return (*path[:depth], *(part.around(str(key)) for key in keys[:1]), *keys[1:])
    return path


def real_maps(maps: Mapping[Path, Mapping[str, object]]) -> dict[Path, Mapping[str, object]]:
    """Put the entries of all mappings to the paths that they have in the object.

    Args:
        maps: entries by path.
    """
    real: dict[Path, Mapping[str, object]] = {}
    for path, entries in maps.items():
        if path and isinstance(affix := path[-1], Affix):
            words = {affix.around(key): value for key, value in entries.items()}
            real[path[:-1]] = {**real.get(path[:-1], {}), **words}
        else:
            real[path] = {**real.get(path, {}), **entries}
    return real
