"""The files that the paths of a command line mean."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from autofix.text.discovery import find_files
from autofix.text.document import SourceError


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    names = [
        "b.yaml",
        "a/z.yml",
        "a/c.JSON",
        "a/notes.md",
        "c.json",
        ".git/x.yaml",
        ".hidden.yaml",
        "a/.d/y.yaml",
    ]
    for name in names:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
    return tmp_path


def files_of(*paths: str) -> Sequence[str]:
    return [file if isinstance(file, str) else f"error: {file}" for file in find_files(paths)]


def test_folders_give_their_yaml_and_json_in_order(tree: Path) -> None:
    assert files_of(".") == [".hidden.yaml", "a/c.JSON", "a/z.yml", "b.yaml", "c.json"]


@pytest.mark.parametrize(
    ("paths", "files"),
    [
        (["a/notes.md"], ["a/notes.md"]),
        (["c.json", "b.yaml"], ["c.json", "b.yaml"]),
        ([".git"], [".git/x.yaml"]),
        (["./a/"], ["a/c.JSON", "a/z.yml"]),
        ([], []),
    ],
    ids=["another suffix", "order of the arguments", "hidden folder", "folder", "nothing"],
)
def test_a_path_in_the_arguments_is_read(tree: Path, paths: list[str], files: list[str]) -> None:
    assert files_of(*paths) == files


def test_each_file_comes_once(tree: Path) -> None:
    (tree / "same.yaml").symlink_to("b.yaml")
    assert files_of("b.yaml", "a", str(tree / "b.yaml"), "a/z.yml", "same.yaml") == [
        "b.yaml",
        "a/c.JSON",
        "a/z.yml",
    ]


@pytest.mark.parametrize("path", ["none.yaml", "b.yaml/x", "a\0b"], ids=repr)
def test_a_missing_path_does_not_stop_the_others(tree: Path, path: str) -> None:
    assert files_of(path, "b.yaml") == [f"error: {path}: no such file or folder; check the path", "b.yaml"]


def test_an_empty_path_is_not_the_current_folder(tree: Path) -> None:
    assert files_of("") == ["error: '': no such file or folder; check the path"]


def test_a_name_that_the_system_refuses_is_an_error_in_its_place(tree: Path) -> None:
    (error, file) = files_of("x" * 5000, "b.yaml")
    assert error.endswith("; check that it can be read")
    assert file == "b.yaml"


def test_links_to_folders_are_entered_only_when_named(tree: Path) -> None:
    (tree / "link").symlink_to("a", target_is_directory=True)
    (tree / "a" / "up").symlink_to(tree, target_is_directory=True)
    assert "link/z.yml" not in files_of(".")
    assert files_of("link") == ["link/c.JSON", "link/z.yml"]


def test_links_to_files_are_followed_and_broken_ones_passed_over(tree: Path) -> None:
    (tree / "a" / "k.yaml").symlink_to(tree / ".git" / "x.yaml")
    (tree / "a" / "lost.yaml").symlink_to("nowhere")
    assert files_of("a") == ["a/c.JSON", "a/z.yml", "a/k.yaml"]


def test_a_link_in_a_circle_is_left_to_the_reader(tree: Path) -> None:
    (tree / "a" / "round.yaml").symlink_to("round.yaml")
    assert files_of("a") == ["a/c.JSON", "a/z.yml", "a/round.yaml"]


def test_in_folders_only_regular_files_count(tree: Path) -> None:
    os.mkfifo(tree / "a" / "pipe.yaml")
    (tree / "a" / "folder.yaml").mkdir()
    assert files_of("a") == ["a/c.JSON", "a/z.yml"]
    assert files_of("a/pipe.yaml") == ["a/pipe.yaml"]


def test_an_unreadable_folder_does_not_stop_the_others(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def guarded(path: str) -> object:
        if path == "a":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    error = "error: a: Permission denied; check that it can be read"
    assert files_of(".") == [".hidden.yaml", error, "b.yaml", "c.json"]


@pytest.fixture
def shaft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give the current folder more folders inside each other than Python's stack has frames."""
    monkeypatch.chdir(tmp_path)
    for _ in range(1200):
        Path("d").mkdir()
        os.chdir("d")
    Path("x.yaml").touch()
    os.chdir(tmp_path)
    yield
    # What cleans up after pytest recurses and would fail.
    for depth in range(1200, 0, -1):
        folder = Path(*["d"] * depth)
        (folder / "x.yaml").unlink(missing_ok=True)
        folder.rmdir()


@pytest.mark.usefixtures("shaft")
def test_folders_may_be_deeper_than_pythons_stack() -> None:
    assert len(files_of(".")) == 1


def test_errors_are_values_of_the_one_class(tree: Path) -> None:
    assert [type(error) for error in find_files(["none"])] == [SourceError]


def grow(top: Path, *files: str) -> None:
    for file in files:
        (top / file).parent.mkdir(parents=True, exist_ok=True)
        (top / file).write_text("a: b\n")


def names(top: Path, start: str = ".", **patterns: Any) -> list[str]:
    files = find_files([str(top / start)], **patterns)
    return [Path(path).relative_to(top).as_posix() for path in files if isinstance(path, str)]


def test_what_git_ignores_is_left_out(tmp_path: Path) -> None:
    grow(
        tmp_path, "a.yaml", "out/b.yaml", "out/keep.yaml", "c/d.yaml", "c/e.yaml", "c/f/g.yaml", "h.gen.yaml"
    )
    (tmp_path / ".gitignore").write_text("*.gen.yaml\n/out/*\n!/out/keep.yaml\nd.yaml\n")
    (tmp_path / "c" / ".gitignore").write_text("!d.yaml\n/f/\n")
    assert names(tmp_path) == ["a.yaml", "c/d.yaml", "c/e.yaml", "out/keep.yaml"]
    # What is named is read, ignored or not.
    assert names(tmp_path, "h.gen.yaml") == ["h.gen.yaml"]
    assert names(tmp_path, "c/f") == ["c/f/g.yaml"]


def test_the_repositorys_own_gitignore_counts_in_its_folders(tmp_path: Path) -> None:
    grow(tmp_path, "sub/a.yaml", "sub/out/b.yaml", ".git/config")
    (tmp_path / ".gitignore").write_text("out/\n")
    assert names(tmp_path, "sub") == ["sub/a.yaml"]


def test_other_peoples_code_is_left_out(tmp_path: Path) -> None:
    grow(tmp_path, "a.yaml", "vendor/b.yaml", "c/node_modules/d.yaml", ".hidden/e.yaml")
    assert names(tmp_path) == ["a.yaml"]
    assert names(tmp_path, "vendor") == ["vendor/b.yaml"]


def test_patterns_leave_out_and_take_in(tmp_path: Path) -> None:
    grow(tmp_path, "a.yaml", "b/c.yaml", "b/d.tpl", "b/e/f.yaml", "g.sh")
    assert names(tmp_path, exclude=["e/", "/a.yaml"]) == ["b/c.yaml"]
    assert names(tmp_path, include=["*.tpl"]) == ["a.yaml", "b/c.yaml", "b/d.tpl", "b/e/f.yaml"]
    assert names(tmp_path, include=["*.tpl", "/g.sh"], exclude=["*.yaml"]) == ["b/d.tpl", "g.sh"]


@pytest.mark.parametrize(
    ("path", "files"),
    [("e/a.yaml", []), ("e", []), ("b/a.yaml", ["b/a.yaml"]), ("b", ["b/a.yaml"])],
)
def test_forced_exclusions_count_for_what_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, files: list[str]
) -> None:
    for folder in ("e", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.yaml").touch()
    monkeypatch.chdir(tmp_path)
    exclude = ["e/"]
    assert [*find_files([path], exclude=exclude, force_exclude=True)] == files
    named = [*find_files(["e/a.yaml"], exclude=exclude)]
    assert named == ["e/a.yaml"], "without it, a name counts more"
