"""The integrations with other tools, run by these tools."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from builders import ALPHA, WRONG
from paths import ROOT

BIN = Path(sys.executable).parent
POD = f"kind: Pod\napiVersion: v1\nmetadata:\n  annotations:\n    {WRONG}: 'true' # why\n"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    git |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
    home = {"PRE_COMMIT_HOME": str(tmp_path / "cache"), "AUTOFIX_LINKERD": "2.17"}
    return {**os.environ, **git, **home, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}


def test_pre_commit_repairs_and_fails_once(tmp_path: Path, environment: dict[str, str]) -> None:
    def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)

    hooks, scratch = tmp_path / "hooks", tmp_path / "scratch"
    for folder, name, text in (
        (hooks, ".pre-commit-hooks.yaml", (ROOT / ".pre-commit-hooks.yaml").read_text()),
        (scratch, "pod.yaml", POD),
    ):
        folder.mkdir()
        (folder / name).write_text(text)
        run("git", "init", "-q", cwd=folder)
        run("git", "add", "-A", cwd=folder)
        assert run("git", "commit", "-qm", "first", cwd=folder).returncode == 0
    command = ("pre-commit", "try-repo", str(hooks), "autofix-system", "--all-files")
    first = run(*command, cwd=scratch)
    assert first.returncode == 1, first.stdout + first.stderr
    assert (scratch / "pod.yaml").read_text() == POD.replace(WRONG, ALPHA)
    second = run(*command, cwd=scratch)
    assert second.returncode == 0, second.stdout + second.stderr


def test_the_github_action_annotates_and_fails(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "pod.yaml").write_text(POD)
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    step = action["runs"]["steps"][-1]
    inputs = {name: value["default"] for name, value in action["inputs"].items()} | {"linkerd": "2.17"}
    variables = {
        name: inputs[value.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, value in step["env"].items()
    }
    ended = subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=tmp_path,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout.startswith("::error file=pod.yaml,line=5,col=5,title=AFX101::")
