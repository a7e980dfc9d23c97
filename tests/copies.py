"""A copy of the packages that a test may change, and programs that run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from paths import ROOT


class PackageCopy:
    """``autofix`` and ``webhook``, and perhaps more, in a folder of their own."""

    def __init__(self, folder: Path, *more: str) -> None:
        self.folder = folder
        for package in ("autofix", "webhook", *more):
            shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text, encoding="utf-8")

    def replace(self, path: str, *changes: tuple[str, str]) -> None:
        """Replace texts in a file; each must be there."""
        text = (self.folder / path).read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"{path} has no {old!r}"
            text = text.replace(old, new, 1)
        self.write(path, text)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python on the copy, in its folder."""
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "NO_COLOR": "1"}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def output(self, *arguments: str) -> str:
        """Run Python on the copy and return what it prints; it must end well."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout
