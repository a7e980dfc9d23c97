"""A file that is read in parts says what it says as a whole: what is passed over holds nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import objects

import autofix
from autofix.report import FORMATS, Report
from autofix.rules.finding import Finding
from autofix.text.check import Checked, CheckedFile, check_files
from autofix.text.document import SourceError
from autofix.text.file import read_file
from autofix.text.prefilter.documents import bounds, read_parts, reread, rewritten
from autofix.text.prefilter.harmless import harmless

CHOSEN = autofix.options(release="2.17")
HARMLESS = harmless(CHOSEN)
POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    {}\n"
WRONG = POD.format('config.linkerd.io/proxy-native-sidecar: "true"')
RIGHT = POD.format("linkerd.io/inject: enabled")
FAR = "---\n" + "".join(f"line{number}: 1\n" for number in range(12))
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    team: core
spec:
  replicas: 3
  template:
    metadata:
      annotations:
        # why
        linkerd.io/inject: enabled
        config.linkerd.io/proxy-cpu-request: "100m"
    spec:
      containers:
      - name: main
        args: ["--a", "b"]
"""
# What changes the meaning of lines around it without a trace in them.
ODD = [
    "  x: &a b",
    "  *a : b",
    "  <<: *a",
    '  y: "',
    "  z: '",
    "  |",
    "spec: {",
    "kind: Service",
    '"kind": Service',
    "  annotations: none",
    "  labels:",
    "          goes on",
    "    linkerd.io/inject: on",
    "    config.linkerd.io/proxy-enable-native-sidecar: yes",
    "  # a comment",
    "",
    "...",
    "---",
    "---\t",
    "--- # here",
    "    linkerd-autofix.io/ignore: '*'",
    '    "linkerd.\\x69o/inject": on',
    "    native-proxy-SIDECAR: x",
    "?",
    "\t",
]


def is_passed_over(one: Checked, finding: Finding) -> bool:
    """Tell what is not looked for where Linkerd is not named: malformed metadata, near misses in capitals."""
    in_capitals = finding.code == "AFX107" and "SIDECAR" in str(finding.key)
    return (finding.code == "AFX001" or in_capitals) and "linkerd" not in repr(one.document.value)


def found(checked: Sequence[CheckedFile]) -> Iterator[tuple[Checked, Finding]]:
    return ((one, finding) for file in checked for one in file.checked for finding in one.result.findings)


def said(checked: Sequence[CheckedFile]) -> list[tuple[int, str, str]]:
    return sorted(
        (one.document.line, finding.code, finding.message)
        for one, finding in found(checked)
        if not is_passed_over(one, finding)
    )


def same_in_parts(text: str) -> bool:
    """Compare a file in parts with the whole; tell whether it was read in parts at all."""
    data = text.encode()
    parts = read_parts(data, "f.yaml", HARMLESS)
    try:
        whole = read_file(data, "f.yaml")
    except SourceError:
        return False
    if not parts or whole.is_plain:
        return False
    in_whole, in_parts = check_files([whole], CHOSEN), check_files(parts, CHOSEN)
    assert said(in_parts) == said(in_whole)
    if not in_whole[0].problem:
        assert [*FORMATS["diff"](Report(in_parts))] == [*FORMATS["diff"](Report(in_whole))]
        if not any(is_passed_over(*one) for one in found(in_whole)):
            assert [*FORMATS["text"](Report(in_parts))] == [*FORMATS["text"](Report(in_whole))]
    return True


@settings(max_examples=300, deadline=None)
@given(st.lists(objects(), min_size=1, max_size=6), st.booleans())
def test_objects_say_the_same_in_parts(documents, flow):
    same_in_parts("---\n".join(yaml.safe_dump(one, default_flow_style=flow or None) for one in documents))


@settings(max_examples=600, deadline=None)
@given(
    st.lists(st.sampled_from([DEPLOYMENT, RIGHT, WRONG, FAR.removeprefix("---\n")]), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(ODD), st.booleans()), max_size=3),
    st.integers(0, 3),
)
@example([DEPLOYMENT], [(12, "          goes on", False)], 0)
@example([DEPLOYMENT], [(12, "", False), (13, "          goes on", False)], 0)
@example([RIGHT, WRONG], [(0, "    linkerd-autofix.io/ignore: '*'", False)], 0)
def test_odd_lines_change_nothing(documents, changes, indent):
    lines = "---\n".join(documents).split("\n")
    for place, line, instead in changes:
        at = place % len(lines)
        lines[at : at + instead] = [" " * indent * (line[:1] == " ") + line]
    same_in_parts("\n".join(lines))


def test_what_is_plainly_right_is_passed_over():
    assert HARMLESS(DEPLOYMENT.encode())
    assert HARMLESS(RIGHT.encode())
    assert same_in_parts(DEPLOYMENT)
    assert read_parts(DEPLOYMENT.encode(), "f.yaml", HARMLESS)[0].documents == ()


@pytest.mark.parametrize(
    "text",
    [
        WRONG,
        POD.format("linkerd.io/inject: enabled\n      now"),
        POD.format("linkerd.io/inject: true"),
        POD.format("config.linkerd.io/proxy-await: yes"),
        POD.format("config.linkerd.io/unheard-of: x"),
        POD.format('config.alpha.linkerd.io/proxy-wait-before-exit-seconds: "5"'),
        POD.format('config.alpha.linkerd.io/proxy-enable-native-sidecar: "true"'),
        POD.format("linkerd.io/inject: enabled\n    linkerd-autofix.io/ignore: ALL"),
        RIGHT.replace("annotations", "labels"),
        RIGHT.replace("Pod", "Rollout"),
        RIGHT.replace("Pod", "List"),
        DEPLOYMENT.replace("    team: core", "    linkerd.io/inject: enabled"),
        DEPLOYMENT.replace("replicas: 3", "replicas: &r 3"),
        DEPLOYMENT.replace("replicas: 3", 'replicas: "'),
        DEPLOYMENT.replace("  replicas", "    |\n  replicas"),
        f"{RIGHT}  labels:\tfoo\n",
        f"{RIGHT}  labels:\r\n    foo\r\n",
        f"{RIGHT}  labels:\n    http://x\n",
        f'{RIGHT}  "labels": foo\n',
        f"{RIGHT}  labels : foo\n",
        f"{RIGHT}    NATIVE-PROXY-SIDECAR: x\n",
        f"{RIGHT}  a: [\n",
    ],
)
def test_what_may_matter_is_not_passed_over(text):
    assert not HARMLESS(text.encode())


def test_a_long_document_is_judged_in_one_go():
    # Were every comment looked at from every other, this would take minutes.
    text = RIGHT + "# spec:\n" * 200_000 + "spec:\n  a: b\n"
    assert HARMLESS(text.encode())


@pytest.mark.parametrize("between", ["", FAR, "---\na: 1\n"])
def test_a_file_in_parts_is_rewritten_as_a_whole(tmp_path, between):
    data = f"{FAR}---\n{WRONG}{between}---\n{RIGHT}{FAR}---\n{WRONG}".encode()
    path = tmp_path / "f.yaml"
    path.write_bytes(data)
    checked = check_files(read_parts(data, str(path), HARMLESS), CHOSEN)
    before, after = rewritten([(one.file, one.text) for one in checked])
    [whole] = check_files([read_file(data, str(path))], CHOSEN)
    assert before == data
    assert after == whole.text.encode()
    assert [one.documents for one in (reread(one.file, one.text) for one in checked)]
    lines = [text.decode().splitlines() for text in (before, after)]
    wanted = difflib.unified_diff(*lines, str(path), str(path), lineterm="")
    assert [*FORMATS["diff"](Report(checked))] == [*wanted]


def test_a_file_that_has_changed_is_not_rewritten(tmp_path):
    data = f"{FAR}---\n{WRONG}".encode()
    path = tmp_path / "f.yaml"
    [one] = check_files(read_parts(data, str(path), HARMLESS), CHOSEN)
    path.write_bytes(data.replace(b"true", b"True"))
    with pytest.raises(SourceError, match="has changed since it was read"):
        rewritten([(one.file, one.text)])
    path.unlink()
    with pytest.raises(SourceError, match="nothing was written"):
        rewritten([(one.file, one.text)])


def test_a_document_is_bounded_by_its_markers():
    data = b"a\n---- no\n--- x\nb\n---\nc"
    assert [data[slice(*bounds(data, data.index(name)))] for name in (b"a", b"b", b"c")] == [
        b"a\n---- no\n",
        b"--- x\nb\n",
        b"---\nc",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{" + '"a": "linkerd.io"}', "f.json"),
        (WRONG.replace("\n", "\r"), "f.yaml"),
        (f"\ufeff{WRONG}", "f.yaml"),
        (f"# a\u2028---\n{WRONG}", "f.yaml"),
        (f"a: {{{{ .x }}}}\n---\n{WRONG}", "f.yaml"),
        (WRONG, "f.tpl"),
        (f"{WRONG}---\nlinkerd.io/inject: [\n", "f.yaml"),
    ],
    ids=["JSON", "lone CR", "mark", "line separator", "template", "plain text", "no YAML"],
)
def test_some_files_are_read_as_a_whole(text, name):
    assert read_parts(text.encode(), name, HARMLESS) == []
