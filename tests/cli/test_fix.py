"""``autofix fix``: files in place, standard input as a filter, and never a half-written file."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from builders import ALPHA, GA, WRONG
from command_line import Run, Write

from autofix.text.check import check_files

JOB = f"""\
# Nightly.
apiVersion: batch/v1
kind: Job
metadata: {{name: migrate, namespace: shop}}
spec:
  template:
    metadata:
      annotations:
        'linkerd.io/inject': enabled
        {WRONG}:   yes   # so that it ends
    spec:
      containers: [{{name: app, image: "app"}}]
"""
FIXED = JOB.replace(WRONG, ALPHA).replace("yes ", '"true" ')


def test_only_the_key_and_the_value_change(run: Run, write: Write) -> None:
    path = write("job.yaml", JOB)
    ended = run("fix", "-t", "2.17", "job.yaml")
    assert path.read_text() == FIXED
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == "autofix: fixed job.yaml\nautofix: fixed 1 file, 0 findings left\n"
    assert run("fix", "-t", "2.17", "job.yaml").err == "autofix: fixed 0 files, 0 findings left\n"


def test_line_breaks_byte_order_mark_and_missing_end_are_kept(run: Run, tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + JOB.replace("\n", "\r\n").rstrip().encode()
    (tmp_path / "job.yaml").write_bytes(data)
    assert run("fix", "-t", "2.17", ".").code == 0
    assert (tmp_path / "job.yaml").read_bytes() == data.replace(WRONG.encode(), ALPHA.encode()).replace(
        b"yes ", b'"true" '
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_stays_utf_16(run: Run, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "job.yaml").write_bytes(("\ufeff" + JOB).encode(encoding))
    assert run("fix", "-t", "2.17", ".").code == 0
    assert (tmp_path / "job.yaml").read_bytes() == ("\ufeff" + FIXED).encode(encoding)


def test_a_file_without_a_finding_is_not_touched(run: Run, write: Write) -> None:
    path = write("right.yaml", FIXED)
    before = path.stat()
    run("fix", "-t", "2.17", ".")
    assert path.stat() == before


def test_findings_that_are_left_are_shown_where_they_are_now(run: Run, write: Write) -> None:
    write("job.yaml", JOB.replace("enabled", '"true"'))
    ended = run("fix", "-t", "2.17", "job.yaml")
    assert ended.code == 1
    assert ended.out.startswith("job.yaml:9:9: AFX203 [-] Job shop/migrate: ")


def test_standard_input_passes_fixed(run: Run) -> None:
    ended = run("fix", "-t", "2.17", "-", stdin=f"{JOB}---\n# end\n".encode())
    assert (ended.code, ended.out) == (0, f"{FIXED}---\n# end\n")


@pytest.mark.parametrize(
    "text", ["a: b: c\n", "kind: {{ .Values.kind }}\n", "\x00\x01", "", "# nothing\n", "--- \n...\n"]
)
def test_standard_input_is_never_lost(run: Run, text: str) -> None:
    ended = run("fix", "-t", "2.17", "-", stdin=text.encode())
    assert ended.out == text
    assert ended.code == (2 if "b: c" in text or "\x00" in text else 0)


def test_a_namespace_in_another_file_is_context(run: Run, write: Write) -> None:
    write(
        "namespace.yaml",
        f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, annotations: {{{GA}: 'true'}}}}\n",
    )
    path = write("job.yaml", JOB.replace(WRONG, ALPHA).replace("yes", "'false'"))
    assert run("fix", "-t", "2.20", ".").code == 0
    assert f"{GA}:   'false'   # so" in path.read_text()


def test_mode_is_kept_and_nothing_else_is_left_in_the_folder(run: Run, write: Write, tmp_path: Path) -> None:
    path = write("job.yaml", JOB)
    path.chmod(0o640)
    run("fix", "-t", "2.17", ".")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["job.yaml"]


def test_one_file_that_cannot_be_read_does_not_stop_the_others(run: Run, write: Write) -> None:
    write("a.yaml", f"{WRONG}: b: c\n")
    path = write("b.yaml", JOB)
    ended = run("fix", "-t", "2.17", ".")
    assert ended.code == 2
    assert "error: a.yaml:1:" in ended.err
    assert path.read_text() == FIXED


def test_a_link_is_not_written(run: Run, write: Write, tmp_path: Path) -> None:
    real = write("real.txt", JOB)
    (tmp_path / "link.yaml").symlink_to(real)
    ended = run("fix", "-t", "2.17", ".")
    assert ended.code == 2
    assert "link.yaml: is a link and was not written" in ended.err
    assert real.read_text() == JOB


@pytest.mark.parametrize("failing", ["replace", "fsync"])
def test_a_failure_while_writing_leaves_the_old_file(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = write("job.yaml", JOB)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    ended = run("fix", "-t", "2.17", ".")
    assert ended.code == 2
    assert "job.yaml: No space left on device; nothing was written" in ended.err
    assert path.read_text() == JOB
    assert [path.name for path in tmp_path.iterdir()] == ["job.yaml"]


def test_a_file_that_cannot_be_edited_is_reported_and_stays(run: Run, write: Write) -> None:
    # The dead entry would have to go, and with it the anchor that others refer to.
    annotations = f"{{&a {WRONG}: 'true', {ALPHA}: 'true', b: *a}}"
    pod = f"kind: Pod\napiVersion: v1\nmetadata: {{annotations: {annotations}}}\n"
    path = write("pod.yaml", pod)
    ended = run("fix", "-t", "2.17", ".")
    assert ended.code == 2
    assert "pod.yaml:3: cannot be fixed in place: an entry with an anchor" in ended.err
    assert "AFX105" in ended.out
    assert path.read_text() == pod


def test_dash_stands_alone(run: Run) -> None:
    ended = run("fix", "-", "a.yaml")
    assert ended.code == 2
    assert "give no other path" in ended.err


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ("0443", '"0443"'),
        ("2.10", '"2.10"'),
        ("1.0", '"1.0"'),
        ("2_102", '"2_102"'),
        ("0x10", '"0x10"'),
        ("30", '"30"'),
    ],
)
def test_numbers_keep_their_digits(run: Run, write: Write, written: str, quoted: str) -> None:
    text = "kind: Pod\napiVersion: v1\nmetadata: {annotations: {config.linkerd.io/proxy-cpu-limit: %s}}\n"
    path = write("pod.yaml", text % written)
    assert run("fix", "-t", "2.17", ".").code == 0
    assert path.read_text() == text % quoted


@pytest.mark.parametrize("end", ["", "\n", "\n---\n"])
@pytest.mark.parametrize("limit", [1, 7, 300, 10**6])
def test_a_long_stream_is_fixed_document_by_document(
    run: Run, monkeypatch: pytest.MonkeyPatch, limit: int, end: str
) -> None:
    monkeypatch.setattr("autofix.cli.fix._AT_ONCE", limit)
    other = "# head\n--- # marker\na: |\n  ---\n  b\n---\r\nc: d"
    stream = f"{other}\n---\n{JOB}---\n{JOB}...\n---\n{other}{end}"
    ended = run("fix", "-t", "2.17", "-", stdin=stream.encode())
    assert ended.out == stream.replace(JOB, FIXED)
    assert ended.code == 0


OPTED_OUT = """\
apiVersion: v1
kind: Namespace
metadata:
  name: {}
  annotations: {{linkerd-autofix.io/ignore: '*'}}
"""


def test_a_long_stream_respects_the_namespaces_above(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autofix.cli.fix._AT_ONCE", 10)
    stream = f"{OPTED_OUT.format('shop')}---\n{JOB}---\n{OPTED_OUT.format('other')}---\n{JOB}"
    ended = run("fix", "-t", "2.17", "-", stdin=stream.encode())
    assert (ended.code, ended.out, ended.err) == (0, stream, "")
    elsewhere = run("fix", "-t", "2.17", "-", stdin=stream.replace("name: shop", "name: bank").encode())
    assert elsewhere.out.count(JOB) == 0


def test_a_namespace_in_another_file_opts_out_for_all_of_a_folder(run: Run, write: Write) -> None:
    write("jobs/job.yaml", JOB)
    assert run("preview", "-t", "2.17", "jobs").code == 1
    write("jobs/namespace.yaml", OPTED_OUT.format("shop"))
    assert run("preview", "-t", "2.17", "jobs").code == 0
    assert run("fix", "-t", "2.17", "jobs").code == 0
    assert run("preview", "-t", "2.17", "-o", "json", "jobs").code == 0


def test_a_long_stream_loses_nothing(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autofix.cli.fix._AT_ONCE", 10)
    stream = f"{JOB}---\n{WRONG}: a: b\n---\n{JOB}"
    ended = run("fix", "-t", "2.17", "-", stdin=stream.encode())
    assert ended.code == 2
    assert ended.out == stream.replace(JOB, FIXED)
    assert "error: <stdin> from line 13:2:" in ended.err


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a:\n\t" + WRONG.encode() + b": true\n", "b.yaml:2:1: not YAML"),
        (b"a: \xff" + WRONG.encode(), "b.yaml:1:4: not UTF-8: byte 0xff"),
        (b"\xff\xfea", "b.yaml: starts like UTF-16 but is not"),
        (b"\x00" + WRONG.encode(), "b.yaml:1:1: not YAML: the character U+0000"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported_and_the_others_are_fixed(
    run: Run, write: Write, tmp_path: Path, data: bytes, message: str
) -> None:
    (tmp_path / "b.yaml").write_bytes(data)
    path = write("a.yaml", JOB)
    ended = run("fix", "-t", "2.17", ".")
    assert ended.code == 2
    assert f"error: {message}" in ended.err
    assert (tmp_path / "b.yaml").read_bytes() == data
    assert path.read_text() == FIXED


def test_a_file_that_changes_or_vanishes_meanwhile_is_left(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.yaml", JOB)
    gone = write("b.yaml", JOB)

    whole = check_files

    def meanwhile(*arguments: Any) -> Any:
        path.write_text("mine: now\n")
        gone.unlink(missing_ok=True)
        return whole(*arguments)

    monkeypatch.setattr("autofix.cli.fix.check_files", meanwhile)
    ended = run("fix", "-t", "2.17", ".")
    assert ended.code == 2
    assert "a.yaml: has changed since it was read" in ended.err
    assert "b.yaml: No such file or directory; nothing was written" in ended.err
    assert path.read_text() == "mine: now\n"


@pytest.mark.parametrize(("end", "code"), [(KeyboardInterrupt(), 130), (SystemExit(3), 3)])
def test_a_run_that_is_stopped_leaves_whole_files(
    run: Run, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: BaseException, code: int
) -> None:
    path = write("a.yaml", JOB)

    def stop(*_: object) -> None:
        raise end

    monkeypatch.setattr(os, "fsync", stop)
    assert run("fix", "-t", "2.17", ".").code == code
    assert path.read_text() == JOB
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


def test_a_file_without_linkerd_is_parsed_only_if_it_is_named(run: Run, write: Write) -> None:
    write("broken.yaml", "a: b: c\n")
    write("right.yaml", "a: b\n")
    assert run("fix", "-t", "2.17", ".").code == 0
    assert run("fix", "-t", "2.17", "broken.yaml").code == 2
    assert run("explain", "-t", "2.17", "broken.yaml").code == 2


def test_a_read_only_file_is_reported_and_stays(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("a.yaml", JOB)
    other = write("b.yaml", JOB)
    # For root every file is writable, so the question itself is answered here.
    monkeypatch.setattr(os, "access", lambda file, _: Path(file).name != "a.yaml")
    ended = run("fix", "-t", "2.17", ".")
    assert ended.code == 2
    assert "a.yaml: is read-only and was not written; change its mode first" in ended.err
    assert (path.read_text(), other.read_text()) == (JOB, FIXED)


@pytest.mark.parametrize(
    "line", ['annotations = {{ "{}" = "true" }}\n', "kubectl annotate namespace shop {}=true\n"]
)
def test_a_script_on_standard_input_is_plain_text(run: Run, line: str) -> None:
    ended = run("fix", "-t", "2.17", "-", stdin=line.format(WRONG).encode())
    assert (ended.code, ended.out) == (0, line.format(ALPHA))
