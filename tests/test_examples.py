"""Everything in examples/ runs, and does what its README says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from builders import ALPHA, WRONG
from paths import DEPLOY, ROOT

EXAMPLES = ROOT / "examples"
POST_RENDERER = DEPLOY / "helm-post-renderer" / "autofix-post-renderer"
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    **{f"GIT_{who}_NAME": "a" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "a@example.com" for who in ("AUTHOR", "COMMITTER")},
}


def run(*command: str | Path, cwd: Path = ROOT, text: str = "", **variables: str) -> str:
    """Run a command that has to succeed, with our programs on the PATH; return its output."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        command,
        cwd=cwd,
        input=text,
        env={**os.environ, "PATH": path, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def fixed(source: str, result: str, release: str) -> None:
    """Fix one file, as standard input."""
    text = (EXAMPLES / source).read_text()
    assert run("autofix", "fix", "--linkerd", release, "-", text=text) == (EXAMPLES / result).read_text()


def job(_: Path) -> None:
    fixed("job/wrong.yaml", "job/right.yaml", "2.17")


def namespace(_: Path) -> None:
    fixed("namespace/wrong.yaml", "namespace/right.yaml", "2.20")


def library(_: Path) -> None:
    lines = run(sys.executable, EXAMPLES / "library" / "fix_objects.py").splitlines()
    assert lines[0].startswith("AFX101 /metadata/annotations/")
    assert lines[-2:] == ["ordinary container", "native sidecar"]


def settings(_: Path) -> None:
    folder = EXAMPLES / "settings"
    command = ("autofix", "preview", "-o", "json", "--exit-zero")
    assert codes(run(*command, ".", cwd=folder)) == {"AFX203"}
    assert {"AFX105", "AFX501"} <= codes(run(*command, "--select", "ALL", "--ignore", "", ".", cwd=folder))


def codes(report: str) -> set[str]:
    """The codes of all findings in a report of ``-o json``."""
    objects = [item for document in json.loads(report)["documents"] for item in document["objects"]]
    return {finding["code"] for item in objects for finding in item["findings"]}


def pre_commit(folder: Path) -> None:
    hooks, scratch = folder / "hooks", folder / "scratch"
    config = (EXAMPLES / "pre-commit" / ".pre-commit-config.yaml").read_text()
    right, wrong = ((EXAMPLES / "job" / f"{name}.yaml").read_text() for name in ("right", "wrong"))
    files = {
        hooks: (".pre-commit-hooks.yaml", (ROOT / ".pre-commit-hooks.yaml").read_text()),
        scratch: ("job.yaml", wrong),
    }
    for home, (name, text) in files.items():
        home.mkdir()
        (home / name).write_text(text)
        run("git", "init", "-q", cwd=home, **GIT)
        run("git", "add", "-A", cwd=home, **GIT)
        run("git", "commit", "-qm", "first", cwd=home, **GIT)
    revision = run("git", "rev-parse", "HEAD", cwd=hooks, **GIT).strip()
    config = config.replace("https://github.com/OWNER/linkerd-autofix", str(hooks)).replace(
        "REVISION", revision
    )
    (scratch / ".pre-commit-config.yaml").write_text(config)
    run("git", "add", "-A", cwd=scratch, **GIT)
    command = "! pre-commit run --all-files && pre-commit run --all-files"  # it repairs, and then all is well
    run("bash", "-c", command, cwd=scratch, PRE_COMMIT_HOME=str(folder / "cache"), **GIT)
    assert (scratch / "job.yaml").read_text() == right


def kustomize(_: Path) -> None:
    """As kustomize does it; tests/e2e/test_tools.py runs the real one."""
    folder = EXAMPLES / "kustomize"
    [resource] = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
    [transformer] = yaml.safe_load((folder / "kustomization.yaml").read_text())["transformers"]
    config = yaml.safe_load((folder / transformer).read_text())
    program = yaml.safe_load(config["metadata"]["annotations"]["config.kubernetes.io/function"])["exec"][
        "path"
    ]
    items = [yaml.safe_load((folder / resource).read_text())]
    request = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items}
    answer = yaml.safe_load(
        run(program, cwd=folder, text=yaml.safe_dump({**request, "functionConfig": config}))
    )
    annotations = answer["items"][0]["spec"]["template"]["metadata"]["annotations"]
    assert ALPHA in annotations
    assert WRONG not in annotations


def helm(_: Path) -> None:
    """As Helm does it; tests/e2e/test_helm.py runs the real one."""
    text = (EXAMPLES / "helm" / "rendered.yaml").read_text()
    rendered = run("sh", POST_RENDERER, text=text, AUTOFIX_LINKERD="2.17")
    assert rendered == (EXAMPLES / "helm" / "post-rendered.yaml").read_text()


# Each example with its files, and what runs it.
TABLE: dict[str, tuple[set[str], Callable[[Path], None]]] = {
    "job": ({"wrong.yaml", "right.yaml"}, job),
    "namespace": ({"wrong.yaml", "right.yaml"}, namespace),
    "library": ({"fix_objects.py"}, library),
    "settings": ({".autofix.toml", "pod.yaml", "generated/pod.yaml"}, settings),
    "pre-commit": ({".pre-commit-config.yaml"}, pre_commit),
    "kustomize": ({"kustomization.yaml", "autofix.yaml", "autofix-krm", "job.yaml"}, kustomize),
    "helm": ({"rendered.yaml", "post-rendered.yaml"}, helm),
}


@pytest.mark.parametrize("name", TABLE)
def test_an_example_does_what_it_shows(name: str, tmp_path: Path) -> None:
    TABLE[name][1](tmp_path)


def test_every_file_in_examples_is_run() -> None:
    files = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*") if path.is_file()}
    run_files = {f"{name}/{file}" for name, (names, _) in TABLE.items() for file in names}
    assert files == {"README.md", *run_files}


def test_the_readme_of_the_examples_names_each() -> None:
    named = re.findall(r"^\| \[([\w-]+)\]", (EXAMPLES / "README.md").read_text(), re.MULTILINE)
    assert named == list(TABLE)


def test_the_hooks_of_this_repository_need_no_network() -> None:
    config = ROOT / ".pre-commit-config.yaml"
    run("pre-commit", "validate-config", config)
    hooks = [hook for repo in yaml.safe_load(config.read_text())["repos"] for hook in repo["hooks"]]
    for hook in hooks:
        program = hook["entry"].split()[0]
        assert (hook["language"], Path(program).parent) == ("system", Path(".venv/bin"))
        assert Path(sys.executable).with_name(Path(program).name).exists()
