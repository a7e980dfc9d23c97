"""Where the tests find the project, and their own data."""

from __future__ import annotations

from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parent
ROOT: Final = TESTS.parent
DATA: Final = TESTS / "data"
CORPUS: Final = TESTS / "corpus"
DEPLOY: Final = ROOT / "deploy"
