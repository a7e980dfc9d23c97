"""The address of our documents comes from the metadata of the package."""

from __future__ import annotations

import subprocess
import sys
import tomllib

from paths import ROOT

from autofix.rules.documentation import address


def test_an_address_is_below_the_one_that_the_project_names() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert address("rules.md", "afx101") == f"{project['urls']['Documentation']}/rules.md#afx101"


def test_without_an_installed_package_there_is_no_address() -> None:
    program = "from autofix.rules.documentation import address; print(address('rules.md', 'afx101'))"
    # -S: without the packages of the environment.
    command = [sys.executable, "-S", "-c", program]
    ran = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout == "None\n"
