"""A file that is read in parts gives the findings of the whole file: what is passed over holds none."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import objects

import autofix
from autofix.readers.plain.key_search import find_keys
from autofix.report import FORMATS, Report
from autofix.rules.finding import Finding
from autofix.text.check import CheckedFile, check_files
from autofix.text.checked_document import CheckedDocument
from autofix.text.document import SourceError
from autofix.text.file import TextFile, read_file, reread, whole_file
from autofix.text.prefilter import may_concern_linkerd, may_hold_key, read_relevant_parts, split_stream
from autofix.text.prefilter.documents import document_span
from autofix.text.prefilter.harmless import is_harmless

OPTIONS = autofix.options(release="2.17")
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
# Lines that change the meaning of the lines around them without a trace there.
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


def read_parts(text: str, source: str = "f.yaml") -> list[TextFile]:
    return read_relevant_parts(text.encode(), source, OPTIONS)


def is_passed_over(document: CheckedDocument, finding: Finding) -> bool:
    """Tell what nobody looks for without Linkerd's name: malformed metadata, and near misses in capitals."""
    in_capitals = finding.code == "AFX107" and "SIDECAR" in str(finding.key)
    return (finding.code == "AFX001" or in_capitals) and "linkerd" not in repr(document.document.value)


def findings(checked: Sequence[CheckedFile]) -> Iterator[tuple[CheckedDocument, Finding]]:
    return (
        (document, finding)
        for file in checked
        for document in file.checked
        for finding in document.result.findings
    )


def messages(checked: Sequence[CheckedFile]) -> list[tuple[int, str, str]]:
    return sorted(
        (document.document.line, finding.code, finding.message)
        for document, finding in findings(checked)
        if not is_passed_over(document, finding)
    )


def same_in_parts(text: str) -> bool:
    """Compare a file in parts with the whole; tell whether it was read in parts at all."""
    parts = read_parts(text)
    try:
        whole = read_file(text.encode(), "f.yaml")
    except SourceError:
        return False
    if not parts or not whole.has_documents:
        return False
    in_whole, in_parts = check_files([whole], OPTIONS), check_files(parts, OPTIONS)
    assert messages(in_parts) == messages(in_whole)
    if not in_whole[0].problem:
        assert [*FORMATS["diff"](Report(in_parts))] == [*FORMATS["diff"](Report(in_whole))]
        if not any(is_passed_over(*finding) for finding in findings(in_whole)):
            assert [*FORMATS["text"](Report(in_parts))] == [*FORMATS["text"](Report(in_whole))]
    return True


@settings(max_examples=300)
@given(st.lists(objects(), min_size=1, max_size=6), st.booleans())
def test_objects_say_the_same_in_parts(documents: list[dict[str, Any]], flow: bool) -> None:
    texts = [yaml.safe_dump(document, default_flow_style=flow or None) for document in documents]
    same_in_parts("---\n".join(texts))


@settings(max_examples=300)
@given(objects())
@example(yaml.safe_load(WRONG))
@example({"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": {"native-proxy-sidecar": "yes"}}})
def test_a_file_without_the_words_has_no_findings(document: dict[str, Any]) -> None:
    text = yaml.safe_dump(document)
    if not may_concern_linkerd(text.encode()):
        try:
            file = read_file(text.encode(), "f.yaml")
        except SourceError:
            return
        assert messages(check_files([file], OPTIONS)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_with_a_word_is_read_in_every_encoding(encoding: str) -> None:
    assert may_concern_linkerd(WRONG.encode(encoding))
    assert may_concern_linkerd(POD.format("native-sidecar: x").encode(encoding))
    assert not may_concern_linkerd(b"a: 1\n")


KEY_PIECES = [
    "linkerd",
    "config.",
    "io/",
    ".",
    "\\",
    "~1",
    "/",
    "proxy-",
    "native-sidecar",
    "-",
    " ",
    ":",
    "x",
]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(KEY_PIECES), max_size=12).map("".join))
@example("config.linkerd.io/proxy-native-sidecar: x")
@example("config\\.linkerd\\.io/proxy-native-sidecar=x")
def test_a_text_without_the_word_holds_no_key(text: str) -> None:
    assert may_hold_key(text) or not list(find_keys(text))


@given(
    st.lists(
        st.sampled_from(["a: b\n", "---\n", "--- c\n", "----\n", " ---\n", "---\r\n", "---"]), max_size=9
    )
)
def test_a_stream_is_cut_before_its_markers_and_nowhere_else(pieces: list[str]) -> None:
    lines = "".join(pieces).encode().splitlines(keepends=True)
    chunks = list(split_stream(iter(lines)))
    assert b"".join(chunk for _, chunk in chunks) == b"".join(lines)
    markers = [
        number for number, line in enumerate(lines, 1) if line.split()[0] == b"---" and line[:1] == b"-"
    ]
    assert [number for number, _ in chunks] == sorted({*markers, *([1] if lines else [])})


@settings(max_examples=600)
@given(
    st.lists(st.sampled_from([DEPLOYMENT, RIGHT, WRONG, FAR.removeprefix("---\n")]), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(ODD), st.booleans()), max_size=3),
    st.integers(0, 3),
)
@example([DEPLOYMENT], [(12, "          goes on", False)], 0)
@example([DEPLOYMENT], [(12, "", False), (13, "          goes on", False)], 0)
@example([RIGHT, WRONG], [(0, "    linkerd-autofix.io/ignore: '*'", False)], 0)
def test_odd_lines_change_nothing(
    documents: list[str], changes: list[tuple[int, str, bool]], indent: int
) -> None:
    lines = "---\n".join(documents).split("\n")
    for position, line, instead in changes:
        number = position % len(lines)
        lines[number : number + instead] = [" " * indent * (line[:1] == " ") + line]
    same_in_parts("\n".join(lines))


def test_what_is_plainly_right_is_passed_over() -> None:
    assert is_harmless(DEPLOYMENT.encode(), OPTIONS)
    assert is_harmless(RIGHT.encode(), OPTIONS)
    assert same_in_parts(DEPLOYMENT)
    assert read_parts(DEPLOYMENT)[0].documents == ()


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
        f"{RIGHT}    # config.alpha.linkerd.io/proxy-wait-before-exit-seconds: 5\n",
        f"{RIGHT}    # no native sidecar yet\n",
        f"{RIGHT}    # autofix: ignore\n",
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
def test_what_may_matter_is_not_passed_over(text: str) -> None:
    assert not is_harmless(text.encode(), OPTIONS)


def test_a_wait_in_a_comment_counts_for_the_fragments_of_its_file() -> None:
    # The anchor makes YAML's parser read the file, so that nobody knows where its documents end.
    wait = f"{RIGHT}    # config.alpha.linkerd.io/proxy-wait-before-exit-seconds: 5\n"
    values = 'a: &a 1\npodAnnotations:\n  config.linkerd.io/proxy-native-sidecar: "true"\n'
    assert same_in_parts(f"{wait}---\n{values}")
    [checked] = check_files(read_parts(f"{wait}---\n{values}"), OPTIONS)
    assert checked.text == checked.file.text


def test_a_long_document_is_judged_in_one_go() -> None:
    # A quadratic search through the comments takes minutes here.
    text = RIGHT + "# spec:\n" * 200_000 + "spec:\n  a: b\n"
    assert is_harmless(text.encode(), OPTIONS)


@pytest.mark.parametrize("between", ["", FAR, "---\na: 1\n"])
def test_a_file_in_parts_is_rewritten_as_a_whole(tmp_path: Path, between: str) -> None:
    text = f"{FAR}---\n{WRONG}{between}---\n{RIGHT}{FAR}---\n{WRONG}"
    path = tmp_path / "f.yaml"
    path.write_bytes(text.encode())
    checked = check_files(read_parts(text, str(path)), OPTIONS)
    before, after = whole_file([(part.file, part.text) for part in checked])
    [whole] = check_files([read_file(text.encode(), str(path))], OPTIONS)
    assert before == text.encode()
    assert after == whole.text.encode()
    lines_of_parts = [
        document.line for part in checked for document in reread(part.file, part.text).documents
    ]
    lines_of_whole = [document.line for document in read_file(after, str(path)).documents]
    assert lines_of_parts
    assert set(lines_of_parts) <= set(lines_of_whole)
    old, new = (data.decode().splitlines() for data in (before, after))
    diff = difflib.unified_diff(old, new, str(path), str(path), lineterm="")
    assert [*FORMATS["diff"](Report(checked))] == [*diff]


def test_a_file_that_has_changed_is_not_rewritten(tmp_path: Path) -> None:
    text = f"{FAR}---\n{WRONG}"
    path = tmp_path / "f.yaml"
    [part] = check_files(read_parts(text, str(path)), OPTIONS)
    path.write_text(text.replace("true", "True"))
    with pytest.raises(SourceError, match="has changed since it was read"):
        whole_file([(part.file, part.text)])
    path.unlink()
    with pytest.raises(SourceError, match="nothing was written"):
        whole_file([(part.file, part.text)])


def test_a_document_reaches_from_its_marker_to_the_next() -> None:
    data = b"a\n---- no\n--- x\nb\n---\nc"
    assert [data[slice(*document_span(data, data.index(name)))] for name in (b"a", b"b", b"c")] == [
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
def test_some_files_are_read_as_a_whole(text: str, name: str) -> None:
    assert read_parts(text, name) == []
