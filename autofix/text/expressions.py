"""Values that only a program knows: variables, and the actions of templates.

The engine examines a document twice, as if each such value were "true" and then "false". What it would do
both times is the fix, and the value stays as it is written.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Final

from autofix.engine.api import Result, by_hand
from autofix.kubernetes.pointer import Path, get, parts_of, replaced
from autofix.kubernetes.scalars import Expression, PrintedExpression
from autofix.linkerd.annotations import as_text
from autofix.linkerd.keys import is_linkerd_key, is_native_like
from autofix.linkerd.release import wait_before_exit_key
from autofix.readers.holes import has_holes

UNKNOWN_VALUE: Final = "the right key depends on a value that only a program knows; change it by hand"


def is_expression(value: object) -> bool:
    """Tell whether a program fills in a value, or a part of it.

    Args:
        value: a value as the file has it.
    """
    return isinstance(value, str) and has_holes(value)


def expression_paths(value: object) -> frozenset[Path]:
    """Find the values of Linkerd's annotations that only a program knows.

    Args:
        value: a document.

    Returns:
        The paths of the values.
    """
    paths: set[Path] = set()
    stack: list[tuple[Path, object]] = [((), value)]
    while stack:
        path, node = stack.pop()
        children: Iterable[tuple[str | int, object]] = ()
        if isinstance(node, dict):
            children = node.items()
        elif isinstance(node, list):
            children = enumerate(node)
        for key, child in children:
            if isinstance(child, dict | list):
                stack.append(((*path, key), child))
            elif isinstance(key, str) and is_linkerd_key(key) and is_expression(child):
                paths.add((*path, key))
    return frozenset(paths)


def with_intent(
    value: object, paths: Iterable[Path], printed: Container[Path] = (), *, intent: bool
) -> object:
    """Put an intent in the place of values that only a program knows.

    Args:
        value: a document.
        paths: the paths of such values.
        printed: those that a template prints without quotes.
        intent: what stands for the value of a native-sidecar key.

    Returns:
        A copy; it shares with ``value`` what is not on the way to such a value.
    """
    fresh: set[int] = set()
    for path in paths:
        key = str(path[-1])
        text = str(get(value, path))
        if is_native_like(key):
            text = as_text(intent)
        elif key == wait_before_exit_key():
            text = "1"
        kind = PrintedExpression if path in printed else Expression
        value = replaced(value, path, kind(text), fresh)
    return value


def without_intent(value: object, results: Sequence[Result], paths: frozenset[Path]) -> Result:
    """Join what the engine says of a document for each intent, and put the written values back.

    Args:
        value: the document as it is written.
        results: what the engine says of it with the one intent, and with the other.
        paths: the paths of the values that only a program knows.

    Returns:
        The result for both; without its fixes if they differ.
    """
    first, second = results
    if [_place(operation) for operation in first.operations] != [
        _place(operation) for operation in second.operations
    ]:
        return by_hand(first, value, UNKNOWN_VALUE)
    removed = _removed(first.operations, value, paths)
    operations = [_as_written(operation, removed, value) for operation in first.operations]
    if any(_holds_expression(operation.get("value")) for operation in operations):
        return by_hand(first, value, UNKNOWN_VALUE)
    patched, fresh = first.object, set[int]()
    for operation in operations:
        if operation["op"] != "remove":
            place = typed_path(operation["path"], patched)
            patched = replaced(patched, place, operation["value"], fresh)
    for path in paths:
        if get(patched, path) is not None:
            patched = replaced(patched, path, get(value, path), fresh)
    return first._replace(operations=tuple(operations), object=patched)


def typed_path(written: str, value: object) -> Path:
    """Read a JSON Pointer as a path whose indices of lists are numbers.

    Args:
        written: the pointer.
        value: the document that it points into.
    """
    path: list[str | int] = []
    for part in parts_of(written):
        path.append(int(part) if isinstance(value, list) and part.isdecimal() else part)
        value = get(value, (path[-1],))
    return tuple(path)


def _holds_expression(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_expression, value.values()))
    return isinstance(value, Expression)


def _place(operation: Mapping[str, Any]) -> tuple[str, str]:
    return operation["op"], operation["path"]


def _removed(
    patch: Sequence[Mapping[str, Any]], value: object, paths: frozenset[Path]
) -> dict[Path, list[Path]]:
    """Collect the keys that a patch removes and only a program knows the value of, by their mapping."""
    removed: dict[Path, list[Path]] = {}
    for operation in patch:
        if operation["op"] == "remove" and (path := typed_path(operation["path"], value)) in paths:
            removed.setdefault(path[:-1], []).append(path)
    return removed


def _as_written(
    operation: Mapping[str, Any], removed: Mapping[Path, Sequence[Path]], value: object
) -> dict[str, Any]:
    """Give a new key the written value of the key that it replaces."""
    if operation["op"] == "remove" or not isinstance(operation["value"], str):
        return dict(operation)
    replaced_keys = removed.get(typed_path(operation["path"], value)[:-1], ())
    if len(replaced_keys) != 1:
        return dict(operation)
    return {**operation, "value": get(value, replaced_keys[0])}
