"""Streams that end early, are closed or full, and input that is too deep or cannot be shown: no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import WRONG
from command_line import Run, Write

JOB = f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: NAME}}
spec:
  template:
    metadata:
      annotations:
        {WRONG}: "true"
    spec:
      containers: [{{name: main, image: busybox}}]
"""
CUT = f'kind: Pod\nmetadata: {{annotations: {{{WRONG}: "tru'


def test_a_reader_that_goes_away_is_no_traceback(write: Write) -> None:
    path = write("jobs.yaml", "---\n".join(JOB.replace("NAME", f"j{number}") for number in range(300)))
    command = [sys.executable, "-m", "autofix", "preview", "-t", "2.17", str(path)]
    ended = subprocess.run(
        f"{' '.join(command)} | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        env=os.environ,
        check=True,
    )
    assert "Traceback" not in ended.stderr
    assert ended.stdout.startswith("--- ")


@pytest.mark.parametrize("output", ["text", "diff", "github", "json"])
def test_text_that_the_terminal_cannot_show_is_no_traceback(tmp_path: Path, output: str) -> None:
    (tmp_path / "job.yaml").write_text(JOB.replace("true", "maybe é") + f"---\n{JOB}# é\n")
    ended = subprocess.run(
        [sys.executable, "-m", "autofix", "preview", "-t", "2.17", "-o", output, "job.yaml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False), ended.stderr
    assert "AFX101" in ended.stdout or WRONG in ended.stdout


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, 2),
        ('{"a":' * 100_000, 2),
        ("apiVersion: v1\nkind: X\nspec: " + "[" * 900 + "]" * 900, 0),
    ],
    ids=["open brackets", "open braces", "closed brackets"],
)
def test_deep_nesting_is_no_traceback(run: Run, text: str, code: int) -> None:
    ended = run("preview", "-t", "2.17", "-", stdin=text.encode())
    assert ended.code == code
    assert ("nested more than 1000 deep" in ended.err) == (code == 2)


@pytest.mark.parametrize("redirect", ["- <&-", ">&-", ">/dev/full"])
def test_closed_and_full_streams_are_errors(redirect: str, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(JOB)
    command = f"{sys.executable} -m autofix preview -t 2.17 job.yaml {redirect}"
    ended = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "autofix: error: standard" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("words", "code", "out"),
    [
        ("preview job.yaml", 1, "--- job.yaml"),
        ("preview clean.yaml", 0, ""),
        ("preview -o text job.yaml absent.yaml", 2, "AFX101"),
        ("explain job.yaml absent.yaml", 2, "ordinary container"),
        ("fix - < cut.yaml", 2, CUT),
    ],
)
@pytest.mark.parametrize("redirect", ["2>/dev/full", "2>&-"])
def test_data_and_exit_code_arrive_when_messages_cannot(
    redirect: str, words: str, code: int, out: str, tmp_path: Path
) -> None:
    for name, text in {"job.yaml": JOB, "clean.yaml": "a: 1\n", "cut.yaml": CUT}.items():
        (tmp_path / name).write_text(text)
    command = f"{sys.executable} -m autofix {words} {redirect}"
    environment = {**os.environ, "AUTOFIX_LINKERD": "2.17"}
    ended = subprocess.run(
        command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == code
    assert out in ended.stdout


def test_closed_input_is_an_error_only_for_a_command_that_reads_it(tmp_path: Path) -> None:
    (tmp_path / "clean.yaml").write_text("a: 1\n")
    command = f"{sys.executable} -m autofix preview clean.yaml <&-"
    assert subprocess.run(command, shell=True, cwd=tmp_path, check=False).returncode == 0


def test_help_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = f"{sys.executable} -m autofix --help >/dev/full"
    ended = subprocess.run(
        command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert "autofix: error: standard output" in ended.stderr
