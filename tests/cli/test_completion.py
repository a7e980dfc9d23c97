"""``autofix completion``: scripts that shells can read."""

from __future__ import annotations

import subprocess

import pytest
from command_line import Run


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_the_script_knows_commands_and_flags(run: Run, shell: str) -> None:
    ended = run("completion", shell)
    assert (ended.code, ended.err) == (0, "")
    for word in ("preview", "explain", "unsafe-fixes", "wait-before-exit-seconds", "sarif"):
        assert word in ended.out


def test_bash_completes_a_command(run: Run) -> None:
    script = run("completion", "bash").out
    ask = f"{script}\nCOMP_WORDS=(autofix pre)\nCOMP_CWORD=1\n_shtab_autofix\necho ${{COMPREPLY[@]}}"
    ended = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["preview"]


def test_an_unknown_shell_is_an_error(run: Run) -> None:
    assert run("completion", "cmd").code == 2
