"""The text of the error, and how it behaves as a Python value."""

from __future__ import annotations

import copy
import pickle

import pytest

from autofix.errors import AutofixError
from autofix.text.document import SourceError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (SourceError("a.yaml", "wrong; mend it", 3, 7), "a.yaml:3:7: wrong; mend it"),
        (SourceError("a.yaml", "wrong; mend it", 3), "a.yaml:3: wrong; mend it"),
        (SourceError("<stdin>", "wrong; mend it"), "<stdin>: wrong; mend it"),
    ],
    ids=["line and column", "line", "neither"],
)
def test_the_text_names_the_place(error: SourceError, text: str) -> None:
    assert str(error) == text


def test_it_is_an_error_that_users_meet() -> None:
    assert issubclass(SourceError, AutofixError)


@pytest.mark.parametrize("again", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301
def test_it_can_be_copied_and_pickled(again: object) -> None:
    twin = again(SourceError("a.yaml", "wrong", 3, 7))  # type: ignore[operator]
    assert (str(twin), twin.source, twin.message, twin.line, twin.column) == (
        "a.yaml:3:7: wrong",
        "a.yaml",
        "wrong",
        3,
        7,
    )
