"""The contexts that a user may name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autofix.errors import AutofixError
from autofix.kubeapi.contexts import read_contexts, select_contexts


@pytest.fixture
def kubeconfig(tmp_path: Path) -> str:
    names = ("staging", "production", "a,b")
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "staging",
        "contexts": [{"name": name, "context": {"cluster": "x", "user": "x"}} for name in names],
        "clusters": [{"name": "x", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "x", "user": {"token": "x"}}],
    }
    path = tmp_path / "config"
    path.write_text(json.dumps(config))
    return str(path)


@pytest.mark.parametrize(
    ("words", "is_all", "names"),
    [
        ("", False, ("",)),
        ("production", False, ("production",)),
        ("production,staging", False, ("production", "staging")),
        ("production, staging,production,", False, ("production", "staging")),
        # A name may hold a comma.
        ("a,b", False, ("a,b",)),
        ("nowhere", False, ("nowhere",)),
        ("", True, ("staging", "production", "a,b")),
    ],
)
def test_contexts_are_selected(kubeconfig: str, words: str, is_all: bool, names: tuple[str, ...]) -> None:
    assert select_contexts(kubeconfig, words, is_all=is_all) == names


def test_commas_alone_name_no_context(kubeconfig: str) -> None:
    with pytest.raises(AutofixError, match="names no context"):
        select_contexts(kubeconfig, " ,", is_all=False)


def test_the_current_context_is_known(kubeconfig: str) -> None:
    assert read_contexts(kubeconfig).current == "staging"


@pytest.mark.parametrize("text", ["", "a: 1", "[", "contexts: 1"])
def test_a_file_that_is_no_kubeconfig_has_no_contexts(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    assert read_contexts(str(path)).names == ()
    with pytest.raises(AutofixError, match="no contexts"):
        select_contexts(str(path), "", is_all=True)
    assert read_contexts(str(tmp_path / "missing")).names == ()
