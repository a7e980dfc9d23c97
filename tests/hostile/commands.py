"""The real command in a process of its own, and what must hold of all that it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

AUTOFIX = [sys.executable, "-m", "autofix"]
# What begins every line on standard error; argparse's own words do not come from outside.
_OURS = re.compile(r"autofix: |autofix [a-z]+: error: |usage: |  +\S")
# Written down here anew, so that a gap in the command's own list shows.
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff"
    "\U000e0001\U000e0041]"
)
_COMMAND = re.compile(r"^\s*::[a-z-]+.*?::|##\[[a-z-]+[\] ]|##vso\[|##teamcity\[", re.IGNORECASE)


def run(
    *arguments: str | bytes, folder: Path, stdin: bytes = b"", environment: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Run the command; return its exit code and both streams, which must be UTF-8."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AUTOFIX_")}
    ended = subprocess.run(
        [*AUTOFIX, *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        env={**kept, "PYTHONUTF8": "1", "COLUMNS": "500", **(environment or {})},
        check=False,
    )
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


def assert_harmless(text: str, *, own_commands: bool = False) -> None:
    """Nothing in a text steers a terminal or a runner; every line break is ours."""
    assert not STEERING.search(text), ascii(text)
    lines = [line for line in text.split("\n") if not (own_commands and _is_own_command(line))]
    assert not [line for line in lines if _COMMAND.search(line)], ascii(text)


def assert_said(errors: str) -> None:
    """All on standard error is harmless, and nothing in it begins a line of its own."""
    assert_harmless(errors)
    assert all(_OURS.match(line) for line in errors.splitlines()), ascii(errors)
    assert "Traceback" not in errors
    assert "internal error" not in errors


def _is_own_command(line: str) -> bool:
    return re.match(r"::(error|warning|notice) (file=[^:,]*,|title=)", line) is not None
