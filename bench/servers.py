"""The servers that are compared, each a process on loopback that ends with its context."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import trustme
from image import malloc_environment

from bench.load import SERVER_CPUS, Target
from bench.measure import installed
from bench.reviews import RELEASE

_GO: Final = Path(__file__).parent / "go" / "webhook"


@dataclass(frozen=True, slots=True)
class Certificates:
    """A certificate for 127.0.0.1.

    Attributes:
        cert, key: its files.
        client: a context that trusts its CA.
        folder: a temporary folder that lives as long as they do.
    """

    cert: str
    key: str
    client: ssl.SSLContext
    folder: Path


@contextmanager
def certificates() -> Iterator[Certificates]:
    """Make a certificate; its files end with the context."""
    with tempfile.TemporaryDirectory() as name:
        authority, folder = trustme.CA(), Path(name)
        leaf = authority.issue_cert("127.0.0.1")
        leaf.cert_chain_pems[0].write_to_path(folder / "tls.crt")
        leaf.private_key_pem.write_to_path(folder / "tls.key")
        client = ssl.create_default_context()
        authority.configure_trust(client)
        yield Certificates(str(folder / "tls.crt"), str(folder / "tls.key"), client, folder)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Our webhook, as a process.

    Attributes:
        target: where reviews go.
        started: seconds from its start until it accepted connections.
        log: where its log is written.
    """

    target: Target
    started: float
    log: Path


@contextmanager
def webhook(files: Certificates, *flags: str) -> Iterator[Webhook]:
    """Run our webhook as the image does.

    Args:
        files: its certificate.
        flags: more of its flags.
    """
    words = [sys.executable, "-m", "webhook", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
    words += ["--tls-cert", files.cert, "--tls-key", files.key, "--linkerd", RELEASE]
    words += ["--shutdown-delay-seconds", "0", *flags]
    log = Path(tempfile.mkstemp(suffix=".log", dir=files.folder)[1])
    began = time.perf_counter()
    with log.open("w") as stderr, _process(words, malloc_environment(), stderr=stderr) as process:
        line, started = _listening(process, log), time.perf_counter() - began
        yield Webhook(Target(process.pid, int(line["address"].rpartition(":")[2])), started, log)


def _listening(process: subprocess.Popen[str], log: Path) -> Any:
    while process.poll() is None:
        for text in log.read_text().splitlines():
            line = json.loads(text)
            if line["message"] == "listening":
                return line
        time.sleep(0.001)
    raise RuntimeError(f"the webhook ended: {log.read_text()}")


@contextmanager
def bare(files: Certificates, environment: Mapping[str, str] | None = None) -> Iterator[Target]:
    """Run ``bench.bare``; its paths are ``/read`` and ``/deepcopy``.

    Args:
        files: its certificate.
        environment: more variables; those of our image let it keep its memory as our webhook does.
    """
    words = [sys.executable, "-m", "bench.bare", files.cert, files.key]
    with _process(words, environment, stdout=subprocess.PIPE) as process:
        yield Target(process.pid, _port(process), "/read")


@contextmanager
def go(files: Certificates) -> Iterator[Target | None]:
    """Build and run the webhook in Go; None where there is no Go, or it cannot be built."""
    program = files.folder / "webhook"
    if shutil.which("go") is None:
        yield None
        return
    built = subprocess.run(
        ["go", "build", "-mod=readonly", "-o", program, "."],
        cwd=_GO,
        env={**os.environ, "CGO_ENABLED": "0"},
        check=False,
        capture_output=True,
        text=True,
    )
    if built.returncode:
        print(f"left out the webhook in Go: {built.stderr}", file=sys.stderr)
        yield None
        return
    words = [str(program), "-cert", files.cert, "-key", files.key]
    with _process(words, stdout=subprocess.PIPE) as found:
        yield Target(found.pid, _port(found), "/usual")


def _port(found: subprocess.Popen[str]) -> int:
    assert found.stdout
    line = found.stdout.readline()
    if not line:
        raise RuntimeError(f"{found.args!r} ended")
    return int(line.rpartition(":")[2])


@contextmanager
def _process(
    words: list[str], environment: Mapping[str, str] | None = None, **streams: Any
) -> Iterator[subprocess.Popen[str]]:
    # A process stays where its parent was when it began.
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, SERVER_CPUS)
    started = subprocess.Popen(words, text=True, env={**installed(), **(environment or {})}, **streams)
    os.sched_setaffinity(0, own)
    with started as found:
        try:
            yield found
        finally:
            found.terminate()
            try:
                found.wait(10)
            except subprocess.TimeoutExpired:
                found.kill()
