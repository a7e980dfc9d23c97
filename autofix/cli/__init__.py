"""The command line: ``autofix``, also installed as ``kubectl-autofix``."""

from autofix.cli.main import main, run

__all__ = ["main", "run"]
