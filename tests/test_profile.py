"""Random tests run by one profile: none of them fails because the machine is busy."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from paths import TESTS


def test_the_profile_knows_no_time() -> None:
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check
    assert settings().print_blob
    assert not settings().derandomize


@pytest.mark.parametrize("path", sorted(TESTS.rglob("test_*.py")), ids=lambda path: path.stem)
def test_a_test_sets_no_more_than_its_number_of_examples(path: Path) -> None:
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for decorator in getattr(function, "decorator_list", ()):
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("settings"):
                assert {keyword.arg for keyword in decorator.keywords} == {"max_examples"}, function
