"""Kubernetes server versions."""

from __future__ import annotations

import pytest

from autofix import AutofixError
from autofix.kubernetes.version import parse_kubernetes


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.29", (1, 29)),
        ("v1.33.2", (1, 33)),
        ("v1.29.4-gke.1043", (1, 29)),
        ("1.30+", (1, 30)),
        ("v1.28.3+k3s1", (1, 28)),
        (" 1.36.0\n", (1, 36)),
    ],
)
def test_every_vendors_form(text: str, version: tuple[int, int]) -> None:
    assert parse_kubernetes(text) == version
    assert str(parse_kubernetes(text)) == f"{version[0]}.{version[1]}"


def test_minors_compare_as_numbers() -> None:
    assert parse_kubernetes("1.9") < parse_kubernetes("1.29")


@pytest.mark.parametrize("text", ["", "1", "latest", "1.x", "1.29x", "v", "1.99999", "\u0661.29"])
def test_nonsense_is_a_clear_error(text: str) -> None:
    with pytest.raises(AutofixError, match=r"write it as 1\.29 or v1\.33\.2"):
        parse_kubernetes(text)
