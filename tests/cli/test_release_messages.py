"""What the commands say of the Linkerd release, beside their reports."""

from __future__ import annotations

import json

import pytest
from builders import NEWEST, NEWEST_EDGE, TOO_NEW, WRONG
from command_line import Run, Write

from autofix.report import FILE_FORMATS

NEWER = "is newer than the newest release known here"
POD = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: web
  annotations:
    {WRONG}: "true"
"""
CLEAN = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n"
LIST = "kind: ResourceList\nitems:\n- " + POD.strip().replace("\n", "\n  ")


@pytest.mark.parametrize("release", TOO_NEW[:2])
@pytest.mark.parametrize(
    "argv",
    [
        *(["preview", "-o", form, "pod.yaml"] for form in FILE_FORMATS),
        ["preview", "--statistics", "pod.yaml"],
        ["preview", "clean.yaml"],
        ["preview", "."],
        ["fix", "clean.yaml"],
        ["fix", "pod.yaml"],
        ["fix", "-"],
        ["explain", "pod.yaml"],
        ["explain", "-o", "json", "clean.yaml"],
    ],
)
def test_a_release_that_is_too_new_is_said_once(
    run: Run, write: Write, release: str, argv: list[str]
) -> None:
    write("pod.yaml", POD)
    write("clean.yaml", CLEAN)
    ended = run(*argv, "-t", release, stdin=POD.encode())
    assert (
        ended.err.count(f"autofix: warning: Linkerd {release} {NEWER} and is treated like it; look for") == 1
    )
    assert NEWER not in run(*argv, "-q", "-t", release, stdin=CLEAN.encode()).err


@pytest.mark.parametrize("command", ["scan", "doctor", "probe"])
def test_commands_for_clusters_say_so_too(run: Run, command: str) -> None:
    ended = run(command, "-t", TOO_NEW[0], "--kubeconfig", "absent")
    assert ended.code == 2
    assert ended.err.count(NEWER) == 1


def test_a_function_of_kustomize_says_so_too(run: Run) -> None:
    assert run("krm", "-t", TOO_NEW[0], stdin=LIST.encode()).err.count(NEWER) == 1


@pytest.mark.parametrize("release", [NEWEST, NEWEST_EDGE, "dev-x"])
def test_of_other_releases_nothing_is_said(run: Run, write: Write, release: str) -> None:
    write("pod.yaml", POD)
    assert NEWER not in run("preview", "-t", release, "pod.yaml").err


@pytest.mark.parametrize(
    ("argv", "release"),
    [
        (["preview"], "unknown"),
        (["preview", "-o", "json"], "unknown"),
        (["preview", "-t", "dev-x"], "dev-x"),
        (["fix"], "unknown"),
        (["fix", "-t", "git-1234"], "git-1234"),
        (["explain"], "unknown"),
    ],
)
def test_a_release_that_is_not_known_is_said(run: Run, write: Write, argv: list[str], release: str) -> None:
    write("pod.yaml", POD)
    assert (
        run(*argv, "pod.yaml").err.count(
            f"the Linkerd release is {release}, and answers depend on it; name it"
        )
        == 1
    )
    assert "the Linkerd release is" not in run(*argv, "-q", "pod.yaml").err


def test_a_filter_says_so_too(run: Run) -> None:
    ended = run("fix", "-", stdin=POD.encode())
    assert WRONG not in ended.out
    assert ended.err.count("the Linkerd release is unknown") == 1


@pytest.mark.parametrize("argv", [["preview"], ["fix"]])
def test_without_findings_the_release_does_not_matter(run: Run, write: Write, argv: list[str]) -> None:
    write("clean.yaml", CLEAN)
    assert "the Linkerd release is" not in run(*argv, "clean.yaml").err


CHART = "1.16.11 is a version of the chart linkerd-control-plane, of stable-2.14.x; write 2.14"


@pytest.mark.parametrize("command", ["preview", "fix", "explain", "scan", "doctor", "probe", "krm"])
def test_a_version_of_the_chart_is_refused_as_a_release(run: Run, command: str) -> None:
    ended = run(command, "-t", "1.16.11")
    assert (ended.code, ended.err) == (2, f"autofix: error: {CHART}\n")


@pytest.mark.parametrize("source", [".autofix.toml", "AUTOFIX_LINKERD"])
def test_a_setting_with_a_version_of_the_chart_names_its_source(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    if source == "AUTOFIX_LINKERD":
        monkeypatch.setenv(source, "1.16.11")
    else:
        write(source, f"linkerd = {json.dumps('1.16.11')}\n")
    ended = run("preview", ".")
    assert ended.code == 2
    assert source in ended.err
    assert CHART in ended.err
