"""YAML at its edges is read as kubectl reads it, and what stands in it is found where it stands."""

from __future__ import annotations

import pytest
from kubectl_texts import READ, REFUSED

from autofix.text.document import SourceError
from autofix.text.file import read_bytes
from autofix.text.yaml import Node, lay_out, read_by_lines, resolved
from autofix.text.yaml.layout import yaml_layout
from autofix.text.yaml.parsing import parsable
from autofix.text.yaml.reader import read_yaml


def annotations_of(value: object) -> object:
    assert isinstance(value, dict)
    return value["metadata"]["annotations"]


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
@pytest.mark.usefixtures("loader")
def test_it_is_read_as_kubectl_reads_it(text: str, expected: list[dict[str, str]]) -> None:
    assert [annotations_of(document.value) for document in read_yaml(text, "f")] == expected


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
@pytest.mark.usefixtures("loader")
def test_what_kubectl_refuses_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match=r"^f:\d+:\d+: "):
        read_bytes(text.encode(), "f")


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_the_line_reader_leaves_it_alone_or_reads_the_same(text: str, expected: list[dict[str, str]]) -> None:
    documents = read_by_lines(text, "f")
    assert documents is None or [annotations_of(document.value) for document in documents] == expected


def scalars(root: Node) -> list[Node]:
    nodes, stack = [], [root]
    while stack:
        node = resolved(stack.pop())
        nodes += [] if node.is_mapping or node.items or node.style == "[" else [node]
        stack += [part for entry in node.entries for part in entry]
        stack += node.items
    return nodes


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
@pytest.mark.usefixtures("loader")
def test_each_value_stands_where_the_layout_says(text: str, expected: list[dict[str, str]]) -> None:
    roots = yaml_layout(text)
    assert len(roots) == len(expected)
    for node in (node for root in roots for node in scalars(root)):
        written = text[node.start : node.end]
        assert node.end <= len(text)
        if node.style in ("|", ">", '"', "'"):
            assert written.startswith(node.style)
            assert node.style in "|>" or written.endswith(node.style)
        else:
            assert written == node.value


def test_a_document_keeps_its_line_and_its_layout_behind_a_mark() -> None:
    text = "a: 1\n---#c\n\ufeffb: 2\nc: x\n"
    documents = read_yaml(text, "f")
    assert [(document.line, document.value) for document in documents] == [
        (1, {"a": 1}),
        (3, {"b": 2, "c": "x"}),
    ]
    root = lay_out(text, documents)[1]
    assert [text[key.start : value.end] for key, value in root.entries] == ["b: 2", "c: x"]


@pytest.mark.parametrize(
    "text", ["---#c\na: 1\n", "---\n\ufeffa: 1\nb: 2\n", "--- # c\n---#d\n\ufeffa: 1\nb: 2\n"]
)
def test_the_first_marker_is_as_good_as_the_others(text: str) -> None:
    """kubectl refuses these, or takes the mark for a part of the key; the author means the same."""
    [document] = read_yaml(text, "f")
    assert isinstance(document.value, dict)
    assert document.value["a"] == 1


@pytest.mark.parametrize(
    "text", ["", "a", "\ufeff", "\ufeffa\n---#c\n\ufeffb\n", "---\n\ufeff", "---\u00a0", "---#\r\n\ufeff"]
)
def test_each_position_has_its_origin(text: str) -> None:
    made = parsable(text)
    origins = [made.origin(position) for position in range(len(made.text))]
    assert origins == sorted(origins)
    for position, origin in enumerate(origins):
        if origin < len(text) and not made.text[position].isspace():
            assert text[origin] == made.text[position]
    assert made.text.count("\n") - text.count("\n") == (not text.endswith("\n"))


def test_other_documents_do_not_cost_more() -> None:
    """A text without anything special is handed on as it is."""
    text = "a: 1\n---\nb: 2\n--- # c\nc: 3\n"
    assert parsable(text).text == text
    assert parsable(text).gaps == ()
