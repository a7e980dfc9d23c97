"""Turns a JSON Patch into edits of the text that the patched object was read from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from autofix.kubernetes.pointer import parts_of
from autofix.kubernetes.scalars import needs_quotes
from autofix.text.document import NotEditableError
from autofix.text.edit.text_edit import TextEdit
from autofix.text.yaml import Entry, Node, find_entry, find_mapping, resolved

# Such a string needs no quotes, wherever it stands in YAML.
_PLAIN: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./-]*")
_INDENT: Final = "  "
# A key and its anchor and tag stand within 1024 characters (YAML 1.1, section 9.3.3: simple keys).
_LONGEST_PROPERTIES: Final = 2048


class _Change(NamedTuple):
    """What happens to one mapping."""

    removed: list[str]
    added: dict[str, object]
    replaced: dict[str, object]


def plan_edits(text: str, root: Node, patch: Iterable[Mapping[str, Any]]) -> Iterator[TextEdit]:
    """Plan the edits of one document.

    A key that is removed while another is added to the same mapping is renamed where it stands.

    Args:
        text: the whole file.
        root: the document in it.
        patch: RFC 6902 operations ``add``, ``remove`` and ``replace`` on keys of mappings.

    Yields:
        Edits of ``text``.

    Raises:
        NotEditableError: when a place of the patch is not found, or cannot be changed without changing more.
    """
    for path, change in _by_mapping(patch).items():
        mapping = find_mapping(root, path)
        if mapping is None:
            raise NotEditableError(f"/{'/'.join(path)} is not found in the text")
        yield from _change(text, mapping, change)


def _by_mapping(patch: Iterable[Mapping[str, Any]]) -> dict[tuple[str, ...], _Change]:
    changes: dict[tuple[str, ...], _Change] = {}
    for operation in patch:
        *parents, key = parts_of(operation["path"])
        change = changes.setdefault(tuple(parents), _Change([], {}, {}))
        if operation["op"] == "remove":
            change.removed.append(key)
        elif operation["op"] == "add":
            change.added[key] = operation["value"]
        else:
            change.replaced[key] = operation["value"]
    return changes


def _change(text: str, mapping: Node, change: _Change) -> Iterator[TextEdit]:
    removed, added = list(change.removed), dict(change.added)
    for key, value in change.replaced.items():
        yield _value(text, _entry(mapping, key), value)
    for key in list(added):
        if find_entry(mapping, key) is not None:
            # The value is null; for any other value the patch has "replace".
            yield from _fill(text, _entry(mapping, key), added.pop(key))
        elif old := _to_rename(mapping, removed, added[key]):
            removed.remove(old)
            yield from _rename(text, mapping, old, key, added.pop(key))
    removed_entries = [entry for key in removed for entry in _entries(mapping, key)]
    yield from _remove(text, removed_entries)
    if added:
        yield _insert(text, mapping, added, {id(entry.key) for entry in removed_entries})


def _entry(mapping: Node, key: str) -> Entry:
    entry = find_entry(mapping, key)
    if entry is None:
        raise NotEditableError(f"{key} is not found in the text")
    return entry


def _entries(mapping: Node, key: str) -> list[Entry]:
    """Return the entry of a key, behind the entries above it in the same mapping that it overwrites."""
    last = _entry(mapping, key)
    above = last.mapping.overwritten(key)
    return [*(Entry(last.mapping, name, value) for name, value in above), last]


def _to_rename(mapping: Node, removed: list[str], value: object) -> str | None:
    """Choose the removed key to rename: a key that has the value, else the first with any scalar."""
    values = {key: resolved(_entry(mapping, key).value) for key in removed}
    scalars = [
        key for key, node in values.items() if not node.is_mapping and node.style not in ("[", "block")
    ]
    return next((key for key in scalars if values[key].value == value), next(iter(scalars), None))


def _rename(text: str, mapping: Node, old: str, new: str, value: object) -> Iterator[TextEdit]:
    *above, entry = _entries(mapping, old)
    yield from _remove(text, above)
    key = entry.key
    yield TextEdit(key.start, key.end, _scalar(new, key.style))
    if resolved(entry.value).value != value:
        yield from (
            _fill(text, entry, value)
            if entry.value.start == entry.value.end
            else [_value(text, entry, value)]
        )


def _value(text: str, entry: Entry, value: object) -> TextEdit:
    node = entry.value
    if node.is_mapping or node.items or not isinstance(value, str | bool):
        raise NotEditableError(f"the value of {entry.key.key} is no scalar")
    if isinstance(value, bool):
        return TextEdit(node.outer, node.end, node.anchor + ("true" if value else "false"))
    if node.style in ("|", ">"):
        end = node.end
        tail = "".join(char for char in text[node.start : end] if char in "\r\n")
        newline = "\r\n" if tail.endswith("\r\n") else "\n" if tail else ""
        if end == len(text) and not text.endswith(("\r", "\n")):
            newline = ""
        return TextEdit(node.outer, end, node.anchor + _scalar(value, '"') + newline)
    # The tag is removed: it says of which type the value was, and that was the mistake.
    return TextEdit(node.outer, node.end, node.anchor + _scalar(value, node.style))


def _scalar(value: str, style: str) -> str:
    """Write a string in the style of the text that it replaces."""
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    if style == '"' or needs_quotes(value) or not _PLAIN.fullmatch(value):
        return json.dumps(value, ensure_ascii=False)
    return value


def _remove(text: str, entries: list[Entry]) -> Iterator[TextEdit]:
    by_mapping: dict[int, list[Entry]] = {}
    for entry in entries:
        by_mapping.setdefault(id(entry.mapping), []).append(entry)
    for group in by_mapping.values():
        mapping = group[0].mapping
        removed = {id(entry.key) for entry in group}
        if len(removed) == len(mapping.entries):
            first, last = mapping.entries[0][0], mapping.entries[-1][1]
            start, end = _begin(text, first), _end(last)
            if mapping.style == "{":
                yield TextEdit(start, end, "")
            elif (before := _stripped(text, start)) and text[before - 1] == ":":
                # A block scalar ends behind its line break, which stays.
                yield TextEdit(before, _stripped(text, end, "\r\n"), " {}")
            else:
                yield TextEdit(start, end, "{}")
        else:
            yield from _cuts(text, mapping, removed)


def _cuts(text: str, mapping: Node, removed: set[int]) -> Iterator[TextEdit]:
    """Remove entries of a mapping that has others, each with its line, or with the comma beside it."""
    entries = mapping.entries
    numbers = [number for number, (key, _) in enumerate(entries) if id(key) in removed]
    while numbers:
        first = last = numbers.pop(0)
        while numbers and numbers[0] == last + 1:
            last = numbers.pop(0)
        start = _begin(text, entries[first][0])
        line = text.rfind("\n", 0, start) + 1
        if mapping.style == "block" and not text[line:start].strip():
            for key, value in entries[first : last + 1]:
                line = text.rfind("\n", 0, _begin(text, key)) + 1
                yield TextEdit(line, _line_end(text, _end(value)), "")
        elif last + 1 < len(entries):
            end = _begin(text, entries[last + 1][0])
            # A comment between two entries is about the entry below it, which stays.
            comment = _comment_below(text, _end(entries[last][1]), end)
            yield TextEdit(start, end if comment is None else comment, "")
        else:
            yield TextEdit(_end(entries[first - 1][1]), _end(entries[last][1]), "")


def _comment_below(text: str, start: int, end: int) -> int | None:
    """Find the first comment on a line of its own between two positions; None if there is no such comment."""
    comment = re.compile(r"\n[ \t]*#").search(text, start, end)
    return None if comment is None else comment.end() - 1


def _begin(text: str, node: Node) -> int:
    """Return where a node begins; a node with an anchor or a tag is not edited."""
    low = max(0, node.start - _LONGEST_PROPERTIES)
    line = max(low, text.rfind("\n", low, node.start) + 1)
    # The word before the node: its anchors and tags, or what stands before them in a flow mapping.
    joined = text[line : node.start].rsplit(maxsplit=1)[-1:]
    if joined and re.search(r"(?:\A|[{,])[&!].", joined[0]):
        raise NotEditableError("an entry with an anchor or a tag would have to go")
    return node.start


def _end(node: Node) -> int:
    """Return where a value's text ends; a block collection ends with its last entry."""
    while node.style == "block":
        if node.is_mapping and node.entries:
            node = node.entries[-1][1]
        elif node.items:
            node = node.items[-1]
        else:
            break
    return node.end


def _stripped(text: str, end: int, blanks: str = " \t\r\n") -> int:
    """Return the position behind the last character before ``end`` that is no blank, without a copy."""
    while end and text[end - 1] in blanks:
        end -= 1
    return end


def _line_end(text: str, position: int) -> int:
    """Return the position behind the line break that ends the line of a position."""
    if position and text[position - 1] == "\n":
        return position
    line_feed = text.find("\n", position)
    return len(text) if line_feed < 0 else line_feed + 1


def _insert(text: str, mapping: Node, added: Mapping[str, object], removed: set[int]) -> TextEdit:
    """Add entries before the first entry that stays; what follows that entry does not matter then."""
    staying = [key for key, _ in mapping.entries if id(key) not in removed]
    if mapping.style == "{":
        style = staying[0].style if staying else _quotes(text, mapping)
        entries = [f"{_scalar(key, style)}: {_flow(value, style)}" for key, value in added.items()]
        if not mapping.entries:
            return TextEdit(mapping.start + 1, mapping.start + 1, ", ".join(entries))
        if not staying:
            raise NotEditableError("every entry of a mapping would have to be exchanged")
        between = _between(text, staying[0])
        return TextEdit(
            staying[0].start, staying[0].start, "".join(f"{entry},{between}" for entry in entries)
        )
    if not staying:
        raise NotEditableError("every entry of a mapping would have to be exchanged")
    first = staying[0]
    column = first.start - (text.rfind("\n", 0, first.start) + 1)
    indent = " " * column
    newline = _newline(text)
    lines = [line for key, value in added.items() for line in _block(key, value, first.style)]
    return TextEdit(_begin(text, first), first.start, "".join(f"{line}{newline}{indent}" for line in lines))


def _quotes(text: str, mapping: Node) -> str:
    """Choose the quotes of keys in an empty mapping: JSON has them around every key, YAML needs none."""
    return '"' if text.endswith('":', 0, _stripped(text, mapping.start)) else ""


def _between(text: str, key: Node) -> str:
    """Return what separates two entries of a flow mapping: a space, or a line break and indentation."""
    start = text.rfind("\n", 0, key.start) + 1
    lead = text[start : key.start]
    return _newline(text) + lead if start and not lead.strip() else " "


def _newline(text: str) -> str:
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def _block(key: str, value: object, style: str) -> list[str]:
    if isinstance(value, dict):
        inner = [line for name, child in value.items() for line in _block(name, child, style)]
        return [f"{_scalar(key, style)}:", *(_INDENT + line for line in inner)]
    return [f"{_scalar(key, style)}: {_scalar(str(value), '')}"]


def _flow(value: object, style: str) -> str:
    if isinstance(value, dict):
        inner = ", ".join(f"{_scalar(key, style)}: {_flow(child, style)}" for key, child in value.items())
        return f"{{{inner}}}"
    return _scalar(str(value), style)


def _fill(text: str, entry: Entry, value: object) -> Iterator[TextEdit]:
    """Give a value to a key that has none."""
    node = entry.value
    if node.target is not None or node.is_mapping:
        raise NotEditableError(f"the value of {entry.key.key} cannot be filled in")
    flow = _flow(value, '"' if entry.key.style == '"' else "")
    if node.end > node.start:
        yield TextEdit(node.start, node.end, flow)
        return
    colon = text.index(":", entry.key.end) + 1
    yield TextEdit(colon, colon, f" {flow}")
