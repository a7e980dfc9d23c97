"""The house is in order: arrows point one way, rooms stay small, the package asks for little."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from paths import ROOT

from bench.rooms import imports_between_rooms

SOURCES = sorted((*ROOT.glob("autofix/**/*.py"), *ROOT.glob("webhook/**/*.py")))
MOST_LINES = 300
# What the core library may load beside the standard library.
ALLOWED = {"autofix", "jsonpatch", "jsonpointer"}


def test_the_arrows_point_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([program, "--no-cache"], check=False, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def arrows_of_the_picture() -> dict[str, set[str]]:
    """For each room of the picture in docs/architecture.md the rooms to which an arrow leads."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawing = text.partition("```mermaid\nflowchart")[2].partition("```")[0]
    arrows: dict[str, set[str]] = {}
    for line in re.sub(r'\["[^"]*"\]', "", drawing).splitlines():
        start, arrow, ends = line.strip().partition(" --> ")
        for end in ends.split(" & ") if arrow else ():
            arrows.setdefault(start, set()).add(end)
            arrows.setdefault(end, set())
    return arrows


def test_the_picture_agrees_with_the_imports() -> None:
    picture, imports = arrows_of_the_picture(), imports_between_rooms()
    assert picture.keys() == imports.keys()

    def reached(room: str) -> set[str]:
        return {room}.union(*map(reached, picture[room]))

    missing = [f"{room} --> {end}" for room in imports for end in imports[room] - reached(room)]
    assert not missing, f"docs/architecture.md: no arrows lead along {missing}"
    idle = [f"{room} --> {end}" for room in picture for end in picture[room] - imports[room]]
    assert not idle, f"docs/architecture.md: no import follows {idle}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_room(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_importing_the_library_loads_nothing_heavy() -> None:
    code = (
        "import sys; base = set(sys.modules); import autofix; "
        "[getattr(autofix, name) for name in autofix.__all__]; print(*sorted(set(sys.modules) - base))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    packages = {name.partition(".")[0] for name in loaded.split()}
    assert packages - set(sys.stdlib_module_names) <= ALLOWED
    assert packages.isdisjoint({"aiohttp", "kubernetes_asyncio", "yaml", "jsonschema", "asyncio", "argparse"})


def test_importtime_names_none_of_the_heavy_packages() -> None:
    found = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from autofix import *"],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in found.stderr.splitlines()}
    assert "autofix" in names
    assert names.isdisjoint({"aiohttp", "kubernetes_asyncio", "yaml", "jsonschema", "msgspec"})


def run_with_modules(folder: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """Run autofix in a folder; return how it ended, and the modules that it loaded."""
    command = [sys.executable, "-X", "importtime", "-m", "autofix", *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return ended, {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}


@pytest.mark.parametrize(
    ("command", "message"), [("preview", "0 findings in 0 files"), ("fix", "fixed 0 files, 0 findings left")]
)
def test_a_folder_without_linkerd_is_answered_without_rules_and_yaml(
    tmp_path: Path, command: str, message: str
) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    ended, names = run_with_modules(tmp_path, command, "-t", "2.17", ".")
    assert ended.returncode == 0
    assert message in ended.stderr
    assert "autofix.cli.inputs" in names
    assert names.isdisjoint({"yaml", "dataclasses", "pathlib", "pathspec", "shutil"})
    rooms = {name.split(".")[1] for name in names if name.startswith("autofix.")}
    assert "engine" not in rooms
    # What the rules are interested in is known without the rules.
    assert {name for name in names if name.startswith("autofix.rules.")} == {"autofix.rules.interest"}


def test_a_small_change_is_shown_without_what_takes_long_to_load(tmp_path: Path) -> None:
    wrong = "config.linkerd.io/proxy-native-sidecar: 'true'"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    {wrong}\n"
    (tmp_path / "a.yaml").write_text(pod)
    ended, names = run_with_modules(tmp_path, "preview", "-t", "2.17", ".")
    assert ended.returncode == 1
    assert "autofix.rules.registry" in names
    assert names.isdisjoint(
        {"yaml", "dataclasses", "pathlib", "difflib", "datetime", "jsonpatch", "rich", "shutil"}
    )


def test_every_rule_has_its_own_tests() -> None:
    modules = {path.name.partition("_")[0] for path in ROOT.glob("autofix/rules/afx*.py")}
    tests = {path.stem.removeprefix("test_") for path in ROOT.glob("tests/rules/test_afx*.py")}
    assert modules == tests
