"""Operations of JSON patches (RFC 6902) that set or remove annotations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from autofix.kubernetes.pointer import Path
from autofix.linkerd.keys import is_linkerd_key
from autofix.readers.model import JSON_POINTER, NOT_SET, NOT_UNDERSTOOD, Delivery, Fragment, Setting, Target
from autofix.readers.names import is_annotations, is_labels
from autofix.text.inner.decode import Decoded, decode
from autofix.text.inner.settings import escapes_in, of_linkerd, string_of, with_value
from autofix.text.inner.targets import target_of_path
from autofix.text.inner.walk import Step, value_of
from autofix.text.yaml import Node, resolved

BARE_SLASH: Final = "a JSON patch divides the path at each slash; write the slash of the key as ~1"
_SETTING: Final = frozenset({"add", "replace"})


class _Operation(NamedTuple):
    """What an operation does to one parent.

    Attributes:
        parent: the path to the mapping of annotations.
        settings: the keys there.
        is_asked: whether the operation only asks for the keys, or takes their values from elsewhere.
        reason: why nothing there may be edited.
    """

    parent: Path
    settings: tuple[Setting, ...]
    is_asked: bool
    reason: str


def is_operation(node: Node) -> bool:
    """Tell whether a node is an operation of a JSON patch."""
    return bool(string_of(value_of(node, "op")) and string_of(value_of(node, "path")))


def patch_fragments(step: Step, operations: Sequence[Node], text: str) -> Iterator[Fragment]:
    """Read the operations of one patch.

    Args:
        step: the patch.
        operations: its operations, in order.
        text: the text that spans count in.

    Yields:
        A fragment for each mapping of annotations that the patch changes.
    """
    by_parent: dict[tuple[Path, bool], list[_Operation]] = {}
    for node in operations:
        for operation in _read(node, text):
            by_parent.setdefault((operation.parent, operation.is_asked), []).append(operation)
    yield from of_linkerd(
        _fragment(step, parent, is_asked, group, by_parent.get((parent, True), []))
        for (parent, is_asked), group in by_parent.items()
    )


def _fragment(
    step: Step, parent: Path, is_asked: bool, group: list[_Operation], asked: list[_Operation]
) -> Fragment:
    settings = tuple(setting for operation in group for setting in operation.settings)
    asked_keys = {setting.key for operation in asked for setting in operation.settings}
    reason = next((operation.reason for operation in group if operation.reason), "")
    if is_asked or any(setting.key in asked_keys for setting in settings):
        reason = NOT_SET
    # Between the names there may be positions in lists.
    parts = [str(part) for part in parent if not str(part).isdecimal()]
    target = target_of_path(parts, step.around.kind)
    if target is Target.UNKNOWN and not _is_mapping_of_keys(str(parent[-1]) if parent else ""):
        reason = reason or NOT_UNDERSTOOD
    kind = "" if "|" in step.around.kind else step.around.kind
    around = step.around
    return Fragment(target, settings, around.home, around.name, kind, reason=reason)


def _is_mapping_of_keys(name: str) -> bool:
    return is_annotations(name) or is_labels(name)


def _read(node: Node, text: str) -> Iterator[_Operation]:
    name, path, source = (value_of(node, part) for part in ("op", "path", "from"))
    kind = string_of(name)
    if path is None:
        return
    if kind in _SETTING:
        # A value in another place, such as behind an alias, is not edited here.
        entry = node.entry("value")
        yield from _at_path(path, text, entry[1] if entry else None)
    elif kind == "remove":
        yield from _at_path(path, text, is_set=False)
    elif kind in ("test", "copy", "move"):
        # They fail, or do something else, where the key has another name; so a new name is for a person.
        for pointer in filter(None, (path, source)):
            yield from _at_path(pointer, text, is_set=False, is_asked=True)


def _at_path(
    path: Node, text: str, value: Node | None = None, *, is_set: bool = True, is_asked: bool = False
) -> Iterator[_Operation]:
    """Read the key that a path ends with."""
    decoded = decode(path, text)
    if not decoded.is_exact or "/" not in decoded.text:
        return
    *_, last = decoded.text.split("/")
    parts = _parts(decoded.text)
    start, reason = len(decoded.text) - len(last), ""
    key, parent = parts[-1], parts[:-1]
    if parent and "/" not in f"{parent[-1]}{key}" and is_linkerd_key(f"{parent[-1]}/{key}"):
        # Two steps of the path are one key whose slash is not escaped.
        reason, key = BARE_SLASH, f"{parent[-1]}/{key}"
        start -= len(parent.pop()) + 1
    if not (is_linkerd_key(key) or (parent and _is_mapping_of_keys(parent[-1]))) or not last:
        return
    setting = _setting(decoded, start, key, path.style)
    setting = with_value(setting, value, text) if is_set else setting._replace(is_set=False)
    yield _Operation(tuple(parent), (setting,), is_asked, reason)


def _setting(path: Decoded, start: int, key: str, style: str) -> Setting:
    span = path.span(start, len(path.text))
    return Setting(key, span, delivery=Delivery.WRITTEN, escapes=escapes_in(style, JSON_POINTER))


def _parts(path: str) -> list[str]:
    """Read a JSON Pointer (RFC 6901)."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def operations_in(step: Step) -> list[Node]:
    """Find the operations of a patch: the items of a list, or one mapping that stands alone."""
    node = step.node
    if node.is_mapping:
        return [node] if not step.is_item and is_operation(node) else []
    return [item for item in map(resolved, node.items) if item.is_mapping and is_operation(item)]
