"""S17: every reader, and every report of what it read, takes four times as long for four times as much."""

from __future__ import annotations

import resource
import subprocess
from collections import deque
from pathlib import Path

import pytest
from builders import ALPHA, WRONG
from commands import AUTOFIX
from cpu import TooLongError, at_most, seconds_of
from hypothesis import given, settings
from hypothesis import strategies as st
from inputs import BOMB, ESCAPED, INPUTS, KEY
from pathspec import GitIgnoreSpec

from autofix.engine.options import options
from autofix.errors import AutofixError
from autofix.report import FORMATS, Report
from autofix.text.check import check_files
from autofix.text.file import read_file
from autofix.text.gitignore import spec_of
from autofix.text.prefilter import read_relevant_parts

MEGA = 2**20
OPTIONS = options(release="2.17")
# Four times as long is quadratic at 16 times as much.
MOST = 8
# Of CPU time for a megabyte, whatever is in it; what was quadratic took minutes.
LONGEST = 40


def look(name: str, data: bytes) -> None:
    """Do what ``autofix preview`` and ``autofix fix`` do with a file."""
    try:
        files = read_relevant_parts(data, name, OPTIONS) or [read_file(data, name)]
    except AutofixError:
        return
    checked = check_files(files, OPTIONS)
    for form in ("diff", "text", "sarif"):
        deque(FORMATS[form](Report(checked)), maxlen=0)


def seconds(name: str, size: int) -> float:
    data = INPUTS[name](size).encode()
    with at_most(LONGEST):
        return seconds_of(lambda: look(name, data))


@pytest.mark.parametrize("name", INPUTS)
def test_every_reader_is_linear(name: str) -> None:
    # The best of several, for caches and collections disturb.
    ratios = []
    for _ in range(3):
        ratios.append(seconds(name, MEGA) / max(seconds(name, MEGA // 4), 0.02))
        if ratios[-1] < MOST:
            return
    pytest.fail(f"{name}: {ratios}")


def test_what_is_quadratic_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_: str, data: bytes) -> None:
        for start in range(0, len(data), 50):
            data.count(b"x", start)

    monkeypatch.setattr(f"{__name__}.look", slow)
    with pytest.raises((TooLongError, pytest.fail.Exception)):
        test_every_reader_is_linear("text.md")


def autofix(*arguments: str, folder: Path, seconds: int = LONGEST) -> tuple[int, str]:
    """Run the real command with a limit of CPU time; return its exit code and standard error."""
    ended = subprocess.run(
        [*AUTOFIX, *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds)),
    )
    return ended.returncode, ended.stderr.decode()


@pytest.mark.parametrize("name", ["text.md", "escaped.md", "flow.yaml", "documents.yaml", "bombs.yaml"])
@pytest.mark.parametrize("command", ["preview", "fix", "explain"])
def test_the_command_ends(tmp_path: Path, command: str, name: str) -> None:
    (tmp_path / name).write_text(INPUTS[name](MEGA))
    code, errors = autofix(command, "-t", "2.17", name, folder=tmp_path)
    assert code in (0, 1, 2), (code, errors)
    assert "internal error" not in errors


def test_an_alias_bomb_is_refused_with_its_line_and_the_other_files_are_done(tmp_path: Path) -> None:
    (tmp_path / "bomb.yaml").write_text(f"{KEY}\n{BOMB}")
    (tmp_path / "good.yaml").write_text(f"podAnnotations:\n  {KEY}\n")
    assert len(BOMB) < 487
    code, errors = autofix("fix", "-t", "2.17", ".", folder=tmp_path, seconds=4)
    assert code == 2
    assert "autofix: error: bomb.yaml:6:" in errors
    assert "aliases repeat too many values" in errors
    assert ALPHA in (tmp_path / "good.yaml").read_text()


@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize("by", [".gitignore", "--exclude"])
def test_patterns_with_many_stars_end(tmp_path: Path, by: str, *, ignored: bool) -> None:
    pattern = "a*" * 40 + ("" if ignored else "b") + "\n" + "**/a*/" * 30 + "b\n"
    name = "a" * 200 + ".yaml"
    deep = tmp_path / "/".join(["a"] * 60)
    deep.mkdir(parents=True)
    for folder in (tmp_path, deep):
        (folder / name).write_text(f"podAnnotations:\n  {KEY}\n")
    (tmp_path / ".git").mkdir()
    given = [word for line in pattern.splitlines() for word in ("--exclude", line)]
    if by == ".gitignore":
        (tmp_path / by).write_text(pattern)
        given = []
    code, _ = autofix("fix", "-t", "2.17", *given, ".", folder=tmp_path, seconds=10)
    assert code == 0
    for folder in (tmp_path, deep):
        assert (ALPHA in (folder / name).read_text()) != ignored


_SEGMENTS = st.text(alphabet="ab*?", min_size=1, max_size=5) | st.sampled_from(
    ["**", "*", "[ab]*", "a[!b]*a"]
)
_PATHS = st.lists(st.text(alphabet="ab", min_size=1, max_size=5), min_size=1, max_size=6).map("/".join)


@given(
    st.lists(_SEGMENTS, min_size=1, max_size=5), st.sampled_from(["", "/", "!", "!/"]), st.booleans(), _PATHS
)
@settings(max_examples=2000)
def test_patterns_mean_what_they_did(segments: list[str], before: str, is_folder: bool, path: str) -> None:
    """Held against pathspec, whose own regular expressions are slow with many stars only."""
    pattern = before + "/".join(segments) + "/" * is_folder
    for one in (path, f"{path}/"):
        assert spec_of([pattern]).check_file(one) == GitIgnoreSpec.from_lines([pattern]).check_file(one)


def test_a_pattern_longer_than_any_path_is_no_pattern(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("?*" * 2**18 + "\nb.yaml\n")
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(f"podAnnotations:\n  {KEY}\n")
    assert autofix("fix", "-t", "2.17", ".", folder=tmp_path, seconds=10)[0] == 0
    assert [ALPHA in (tmp_path / name).read_text() for name in ("a.yaml", "b.yaml")] == [True, False]


def test_the_inputs_hold_keys() -> None:
    """So that none of them is passed over without being read."""
    for name, text_of in INPUTS.items():
        assert (
            WRONG in text_of(1000)
            or ESCAPED in text_of(1000)
            or "linkerd.io" in text_of(1000)
            or "texts" in name
        )
