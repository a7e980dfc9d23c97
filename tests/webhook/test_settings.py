"""Flags win over the environment, that over the file, that over the defaults."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from webhook.settings import Settings, SettingsError, load_settings


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "autofix.toml"
    path.write_text(
        'linkerd = "2.15"\nlisten = "127.0.0.1:1"\nwait_before_exit_seconds = 1\n'
        '[namespaces.payments]\n"config.linkerd.io/native-sidecar" = "true"\n'
    )
    return str(path)


def test_defaults() -> None:
    assert load_settings([], {}) == Settings()


def test_each_source_overrides_the_next(file: str) -> None:
    settings = load_settings(
        ["--config", file, "--linkerd", "2.17"],
        {"AUTOFIX_LINKERD": "2.16", "AUTOFIX_WAIT_BEFORE_EXIT_SECONDS": "2"},
    )
    assert (settings.linkerd, settings.wait_before_exit_seconds, settings.listen) == (
        "2.17",
        2,
        "127.0.0.1:1",
    )
    assert settings.namespaces == {"payments": {"config.linkerd.io/native-sidecar": "true"}}


def test_the_file_may_be_named_by_the_environment(file: str) -> None:
    assert load_settings([], {"AUTOFIX_CONFIG": file}).linkerd == "2.15"


def test_an_empty_variable_is_none() -> None:
    assert load_settings([], {"AUTOFIX_LINKERD": ""}).linkerd is None


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("1", True), ("0", False)])
def test_booleans_are_words(text: str, value: bool) -> None:
    assert load_settings(["--mutate-workloads", text], {}).mutate_workloads is value


@pytest.mark.parametrize(
    ("argv", "environment", "message"),
    [
        (["--mutate-workloads", "maybe"], {}, "mutate_workloads"),
        ([], {"AUTOFIX_MAX_BODY_BYTES": "5"}, "max_body_bytes"),
        (["--wait-before-exit-seconds", "-1"], {}, "wait_before_exit_seconds"),
        (["--log-level", "loud"], {}, "log_level"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(
    argv: Sequence[str], environment: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings(argv, environment)


@pytest.mark.parametrize(
    ("text", "message"),
    [("lnkerd = '2.17'", "lnkerd"), ("= 5", "not TOML"), ("\x00", "not TOML")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=message):
        load_settings(["--config", str(path)], {})


def test_every_setting_has_a_flag_and_a_description(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        load_settings(["--help"], {})
    assert end.value.code == 0
    shown = capsys.readouterr().out
    for name in Settings.__struct_fields__:
        assert name == "namespaces" or f"--{name.replace('_', '-')}" in shown


def test_a_value_that_cannot_be_read_is_told_with_its_variable_and_its_value() -> None:
    with pytest.raises(SettingsError) as told:
        load_settings([], {"AUTOFIX_SHUTDOWN_DELAY_SECONDS": "5s"})
    expected = (
        "settings: shutdown_delay_seconds (--shutdown-delay-seconds, AUTOFIX_SHUTDOWN_DELAY_SECONDS): '5s': "
    )
    assert str(told.value).startswith(expected)
