"""Settings from files and the environment, and the flags about exit codes and output."""

from __future__ import annotations

import os

import pytest
from builders import ALPHA, BETA, GA, WRONG
from command_line import Run, Write

POD = f"kind: Pod\napiVersion: v1\nmetadata:\n  annotations:\n    {WRONG}: 'false'\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [(".autofix.toml", 'linkerd = "2.20"\n'), ("pyproject.toml", '[tool.autofix]\nlinkerd = "2.20"\n')],
)
def test_a_file_sets_what_neither_flag_nor_environment_does(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    write(name, text)
    write("sub/pod.yaml", POD)
    os.chdir("sub")
    assert f"+    {GA}: 'false'" in run("preview", "pod.yaml", chdir=False).out
    monkeypatch.setenv("AUTOFIX_LINKERD", "2.19")
    assert f"+    {BETA}: 'false'" in run("preview", "pod.yaml", chdir=False).out
    assert f"+    {ALPHA}: 'false'" in run("preview", "-t", "2.17", "pod.yaml", chdir=False).out


def test_the_nearest_file_counts_alone(run: Run, write: Write) -> None:
    write("pyproject.toml", '[tool.autofix]\nlinkerd = "2.20"\n')
    write("sub/.autofix.toml", 'ignore = ["AFX4"]\nexclude = ["b.yaml"]\n')
    write("sub/pod.yaml", POD)
    write("sub/b.yaml", POD)
    os.chdir("sub")
    ended = run("preview", "-o", "text", chdir=False)
    assert ALPHA in ended.out
    assert "b.yaml" not in ended.out


def test_a_pyproject_without_settings_is_passed_over(run: Run, write: Write) -> None:
    write("pyproject.toml", "[project]\nname = 'x'\n")
    write("pod.yaml", POD)
    assert run("preview", "-t", "2.17", ".").code == 1


def test_a_broken_pyproject_is_an_error_only_if_it_mentions_autofix(run: Run, write: Write) -> None:
    write("pod.yaml", POD)
    write("pyproject.toml", "[tool.black\n")
    assert run("preview", "-t", "2.17", ".").code == 1
    write("pyproject.toml", "[tool.autofix\n")
    ended = run("preview", "-t", "2.17", ".")
    assert (ended.code, "not TOML" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("linkerd = 2.17\n", "linkerd must be a text in quotes"),
        ("release = '2.17'\n", "release is not a setting; the settings are linkerd, kubernetes"),
        ("unsafe-fixes = 'yes'\n", "unsafe-fixes must be true or false"),
        ("wait-before-exit-seconds = true\n", "wait-before-exit-seconds must be a whole number"),
        ("linkerd = \n", "not TOML"),
        ("linkerd = 'latest'\n", ".autofix.toml: not a Linkerd release: 'latest'"),
        ("kubernetes = 'x'\n", ".autofix.toml: "),
        ("select = ['AFX999']\n", ".autofix.toml: no rule has the code 'AFX999'"),
    ],
)
def test_an_error_about_a_setting_names_its_file(run: Run, write: Write, text: str, message: str) -> None:
    write(".autofix.toml", text)
    ended = run("preview", ".")
    assert ended.code == 2
    assert message in ended.err
    assert ".autofix.toml" in ended.err


def test_a_wrong_variable_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOFIX_LINKERD", "zz")
    assert "AUTOFIX_LINKERD: not a Linkerd release: 'zz'" in run("preview", ".").err


def test_native_sidecar_default_and_wait_are_settings_too(run: Run, write: Write) -> None:
    write(".autofix.toml", "native-sidecar-default = true\nwait-before-exit-seconds = 5\n")
    write("pod.yaml", "kind: Pod\napiVersion: v1\n")
    assert "denied by the injector" in run("explain", "-t", "2.17", "pod.yaml").out


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["preview"], 1),
        (["preview", "--exit-zero"], 0),
        (["fix"], 0),
        (["fix", "--exit-non-zero-on-fix"], 1),
        (["fix", "--exit-non-zero-on-fix", "--exit-zero"], 0),
        (["fix", "--select", "AFX4"], 0),
    ],
)
def test_exit_codes_can_be_changed(run: Run, write: Write, argv: list[str], code: int) -> None:
    write("pod.yaml", POD)
    assert run(*argv, "-t", "2.17", "pod.yaml").code == code


def test_exit_zero_does_not_hide_errors(run: Run) -> None:
    assert run("preview", "--exit-zero", "absent.yaml").code == 2
    assert run("fix", "--exit-zero", "-", stdin=b"a: b: c").code == 2


def test_statistics_count_findings(run: Run, write: Write) -> None:
    write("a.yaml", POD)
    write("b.yaml", POD.replace("'false'", "maybe"))
    ended = run("preview", "-t", "2.17", "--statistics", ".")
    assert ended.code == 1
    assert [line.split()[:3] for line in ended.out.splitlines()] == [
        ["2", "AFX101", "1"],
        ["1", "AFX204", "A"],
    ]


@pytest.mark.parametrize(("when", "painted"), [("always", True), ("never", False), ("auto", False)])
def test_only_a_diff_for_a_terminal_is_coloured(run: Run, write: Write, when: str, painted: bool) -> None:
    write("pod.yaml", POD)
    out = run("preview", "-t", "2.17", "--color", when, "pod.yaml").out
    assert (f"\x1b[32m+    {ALPHA}: 'false'\x1b[0m" in out) is painted
    assert "\x1b" not in run("preview", "-t", "2.17", "--color", when, "-o", "text", "pod.yaml").out
