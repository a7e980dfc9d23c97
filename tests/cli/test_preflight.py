"""A run in which nothing concerns Linkerd: it ends early, and answers as a run that has something to do."""

from __future__ import annotations

import pytest
from command_line import Run, Write

IDLE = {"preview": "0 findings in 0 files, 0 with a safe fix", "fix": "fixed 0 files, 0 findings left"}


@pytest.mark.parametrize(("command", "message"), IDLE.items())
def test_the_summary_counts_nothing(run: Run, write: Write, command: str, message: str) -> None:
    write("a.yaml", "a: 1\n")
    ended = run(command, ".")
    assert (ended.code, ended.out, ended.err) == (0, "", f"autofix: {message}\n")
    assert run(command, "-q", ".").err == ""


@pytest.mark.parametrize("command", IDLE)
@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("-t", "2.x"), "not a Linkerd release: '2.x'"),
        (("-t", "edge-24.13.1"), "not a Linkerd release: 'edge-24.13.1'"),
        (("--kubernetes", "new"), "new"),
        (("--select", "AFX999"), "AFX999"),
        (("--ignore", "AFX999"), "AFX999"),
        (("--wait-before-exit-seconds", "-1"), "-1 seconds"),
    ],
    ids=lambda value: value[-1] if isinstance(value, tuple) else "",
)
def test_an_option_that_cannot_be_read_is_an_error(
    run: Run, write: Write, command: str, option: tuple[str, str], message: str
) -> None:
    write("a.yaml", "a: 1\n")
    ended = run(command, *option, ".")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("autofix: error: ")
    assert message in ended.err


@pytest.mark.parametrize("command", IDLE)
def test_a_file_that_cannot_be_read_is_an_error(run: Run, write: Write, command: str) -> None:
    write("a.yaml", "a: 1\n")
    ended = run(command, ".", "absent.yaml")
    assert ended.code == 2
    assert "absent.yaml: no such file or folder" in ended.err
    assert IDLE[command] in ended.err


@pytest.mark.parametrize("form", ["json", "sarif", "junit"])
def test_a_format_for_programs_is_written_all_the_same(run: Run, write: Write, form: str) -> None:
    write("a.yaml", "a: 1\n")
    ended = run("preview", "-o", form, ".")
    assert ended.code == 0
    assert ended.out.strip()


def test_a_filter_hands_on_what_does_not_concern_linkerd(run: Run) -> None:
    ended = run("fix", "-", stdin=b"a: 1\n")
    assert (ended.code, ended.out) == (0, "a: 1\n")
