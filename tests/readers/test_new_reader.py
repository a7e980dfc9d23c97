"""A reader is one package: the three steps to add one are enough."""

from __future__ import annotations

from pathlib import Path

from builders import ALPHA, WRONG
from copies import PackageCopy

READER = '''"""Nix: pairs with an equals sign and a semicolon."""

import re

from autofix.readers.model import Fragment, Setting, Target, TextReading

LANGUAGES = ("nix",)
SUFFIXES = (".nix",)
NAMES = ("flake",)


def read(text: str) -> TextReading:
    """Read a text."""
    pairs = re.finditer(r'"([\\w./-]+)" = "(\\w+)";', text)
    settings = tuple(Setting(pair[1], pair.span(1), pair[2], pair.span(2)) for pair in pairs)
    return TextReading((Fragment(Target.POD, settings),))
'''
TEXT = f'{{ podAnnotations = {{ "{WRONG}" = "yes"; "linkerd.io/inject" = "enabled"; }}; }}\n'


def test_a_new_reader_finds_a_key_in_its_files_and_in_code_blocks(tmp_path: Path) -> None:
    copy = PackageCopy(tmp_path / "copy")
    (copy.folder / "autofix/readers/nix").mkdir()
    copy.write("autofix/readers/nix/__init__.py", READER)
    for name, text in (
        ("pod.nix", TEXT),
        ("flake", TEXT),
        ("README.md", f"# Nix\n\n```nix\n{TEXT}```\n"),
    ):
        copy.write(name, text)
        done = copy.run("-m", "autofix", "fix", "-t", "2.17", name)
        assert done.returncode == 0, done.stderr
        assert (copy.folder / name).read_text() == text.replace(WRONG, ALPHA).replace('"yes"', '"true"')


def test_without_the_reader_the_key_is_only_plain_text(tmp_path: Path) -> None:
    copy = PackageCopy(tmp_path / "copy")
    copy.write("pod.nix", TEXT)
    done = copy.run("-m", "autofix", "preview", "-t", "2.17", "pod.nix")
    assert "read as plain text" in done.stderr
