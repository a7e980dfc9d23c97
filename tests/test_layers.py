"""The house is in order: arrows point one way, rooms stay small, the package asks for little."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import grimp
import pytest
from paths import ROOT

SOURCES = sorted((*ROOT.glob("autofix/**/*.py"), *ROOT.glob("webhook/**/*.py")))
MOST_LINES = 300
# Packages and loose modules of autofix/ and webhook/, and the longest way over imports between them.
MOST_ROOMS = 18
MOST_FLOORS = 10
# Modules that only lead to the rooms.
DOORS = frozenset({"autofix", "webhook", "autofix.__main__", "webhook.__main__", "autofix._version"})
# What the core library may load beside the standard library.
ALLOWED = {"autofix", "jsonpatch", "jsonpointer"}
# From each room to the rooms that it imports.
Arrows = Mapping[str, frozenset[str]]


def test_the_arrows_point_one_way():
    program = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([program, "--no-cache"], check=False, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


def homes_of_public_names() -> dict[str, str]:
    """The module from which ``autofix/__init__.py`` passes on each public name."""
    tree = ast.parse((ROOT / "autofix" / "__init__.py").read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


def public_names_used(path: Path) -> Iterator[str]:
    """The names that a module takes from ``autofix`` itself."""
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "autofix"
        ):
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and node.module == "autofix":
            yield from (alias.name for alias in node.names)


def room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def file_of(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@pytest.fixture(scope="module")
def imports() -> Arrows:
    """Which room imports which; a public name of ``autofix`` counts as an import of its home."""
    graph = grimp.build_graph("autofix", "webhook", cache_dir=None)
    homes = homes_of_public_names()
    arrows: dict[str, set[str]] = {
        room(module): set() for module in graph.modules if room(module) not in DOORS
    }
    for module in graph.modules:
        targets = set(graph.find_modules_directly_imported_by(module))
        if "autofix" in targets:
            targets |= {homes[name] for name in public_names_used(file_of(module)) if name in homes}
        arrows.get(room(module), set()).update(map(room, targets - {module}))
    return {name: frozenset(targets - DOORS - {name}) for name, targets in arrows.items()}


@pytest.fixture(scope="module")
def picture() -> Arrows:
    """The arrows of the picture in docs/architecture.md."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawing = text.partition("```mermaid\nflowchart")[2].partition("```")[0]
    arrows: dict[str, set[str]] = {}
    for line in re.sub(r'\["[^"]*"\]', "", drawing).splitlines():
        start, arrow, ends = line.strip().partition(" --> ")
        if arrow:
            arrows.setdefault(start, set()).update(ends.split(" & "))
    names = {name for start, ends in arrows.items() for name in (start, *ends)}
    return {name: frozenset(arrows.get(name, ())) for name in names}


def longest_way(arrows: Arrows, start: str) -> tuple[str, ...]:
    ways = [longest_way(arrows, end) for end in arrows[start]]
    return (start, *max(ways, key=len, default=()))


def reached(arrows: Arrows, start: str) -> set[str]:
    return {start}.union(*(reached(arrows, end) for end in arrows[start]))


def test_the_picture_shows_every_room(imports: Arrows, picture: Arrows):
    assert picture.keys() == imports.keys()
    assert len(picture) <= MOST_ROOMS


def test_every_import_follows_the_arrows_of_the_picture(imports: Arrows, picture: Arrows):
    wrong = [f"{start} --> {end}" for start in imports for end in imports[start] - reached(picture, start)]
    assert not wrong, f"docs/architecture.md has no arrow for {wrong}"


def test_every_arrow_of_the_picture_is_an_import(imports: Arrows, picture: Arrows):
    idle = [f"{start} --> {end}" for start in picture for end in picture[start] - imports[start]]
    assert not idle, f"docs/architecture.md has arrows that no import follows: {idle}"


def test_the_house_has_few_floors(imports: Arrows):
    longest = max((longest_way(imports, name) for name in imports), key=len)
    assert len(longest) <= MOST_FLOORS, longest


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_one_room(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_importing_the_library_loads_nothing_heavy():
    code = (
        "import sys; base = set(sys.modules); import autofix; "
        "[getattr(autofix, name) for name in autofix.__all__]; print(*sorted(set(sys.modules) - base))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    packages = {name.partition(".")[0] for name in loaded.split()}
    assert packages - set(sys.stdlib_module_names) <= ALLOWED
    assert packages.isdisjoint({"aiohttp", "kubernetes_asyncio", "yaml", "jsonschema", "asyncio", "argparse"})


def test_importtime_names_none_of_the_heavy_packages():
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
):
    (tmp_path / "a.yaml").write_text("a: 1\n")
    ended, names = run_with_modules(tmp_path, command, "-t", "2.17", ".")
    assert ended.returncode == 0
    assert message in ended.stderr
    assert "autofix.cli.inputs" in names
    assert names.isdisjoint({"yaml", "dataclasses", "pathlib", "pathspec", "shutil"})
    rooms = {name.split(".")[1] for name in names if name.startswith("autofix.")}
    assert rooms.isdisjoint({"rules", "engine"})


def test_a_small_change_is_shown_without_what_takes_long_to_load(tmp_path: Path):
    wrong = "config.linkerd.io/proxy-native-sidecar: 'true'"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    {wrong}\n"
    (tmp_path / "a.yaml").write_text(pod)
    ended, names = run_with_modules(tmp_path, "preview", "-t", "2.17", ".")
    assert ended.returncode == 1
    assert "autofix.rules" in names
    assert names.isdisjoint({"yaml", "dataclasses", "pathlib", "difflib", "datetime", "jsonpatch", "shutil"})


def test_every_rule_has_its_own_tests():
    modules = {path.name.partition("_")[0] for path in ROOT.glob("autofix/rules/afx*.py")}
    tests = {path.stem.removeprefix("test_") for path in ROOT.glob("tests/rules/test_afx*.py")}
    assert modules == tests
