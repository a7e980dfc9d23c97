"""The ports of the test runs: nobody takes one between its choice and its use."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

from processes import free_port, is_free

RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_each_port_is_given_once_and_to_no_connection_that_goes_out() -> None:
    ports = [free_port() for _ in range(100)]
    first, last = map(int, RANGE.read_text().split())
    assert len(set(ports)) == len(ports)
    # A kernel may be set to leave none.
    assert not set(ports) & set(range(first, last + 1)) or (first <= 10_000 and last == 65535)


def test_another_test_run_is_given_other_ports() -> None:
    ours = {free_port() for _ in range(10)}
    program = "import processes; print(*(processes.free_port() for _ in range(500)))"
    command = [sys.executable, "-c", program]
    found = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    theirs = set(map(int, found.stdout.split()))
    assert len(theirs) == 500
    assert not ours & theirs


def test_a_port_on_which_somebody_listens_is_not_given() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_free(server.getsockname()[1])
