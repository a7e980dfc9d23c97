"""The types of the public names can be read by programs, as they can by type checkers."""

from __future__ import annotations

import inspect
from typing import get_type_hints

import pytest

import autofix

CLASSES = [name for name in autofix.__all__ if inspect.isclass(getattr(autofix, name))]
FUNCTIONS = [name for name in autofix.__all__ if callable(getattr(autofix, name)) and name not in CLASSES]
TUPLES = [name for name in CLASSES if hasattr(getattr(autofix, name), "_fields")]


def test_a_public_name_is_a_class_a_function_or_a_constant() -> None:
    assert {*autofix.__all__} - {*CLASSES, *FUNCTIONS} == {
        "CONTAINER_WORDS",
        "IGNORE_ANNOTATION",
        "NO_TRAITS",
        "__version__",
    }
    assert {"check", "decide", "fix", "fix_all", "is_native_like", "options"} <= {*FUNCTIONS}
    assert {"Finding", "Options", "Result"} <= {*TUPLES}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_of_a_public_function_has_a_type(name: str) -> None:
    function = getattr(autofix, name)
    assert set(get_type_hints(function)) == {*inspect.signature(function).parameters, "return"}


@pytest.mark.parametrize("name", CLASSES)
def test_every_public_method_has_types(name: str) -> None:
    cls = getattr(autofix, name)
    for method_name, method in vars(cls).items():
        if inspect.isfunction(method) and not method_name.startswith("_"):
            assert "return" in get_type_hints(method), method_name


@pytest.mark.parametrize("name", TUPLES)
def test_every_field_has_a_type(name: str) -> None:
    cls = getattr(autofix, name)
    hints = get_type_hints(cls)
    assert set(cls._fields) <= set(hints)
    # The name of a field must not hide a type of the same name, such as `object`.
    assert [field for field, hint in hints.items() if inspect.isdatadescriptor(hint)] == []
