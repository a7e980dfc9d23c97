"""The contexts that a user may name."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from autofix.errors import AutofixError
from autofix.kubeapi.client import connect
from autofix.kubeapi.contexts import read_contexts, select_contexts

NAMES = ("staging", "production", "a,b")


@pytest.fixture
def kubeconfig(tmp_path: Path) -> str:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "staging",
        "contexts": [{"name": name, "context": {"cluster": "x", "user": "x"}} for name in NAMES],
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


def change_file(path: Path, change: dict[str, Any]) -> None:
    """Change fields of a kubeconfig; a field without a value is removed."""
    config = {**json.loads(path.read_text()), **change}
    path.write_text(json.dumps({key: value for key, value in config.items() if value is not None}))


NO_USERS = {"users": [{"name": "x"}]}


@pytest.mark.parametrize(
    "change",
    [
        {"current-context": None},
        {"current-context": ""},
        {"current-context": "deleted"},
        NO_USERS,
        {"users": None},
    ],
)
async def test_all_contexts_need_no_current_context_that_is_valid(
    kubeconfig: str, change: dict[str, Any]
) -> None:
    change_file(Path(kubeconfig), change)
    assert select_contexts(kubeconfig, "", is_all=True) == NAMES
    assert select_contexts(kubeconfig, "a,b", is_all=False) == ("a,b",)
    if change is not NO_USERS:
        async with connect(kubeconfig, "production") as api:
            assert api.connection.credentials.access.login.context == "production"


def test_all_contexts_are_those_of_all_files(
    kubeconfig: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = tmp_path / "more"
    more.write_text(json.dumps({"contexts": [{"name": "more"}, {"name": "staging"}]}))
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(("", kubeconfig, str(tmp_path / "absent"), str(more))))
    assert select_contexts("", "", is_all=True) == (*NAMES, "more")


@pytest.mark.parametrize("text", ["", "a: 1", "[", "contexts: 1", "contexts: [1]", "contexts: [{}]"])
def test_a_file_that_is_no_kubeconfig_has_no_contexts(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    assert read_contexts(str(path)) == ()
    with pytest.raises(AutofixError, match=r"the kubeconfig /.*/config has no contexts; check --kubeconfig"):
        select_contexts(str(path), "", is_all=True)


def test_an_empty_file_among_others_counts_for_nothing(tmp_path: Path, kubeconfig: str) -> None:
    (tmp_path / "empty").write_text(" \n")
    for paths in (f"{tmp_path}/empty:{kubeconfig}", f"{kubeconfig}:{tmp_path}/empty"):
        assert read_contexts(paths) == read_contexts(kubeconfig) != ()


@pytest.mark.parametrize("name", ["missing", ":", ""])
def test_a_missing_file_is_named_and_nothing_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    assert read_contexts(name) == ()
    with pytest.raises(AutofixError, match=f"^there is no {f'file {name}' if name else 'kubeconfig'}; check"):
        select_contexts(name, "", is_all=True)
    assert caplog.records == []


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(AutofixError, match=f"^{tmp_path}: Is a directory; check --kubeconfig"):
        select_contexts(str(tmp_path), "", is_all=True)
