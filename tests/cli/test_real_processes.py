"""What only a separate process can show: a kill, a full disk, a terminal, very long input."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import termios
import threading
import time
from pathlib import Path

import pytest
from builders import ALPHA, WRONG

FIX = [sys.executable, "-m", "autofix", "fix", "-t", "2.17"]
PREVIEW = [sys.executable, "-m", "autofix", "preview", "-t", "2.17"]
POD = f"apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    {WRONG}: 'true'\n---\n"
LINE = "    a line of a text that has nothing to do with Linkerd and is as long as lines often are\n"
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  a: |\n"
OTHER = HEAD + LINE * 80 + "---\n"
MEGABYTE = 2**20


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AUTOFIX_")]:
        monkeypatch.delenv(name)


def most_memory(pid: int) -> int:
    """The most memory that a process had so far, in bytes."""
    [peak] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line]
    return int(peak.split()[1]) * 1024


def test_a_stream_of_a_gigabyte_takes_no_more_memory_than_its_beginning() -> None:
    """As ``helm template`` writes it, only longer; what needs no fix in it is equal to the byte."""
    block = (OTHER * (MEGABYTE // len(OTHER)) + POD).encode()
    expected = block.replace(WRONG.encode(), ALPHA.encode())
    blocks = 1 + 2**30 // len(block)
    with subprocess.Popen([*FIX, "-q", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        feeder = threading.Thread(target=_feed, args=(child, block, blocks))
        feeder.start()
        assert child.stdout is not None
        memory = []
        for number in range(blocks):
            assert child.stdout.read(len(expected)) == expected, number
            # More than the pipe holds is still to come, so that it cannot have ended.
            if number in (blocks // 10, blocks - 2):
                memory.append(most_memory(child.pid))
        assert child.stdout.read() == b""
        feeder.join()
    assert child.returncode == 0
    early, late = memory
    assert late < early + 4 * MEGABYTE, memory


@pytest.mark.parametrize(("command", "code"), [("preview", 0), ("scan", 2)])
def test_a_process_ends_in_pythons_own_way(tmp_path: Path, command: str, code: int) -> None:
    """The client of a cluster removes its temporary files at the exit of the interpreter."""
    program = (
        "import atexit, sys; from autofix.cli import run; atexit.register(print, 'end'); sys.exit(run())"
    )
    words = [sys.executable, "-c", program, command, "-t", "2.17"]
    environment = {**os.environ, "KUBECONFIG": str(tmp_path / "none")}
    ended = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stderr
    assert "end" in ended.stdout


def test_all_output_of_a_long_run_arrives(tmp_path: Path) -> None:
    (tmp_path / "many.yaml").write_text(POD * 2000)
    ended = subprocess.run(
        [*PREVIEW, "-o", "text", "."], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stdout.count("AFX101") == 2000
    assert "2000" in ended.stderr


def test_data_arrives_when_standard_error_is_closed(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(POD)
    words = ["sh", "-c", 'exec "$@" 2>&-', "sh", *PREVIEW, "."]
    ended = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stdout.startswith("--- one.yaml\n+++ one.yaml\n@@")


def test_a_full_standard_output_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(POD)
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [*PREVIEW, "."], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 2
    assert "autofix: error: standard output: No space left" in ended.stderr


def _feed(child: subprocess.Popen[bytes], block: bytes, times: int) -> None:
    assert child.stdin is not None
    with child.stdin as stream:
        for _ in range(times):
            stream.write(block)


def test_a_file_of_a_hundred_megabytes_is_fixed_in_place(tmp_path: Path) -> None:
    document = HEAD + LINE * 10_000 + "---\n"
    half = document * (50 * MEGABYTE // len(document) + 1)
    path = tmp_path / "big.yaml"
    path.write_text(half + POD + half)
    assert path.stat().st_size > 100 * MEGABYTE
    ended = subprocess.run([*FIX, "."], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")
    assert path.read_text() == half + POD.replace(WRONG, ALPHA) + half


def test_a_run_that_is_killed_leaves_each_file_as_it_was_or_as_it_should_be(tmp_path: Path) -> None:
    fixed = POD.replace(WRONG, ALPHA)
    paths = [tmp_path / f"{number:03}.yaml" for number in range(500)]
    for path in paths:
        path.write_text(POD)
    child = subprocess.Popen([*FIX, "."], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while child.poll() is None and paths[20].read_text() != fixed:
        time.sleep(0.001)
    child.kill()
    assert child.wait() < 0, "it ended before it was killed"
    texts = [path.read_text() for path in paths]
    assert set(texts) == {POD, fixed}
    # What was begun and not put in place is no file that anybody reads, not even the next run.
    left = {path.suffix for path in tmp_path.iterdir()} - {".yaml"}
    assert left <= {".autofix"}
    assert subprocess.run([*FIX, "-q", "."], cwd=tmp_path, check=False).returncode == 0
    assert {path.read_text() for path in paths} == {fixed}


def test_without_space_the_old_file_stays_and_the_others_are_fixed(tmp_path: Path) -> None:
    """The kernel refuses to write more than so many blocks, in the middle of the new text."""
    big, small = tmp_path / "big.yaml", tmp_path / "small.yaml"
    big.write_text(POD + OTHER * 20)
    small.write_text(POD)
    command = f"ulimit -f 8; exec {' '.join(FIX)} ."
    ended = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "error: big.yaml: File too large; nothing was written" in ended.stderr
    assert big.read_text() == POD + OTHER * 20
    assert small.read_text() == POD.replace(WRONG, ALPHA)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["big.yaml", "small.yaml"]


def test_a_person_at_a_terminal_sees_how_far_a_long_run_is(tmp_path: Path) -> None:
    slow = tmp_path / "slow.yaml"
    os.mkfifo(slow)
    for number in range(3):
        (tmp_path / f"{number}.yaml").write_text(POD)
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    command = [sys.executable, "-m", "autofix", "preview", "-t", "2.17", "-o", "text"]
    child = subprocess.Popen(
        [*command, "0.yaml", "slow.yaml", "1.yaml", "2.yaml"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    # It waits for whoever writes; a bar is shown once a run has taken more than a second.
    with slow.open("w") as pipe:
        time.sleep(1.5)
        pipe.write(POD)
    out, _ = child.communicate(timeout=60)
    shown = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert re.search(rb"autofix: +\d+ files", shown), shown
    assert b"files" not in out
    assert out.count(b"AFX101") == 4


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        # Linux says so when nobody is at the other end any more.
        return b""
