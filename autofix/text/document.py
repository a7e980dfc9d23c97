"""A document of a file, and the errors that say why a file cannot be read, edited or written."""

from __future__ import annotations

from typing import NamedTuple

from autofix.errors import AutofixError


class Document(NamedTuple):
    """One value of a YAML or JSON file, and where it stands.

    Attributes:
        source: the file's name as the user should see it, or ``<stdin>``.
        line: the line of the document's first content, counted from 1.
        index: its number among the documents of its file, counted from 0; empty documents do not count.
        value: plain dicts with string keys, lists, strings, numbers, booleans and None. Parts that YAML
            aliases repeat are one shared object: never change a value in place.
        span: where its lines stand in the text, in characters, if the line reader read it
            (``yaml.read_by_lines``); else None.
    """

    source: str
    line: int
    index: int  # type: ignore[assignment]  # hides the method of tuples, which nobody calls
    value: object
    span: tuple[int, int] | None = None


class SourceError(AutofixError):
    """A path or a text cannot be read.

    Its text is ``source:line:column: message``, without the parts that are unknown.

    Attributes:
        source: the file's name as the user should see it.
        message: what is wrong, and what to do.
        line: the line, counted from 1, or None.
        column: the character in that line, counted from 1, or None.
    """

    def __init__(self, source: str, message: str, line: int | None = None, column: int | None = None) -> None:
        # All of them are args so that copying and pickling, which call the class again, keep working.
        super().__init__(source, message, line, column)
        self.source = source
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        parts = [str(part) for part in (self.source, self.line, self.column) if part is not None]
        return f"{':'.join(parts)}: {self.message}"


def changed_error(source: str) -> SourceError:
    """Return the error for a file that somebody has changed since autofix read it.

    Args:
        source: the file's name.
    """
    return SourceError(source, "has changed since it was read and was not written; run again")


def unwritten_error(source: str, error: OSError) -> SourceError:
    """Return the error for a file that cannot be written.

    Args:
        source: the file's name.
        error: what the system says.
    """
    message = f"{error.strerror or error}; nothing was written, check the folder's rights and space"
    return SourceError(source, message)


class NotEditableError(Exception):
    """The text cannot be edited in place; the message says why.

    Attributes:
        position: the place in the text, in characters; None when it is not known.
    """

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position
