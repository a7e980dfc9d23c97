"""The words of ``typing`` that this package uses, without loading it.

A run over a few files is short. Loading ``typing``, and its named tuples that compile the type of every
field, would take longer than all that is done with them; and the other words only type checkers read.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final, Literal, NamedTuple, TypeAlias, TypeGuard
else:

    class _Word:
        """Stands for what only type checkers read."""

        def __class_getitem__(cls, _):
            return cls

    Any = Final = Literal = TypeAlias = TypeGuard = _Word

    class _Definition(type):
        """Makes a named tuple of a class whose fields are annotated."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.get("__annotations__", ())
            defaults = [body.pop(field) for field in fields if field in body]
            base = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            return type(name, (base,), {**body, "__slots__": ()})

    class NamedTuple(metaclass=_Definition):
        """Stands for ``typing.NamedTuple``."""


__all__ = ["TYPE_CHECKING", "Any", "Final", "Literal", "NamedTuple", "TypeAlias", "TypeGuard"]
