"""The seed of the random tests: another in every run unless the environment says which; it is printed."""

from __future__ import annotations

import os
import secrets

import pytest

VARIABLE = "MUTATED_REVIEWS_SEED"
_SEED = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> str:
    request.config.stash[_SEED] = os.environ.get(VARIABLE) or secrets.token_hex(4)
    return request.config.stash[_SEED]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if used := config.stash.get(_SEED, ""):
        terminalreporter.section("mutated reviews")
        terminalreporter.write_line(f"{VARIABLE}={used} makes them again")
