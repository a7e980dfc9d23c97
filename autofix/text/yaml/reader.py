"""YAML texts as documents, read as kubectl reads them.

PyYAML only cuts the text into events. What they mean follows go.yaml.in/yaml/v2 v2.4.2 (decode.go) and
sigs.k8s.io/yaml v1.6.0 (yaml.go), and was checked against both: a ``<<`` overwrites what stands above it in
its mapping, the last of equal keys wins, a scalar with an unknown tag keeps its text. Where Kubernetes
refuses a value that has an obvious reading (a null key, an infinite number), this module reads it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from typing import Any, Final

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from autofix.kubernetes.scalars import Scalar, as_written, key_text, resolve
from autofix.text.document import Document, SourceError
from autofix.text.yaml.parsing import parsable, parse

# Deeper than any object that an API server takes, and low enough for recursive code downstream.
DEEPEST: Final = 1000
# Aliases may repeat this many values in a whole file, and as many more as the file itself could hold. All
# later code works on each repeated value again, so a few bytes would cost as much as megabytes.
_MOST_ALIASED: Final = 20_000
_SMALLEST_VALUE: Final = 4
# A long text that is repeated counts more than a short text, because writing it again takes more memory.
_SIZE_UNIT: Final = 64
_LONGEST_SHOWN: Final = 30
_TAGS: Final = "tag:yaml.org,2002:"
_MERGE: Final = "<<"
# Events that stand inside a document; the tuple is made once, because there are many events.
_INSIDE: Final = (NodeEvent, CollectionEndEvent)
_INT64: Final = range(-(2**63), 2**63)
_TEMPLATE: Final = "it looks like a Helm or Go template: render it first (helm template)"


def read_yaml(text: str, source: str) -> list[Document]:
    """Read the documents of a YAML text.

    Args:
        text: the whole file.
        source: the file's name for messages.

    Returns:
        The documents in their order, without those that are empty or only null; kubectl ignores these, too.

    Raises:
        SourceError: when one of the documents is not YAML, has a collection as a key, is nested more than
            1000 deep or refers to itself, or when aliases repeat many more values than the text holds.
    """
    text = parsable(text).text
    may_repeat = _most_aliased(text)
    try:
        return parse(text, lambda events: list(_documents(events, source, may_repeat)))
    except _RefusedError as refused:
        error = refused
    except yaml.reader.ReaderError as unreadable:
        error = _unreadable(text, unreadable.character)
    except UnicodeEncodeError as unreadable:
        error = _unreadable(text, ord(text[unreadable.start]))
    except yaml.MarkedYAMLError as malformed:
        error = _malformed(malformed)
    advice = _TEMPLATE if "{{" in text else error.advice
    raise SourceError(source, f"{error}; {advice}", error.line, error.column)


def _most_aliased(text: str) -> int:
    return _MOST_ALIASED + len(text) // _SMALLEST_VALUE


class _RefusedError(Exception):
    """Why a text is not read; the advice may still change."""

    def __init__(self, reason: str, line: int | None, column: int | None, advice: str) -> None:
        super().__init__(reason)
        self.line = line
        self.column = column
        self.advice = advice


class _Node:
    """A value, and what an alias needs to know about it."""

    __slots__ = ("complete", "size", "value")

    def __init__(self, value: object, size: int = 1, *, complete: bool = True) -> None:
        self.value = value
        self.size = size
        self.complete = complete


class _Collection(_Node):
    """A mapping or sequence whose end has not come yet."""

    __slots__ = ("key", "merges", "wants_key")

    def __init__(self, value: object, *, wants_key: bool = False) -> None:
        super().__init__(value, complete=False)
        self.wants_key = wants_key
        self.key = ""
        self.merges = False


class _Builder:
    """One document while its events come in."""

    __slots__ = ("anchors", "line", "may_repeat", "open", "root")

    def __init__(self, may_repeat: int) -> None:
        self.line = 0
        self.root: object = None
        self.may_repeat = may_repeat
        self.open: list[_Collection] = []
        self.anchors: dict[str, _Node] = {}

    def take(self, event: Any) -> None:
        """Take the next event of the document.

        Raises:
            _RefusedError: when the document cannot be read from here on.
        """
        self.line = self.line or event.start_mark.line + 1
        if isinstance(event, ScalarEvent):
            self._scalar(event)
        elif isinstance(event, MappingStartEvent):
            self._begin(_Collection({}, wants_key=True), event)
        elif isinstance(event, SequenceStartEvent):
            self._begin(_Collection([]), event)
        elif isinstance(event, AliasEvent):
            self._alias(event)
        else:
            collection = self.open.pop()
            collection.complete = True
            self._add(collection, event)

    def _scalar(self, event: Any) -> None:
        node = _Node(scalar_of(event), size=1 + len(event.value) // _SIZE_UNIT)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        parent = self.open[-1] if self.open else None
        if parent is not None and parent.wants_key and is_merge(event):
            parent.wants_key, parent.merges = False, True
        else:
            self._add(node, event)

    def _begin(self, collection: _Collection, event: Any) -> None:
        if self.open and self.open[-1].wants_key:
            raise _refused("a mapping or a list is used as a key", event, "write the key as a string")
        if len(self.open) == DEEPEST:
            advice = "Kubernetes objects never are; check the file"
            raise _refused(f"nested more than {DEEPEST} deep", event, advice)
        if event.anchor is not None:
            self.anchors[event.anchor] = collection
        self.open.append(collection)

    def _alias(self, event: Any) -> None:
        target = self.anchors.get(event.anchor)
        if target is None:
            raise _refused(f"the alias *{event.anchor} has no anchor above it", event)
        if not target.complete:
            raise _refused(f"the alias *{event.anchor} stands inside its own anchor", event)
        self.may_repeat -= target.size
        if self.may_repeat < 0:
            advice = "write out what it needs, or divide the file"
            raise _refused("aliases repeat too many values up to here", event, advice)
        if self.open and self.open[-1].merges and not isinstance(target.value, dict):
            raise _not_a_mapping(event)
        self._add(target, event)

    def _add(self, node: _Node, event: Any) -> None:
        """Put a complete value where it belongs: under its key, into its list, or at the top."""
        if not self.open:
            self.root = node.value
            return
        parent = self.open[-1]
        parent.size += node.size
        container: Any = parent.value
        if isinstance(container, list):
            container.append(node.value)
        elif parent.wants_key:
            parent.key, parent.wants_key = _key(node.value, event), False
        elif parent.merges:
            _merge(container, node.value, event)
            parent.wants_key, parent.merges = True, False
        else:
            container[parent.key] = node.value
            parent.wants_key = True


def _documents(events: Iterable[Any], source: str, may_repeat: int) -> Iterator[Document]:
    builder = _Builder(may_repeat)
    index = 0
    for event in events:
        if isinstance(event, _INSIDE):
            builder.take(event)
        elif isinstance(event, DocumentEndEvent):
            if builder.root is not None:
                yield Document(source=source, line=builder.line, index=index, value=builder.root)
                index += 1
            builder = _Builder(builder.may_repeat)


def _key(value: object, event: Any) -> str:
    if isinstance(value, dict | list):
        raise _refused("an alias to a mapping or a list is used as a key", event, "write the key as a string")
    return key_text(value)  # type: ignore[arg-type]  # what is no collection is a scalar


def is_merge(event: Any) -> bool:
    """Tell whether a scalar event is the merge key ``<<``.

    Args:
        event: a scalar event of PyYAML.
    """
    return bool(event.value == _MERGE and (event.implicit[0] or event.tag == _TAGS + "merge"))


def _merge(into: dict[str, object], value: object, event: Any) -> None:
    # From the last to the first, because the first of several mappings wins.
    for mapping in reversed(value if isinstance(value, list) else [value]):
        if not isinstance(mapping, dict):
            raise _not_a_mapping(event)
        into.update(mapping)


def scalar_of(event: Any) -> Scalar:
    """Return the value that Kubernetes reads in a scalar event.

    Args:
        event: a scalar event of PyYAML.

    Raises:
        _RefusedError: when the scalar does not fit its tag.
    """
    text: str = event.value
    if event.tag is None:
        return as_written(resolve(text), text) if event.implicit[0] else text
    name = event.tag.removeprefix(_TAGS)
    if name == event.tag or name not in {"null", "bool", "int", "float", "binary"}:
        return text
    try:
        return _tagged(name, text)
    except ValueError:
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
        raise _refused(f"{shown!r} is no !!{name}", event, "correct it or remove the tag") from None


def _tagged(name: str, text: str) -> Scalar:
    """Read a scalar with one of YAML's own tags; ValueError when it is not of that type.

    Source: go.yaml.in/yaml/v2 v2.4.2, resolve.go and decode.go.
    """
    if name == "binary":
        data = base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)
        return data.decode(errors="replace")
    value = resolve(text)
    if name == "float" and type(value) is int and value in _INT64:
        return float(value)
    types = {"null": type(None), "bool": bool, "int": int, "float": float}
    if type(value) is not types[name]:
        raise ValueError
    return value


def _refused(reason: str, event: Any, advice: str = "correct it there") -> _RefusedError:
    return _RefusedError(reason, event.start_mark.line + 1, event.start_mark.column + 1, advice)


def _not_a_mapping(event: Any) -> _RefusedError:
    return _refused("<< takes a mapping, or a list of mappings", event)


def _malformed(error: yaml.MarkedYAMLError) -> _RefusedError:
    mark = error.problem_mark or error.context_mark
    reason = " ".join(part for part in (error.problem, error.context) if part) or "the syntax is wrong"
    if error.context_mark and mark and error.context_mark.line != mark.line:
        reason += f" that starts in line {error.context_mark.line + 1}"
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    return _RefusedError(f"not YAML: {reason}", line, column, "correct it there")


def _unreadable(text: str, character: int | str) -> _RefusedError:
    # The parsers count this position in bytes or in characters; they stop at the first such character.
    code = ord(character) if isinstance(character, str) else character
    before, present, _ = text.partition(chr(code))
    line = before.count("\n") + 1 if present else None
    column = len(before) - before.rfind("\n") if present else None
    reason = f"not YAML: the character U+{code:04X} is not allowed"
    return _RefusedError(reason, line, column, "remove it or write it as an escape in double quotes")
