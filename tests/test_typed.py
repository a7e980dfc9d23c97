"""Our named tuples are those of ``typing``, but for the time it takes to define them."""

from __future__ import annotations

import copy
import pickle
import typing
from typing import Any

import pytest

from autofix import typed


class Ours(typed.NamedTuple):
    """A pair."""

    first: int
    second: str = "b"

    @property
    def both(self) -> str:
        return f"{self.first}{self.second}"

    def __hash__(self) -> int:
        return super().__hash__() + 1


class Theirs(typing.NamedTuple):
    """A pair."""

    first: int
    second: str = "b"

    @property
    def both(self) -> str:
        return f"{self.first}{self.second}"

    def __hash__(self) -> int:
        return tuple.__hash__(self) + 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda made: made(1),
        lambda made: made(first=1, second="c"),
        lambda made: made(1).both,
        lambda made: hash(made(1)),
        lambda made: made(1)._replace(second="c"),
        lambda made: made(1)._asdict(),
        lambda made: made(1) == made(1, "b"),
        lambda made: made(1) < made(2),
        lambda made: (made._fields, made._field_defaults, made.__match_args__, made.__doc__, made.__module__),
        lambda made: made.__annotations__.keys(),
        lambda made: repr(made(1)).partition("(")[2],
        lambda made: pickle.loads(pickle.dumps(made(1))),  # noqa: S301
        lambda made: copy.deepcopy(made(1)),
        lambda made: hasattr(made(1), "__dict__"),
    ],
)
def test_they_answer_alike(ask: Any):
    assert ask(Ours) == ask(Theirs)


@pytest.mark.parametrize("made", [Ours, Theirs])
def test_they_do_not_change(made: Any):
    value = made(1)
    assert type(value) is made
    with pytest.raises(AttributeError):
        value.first = 2
    with pytest.raises(AttributeError):
        value.third = 3
    with pytest.raises(TypeError):
        made()
    with pytest.raises(TypeError):
        made(1, third=3)
