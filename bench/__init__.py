"""Measures linkerd-autofix side by side with what it is compared to: ``python -m bench``."""

import sys
from pathlib import Path

# The benchmarks use the control plane and the attacks of the tests.
_TESTS = Path(__file__).parents[1] / "tests"
sys.path += [str(_TESTS / "e2e"), str(_TESTS / "hostile"), str(_TESTS)]
