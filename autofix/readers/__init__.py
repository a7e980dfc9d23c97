"""Readers: what a text of a language says about annotations, by the grammar of the language.

A reader is a package in this folder. It has

- ``LANGUAGES``, names of the language, in lower case, as code blocks and other texts write them;
- ``SUFFIXES`` and ``NAMES``, the ends and whole names of its files, in lower case;
- ``read(text)``, which returns a ``TextReading``.

Its grammar loads only inside ``read``. To add a reader, add a package: nothing else has a list of them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import NamedTuple

from autofix.readers.model import TextReading


class Reader(NamedTuple):
    """One reader.

    Attributes:
        name: the name of its package.
        languages: names of the language, in lower case.
        suffixes: ends of the names of its files, in lower case, with their dot.
        names: whole names of its files, in lower case.
        read: reads a text.
    """

    name: str
    languages: tuple[str, ...]
    suffixes: tuple[str, ...]
    names: tuple[str, ...]
    read: Callable[[str], TextReading]


@cache
def readers() -> tuple[Reader, ...]:
    """Return all readers, in the order of their names."""
    # Imported here: a run that meets only YAML needs no other reader.
    import pkgutil

    packages = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    modules = ((name, import_module(f"{__name__}.{name}")) for name in packages)
    return tuple(
        Reader(name, module.LANGUAGES, module.SUFFIXES, module.NAMES, module.read) for name, module in modules
    )


def reader_of_name(source: str) -> Reader | None:
    """Choose a reader by the name of a file.

    Args:
        source: the name, with or without folders.

    Returns:
        The reader whose suffix is the longest; None if no reader knows the name.
    """
    name = source.rpartition("/")[2].lower()
    fitting = [
        (len(suffix), reader)
        for reader in readers()
        for suffix in (*reader.suffixes, *reader.names)
        if name == suffix or (suffix in reader.suffixes and name.endswith(suffix) and name != suffix)
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def reader_of_language(language: str) -> Reader | None:
    """Choose a reader by the name of a language, such as the word behind the fence of a code block.

    Args:
        language: the name, in any case.

    Returns:
        The reader; None if no reader knows the language.
    """
    word = language.strip().lower()
    return next((reader for reader in readers() if word in reader.languages), None)
