"""Keys inside strings of YAML that is no Kubernetes object: JSON patches, and Helm values as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autofix.text.document import NotEditableError
from autofix.text.plaintext.key_search import SETTING, TextKey, find_keys
from autofix.text.yaml import Node, lay_out_text, resolved

# Where Argo CD, k3s and the like take Helm values, and kustomize and Flux patches, as one text.
_TEXTS: Final = frozenset({"values", "valuesContent", "patch"})
# Some charts also take annotations as text, and render them as a template.
_ANNOTATIONS: Final = ("annotations", "Annotations")
_LIST_OF_TEXTS: Final = "patchesStrategicMerge"
# YAML reads an expression of ytt as null and a comment.
_YTT: Final = re.compile(r"[ \t]*#@")
# The deepest nesting of texts in texts: nobody nests deeper, and each level is read once more.
_DEEPEST: Final = 4


def find_embedded_keys(root: Node, text: str, depth: int = 0) -> Iterator[TextKey]:
    """Find keys in the paths of JSON patches, in Helm parameters, and in YAML that is written as text.

    Args:
        root: a document in the text.
        text: the whole file.
        depth: how many texts there are around this text.

    Yields:
        The keys, including the keys that a patch removes; the ``value`` of a patch is the value of the key in
        its path.
    """
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_mapping:
            by_key = {key.key: resolved(value) for key, value in node.entries if key.key is not None}
            yield from _in_patch(by_key, text)
            yield from _in_parameter(by_key, text)
            for name, inner in by_key.items():
                if name in _TEXTS or name.endswith(_ANNOTATIONS):
                    yield from _in_text(inner, text, depth)
            if _LIST_OF_TEXTS in by_key:
                for item in by_key[_LIST_OF_TEXTS].items:
                    yield from _in_text(resolved(item), text, depth)
        stack.extend(value for _, value in reversed(node.entries))
        stack.extend(reversed(node.items))


def _in_text(node: Node, text: str, depth: int) -> Iterator[TextKey]:
    """Find keys in a block scalar, or in a JSON patch in single quotes that is written as it is read."""
    if node.style in ("|", ">"):
        header = text.find("\n", node.start, node.end)
        if header < 0:
            # No text follows the header.
            return
        start, end = header + 1, node.end
    elif node.style == "'" and text[node.start + 1 : node.end - 1] == node.value:
        start, end = node.start + 1, node.end - 1
    else:
        return
    inner = text[start:end]
    roots = _roots(inner) if depth < _DEEPEST else []
    patched = {key.start: key for root in roots for key in find_embedded_keys(root, inner, depth + 1)}
    for key in find_keys(inner):
        if node.style != "'" or key.start in patched:
            yield _shifted(patched.get(key.start, key), start)


def _roots(text: str) -> list[Node]:
    try:
        return lay_out_text(text)
    except NotEditableError:
        # A template of values, or no YAML at all. autofix finds keys there by their own form.
        return []


def _shifted(key: TextKey, by: int) -> TextKey:
    start, end = (None if end is None else end + by for end in (key.value_start, key.value_end))
    return key._replace(start=key.start + by, end=key.end + by, value_start=start, value_end=end)


def _in_patch(operation: dict[str, Node], text: str) -> Iterator[TextKey]:
    """Find the keys in the paths of a JSON Patch operation; it sets them, or removes or tests them."""
    name, path = operation.get("op"), operation.get("path")
    if name is None or path is None:
        return
    if name.value in SETTING:
        if _is_of_annotations(path):
            yield from _with_value(path, operation.get("value"), text)
        return
    for pointer in (path, operation.get("from")):
        if pointer is not None and _is_of_annotations(pointer):
            for key in find_keys(text[pointer.start : pointer.end]):
                yield _shifted(key, pointer.start)._replace(is_set=False)


def _is_of_annotations(path: Node) -> bool:
    return isinstance(path.value, str) and "/annotations/" in path.value


def _in_parameter(parameter: dict[str, Node], text: str) -> Iterator[TextKey]:
    """Find the key in a parameter of Argo CD, which is written as for ``helm --set``."""
    name = parameter.get("name")
    if name is not None and "value" in parameter and isinstance(name.value, str) and "\\.io/" in name.value:
        for key in _with_value(name, parameter["value"], text):
            # As for ``helm --set``, null removes the key.
            yield key._replace(is_set=False) if key.value == "null" else key


def _with_value(place: Node, value: Node | None, text: str) -> Iterator[TextKey]:
    """Find the keys in a scalar, and give them the value of another node if that can be edited."""
    for match in find_keys(text[place.start : place.end]):
        key = _shifted(match, place.start)
        if (
            value is None
            or value.is_mapping
            or value.style not in ("", "'", '"')
            or value.outer != value.start
        ):
            yield key
            continue
        if value.value is None and not _YTT.match(text, value.end):
            yield key._replace(is_set=False)
            continue
        quoted = value.style != ""
        start, end = value.start + quoted, value.end - quoted
        yield key._replace(value=value.value, value_start=start, value_end=end, quoted=quoted, is_yaml=True)
