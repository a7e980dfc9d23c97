"""Run the command line with ``python -m autofix``."""

import sys

from autofix.cli import run

sys.exit(run())
