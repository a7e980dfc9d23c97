"""Files of every size and kind are read to their end."""

from __future__ import annotations

import os
import threading
from argparse import Namespace
from pathlib import Path

import pytest

from autofix.cli.inputs import Input, read_inputs

AT_ONCE = 1 << 16


def read(path: Path) -> list[bytes]:
    arguments = Namespace(
        paths=[str(path)], exclude=[], include=[], force_exclude=False, quiet=True, linkerd=None
    )
    inputs = list(read_inputs(arguments))
    assert all(isinstance(item, Input) for item in inputs), inputs
    return [item.data for item in inputs if isinstance(item, Input)]


@pytest.mark.parametrize("size", [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE, 10 * AT_ONCE + 7])
def test_a_file_is_read_to_its_end(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "a.yaml").write_bytes(data)
    assert read(tmp_path / "a.yaml") == [data]


@pytest.mark.parametrize("size", [0, 1, AT_ONCE, 10 * AT_ONCE + 7])
def test_a_pipe_is_read_to_its_end(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    os.mkfifo(tmp_path / "pipe")
    # A reader that fails must not let the run wait for the writer.
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(data,), daemon=True)
    writer.start()
    assert read(tmp_path / "pipe") == [data]
    writer.join()


@pytest.mark.parametrize("most", [1, 7, AT_ONCE // 2])
def test_a_disk_may_give_less_than_it_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    data = os.urandom(most * 9 + 3)
    (tmp_path / "a.yaml").write_bytes(data)
    whole = os.read
    monkeypatch.setattr(os, "read", lambda handle, size: whole(handle, min(size, most)))
    assert read(tmp_path / "a.yaml") == [data]
