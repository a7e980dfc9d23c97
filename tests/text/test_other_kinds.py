"""Which files of other kinds name a key, told by their bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from autofix.text.other_kinds import naming_keys, pattern_of

KEYS = [
    "config.linkerd.io/x",
    "config.alpha.linkerd.io/proxy-enable-native-sidecar",
    "linkerd.io/inject",
    "linkerd.io~1inject",
    r"linkerd\.io/inject",
    r"linkerd\\.io/inject",
    "viz.linkerd.io/tap",
    "linkerd-autofix.io/ignore",
    "annotation.linkerd.io/inject",
    "podAnnotations.linkerd.io/inject",
    "x.Annotations.config.linkerd.io/y",
]
OTHERS = [
    "https://linkerd.io/x",
    "//linkerd.io/x",
    "run.linkerd.io/install",
    "api.linkerd.io/x",
    "me@linkerd.io/x",
    "notlinkerd.io/x",
    "not-linkerd.io/x",
    "linkerd.io/2.17/features",
    "linkerd.io",
    "linkerd.iox/inject",
    "..linkerd.io/x",
]


@pytest.mark.parametrize("around", ["{}", '"{}": 1\n', "x = '{}'", "({})", "`{}`", "https://linkerd.io/a {}"])
@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_named(tmp_path: Path, key: str, around: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(around.format(key))
    assert list(naming_keys([str(path)])) == [str(path)]


@pytest.mark.parametrize("around", ["{}", '"{}"', "({})", "a {} b"])
@pytest.mark.parametrize("text", OTHERS)
def test_an_address_is_no_key(tmp_path: Path, text: str, around: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(around.format(text))
    assert list(naming_keys([str(path)])) == []


@pytest.mark.parametrize("start", [0, 2**16 - 4, 2**17, 2**20 - 20])
def test_a_key_is_found_in_the_first_megabyte(tmp_path: Path, start: int) -> None:
    path = tmp_path / "a.txt"
    path.write_text("\n" * start + "linkerd.io/inject" + "\n" * 2**20)
    assert list(naming_keys([str(path)])) == [str(path)]


def test_what_cannot_be_read_names_nothing(tmp_path: Path) -> None:
    assert list(naming_keys([str(tmp_path), str(tmp_path / "missing")])) == []


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("a.tf", "*.tf"),
        ("b/c.d/Makefile", "Makefile"),
        ("x/job.yaml.gotmpl", "*.gotmpl"),
        ("a/.envrc", ".envrc"),
        ("b/Jenkinsfile.prod", "*.prod"),
    ],
)
def test_the_pattern_takes_files_of_this_kind(name: str, pattern: str) -> None:
    assert pattern_of(name) == pattern
