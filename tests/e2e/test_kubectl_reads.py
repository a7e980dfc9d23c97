"""What the tests say of YAML at its edges is what the real kubectl reads."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from assets import build
from kubectl_texts import READ, REFUSED


def kubectl(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Let kubectl read a text, without a cluster."""
    (folder / "x.yaml").write_bytes(text.encode())
    program = build.folder(f"kubernetes-{build.MINORS[-1]}") / "kubectl"
    words: list[str | Path] = [program, "annotate", "--local", "-f", "x.yaml", "added=", "-o", "json"]
    return subprocess.run(
        words,
        cwd=folder,
        env={**os.environ, "KUBECONFIG": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_kubectl_reads_the_same(tmp_path: Path, text: str, expected: list[dict[str, str]]) -> None:
    ended = kubectl(tmp_path, text)
    assert ended.returncode == 0, ended.stderr
    decoder, rest, read = json.JSONDecoder(), ended.stdout.strip(), []
    while rest:
        value, end = decoder.raw_decode(rest)
        read.append({key: text for key, text in value["metadata"]["annotations"].items() if key != "added"})
        rest = rest[end:].strip()
    assert read == expected


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_kubectl_refuses(tmp_path: Path, text: str) -> None:
    assert kubectl(tmp_path, text).returncode != 0
