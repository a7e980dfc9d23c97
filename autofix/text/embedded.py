"""Keys inside strings of YAML that is no Kubernetes object: JSON patches, and Helm values as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autofix.text.edit.text_edit import NotEditableError
from autofix.text.plaintext.tokens import SETTING, Token, tokens
from autofix.text.yaml.document_layout import layout_text
from autofix.text.yaml.node import Node, resolved

# Where Argo CD, k3s and the like take Helm values, and kustomize and Flux patches, as one text.
_TEXTS: Final = frozenset({"values", "valuesContent", "patch"})
# Some charts take annotations so, to run them through a template.
_ANNOTATIONS: Final = ("annotations", "Annotations")
_LIST_OF_TEXTS: Final = "patchesStrategicMerge"
# To YAML an expression of ytt's is a comment behind null.
_YTT: Final = re.compile(r"[ \t]*#@")
# Texts within texts: nobody writes more, and each is read again with all that is in it.
_DEEPEST: Final = 4


def inline_tokens(root: Node, text: str, depth: int = 0) -> Iterator[Token]:
    """Find keys in the paths of JSON patches, in Helm parameters, and in YAML that is written as text.

    Args:
        root: a document in the text.
        text: the whole file.
        depth: of how many texts it is the inside.

    Yields:
        One token a key, also for those that a patch removes; a patch's own ``value`` is the value of the key
        in its path.
    """
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_mapping:
            named = {key.key: resolved(value) for key, value in node.entries if key.key is not None}
            yield from _of_patch(named, text)
            yield from _of_parameter(named, text)
            for name, inner in named.items():
                if name in _TEXTS or name.endswith(_ANNOTATIONS):
                    yield from _inside(inner, text, depth)
            if _LIST_OF_TEXTS in named:
                for item in named[_LIST_OF_TEXTS].items:
                    yield from _inside(resolved(item), text, depth)
        stack.extend(value for _, value in reversed(node.entries))
        stack.extend(reversed(node.items))


def _inside(node: Node, text: str, depth: int) -> Iterator[Token]:
    """Find keys in a block scalar, or in a JSON patch in single quotes that is written as it is read."""
    if node.style in ("|", ">"):
        header = text.find("\n", node.start, node.end)
        if header < 0:
            # Nothing follows it.
            return
        start, end = header + 1, node.end
    elif node.style == "'" and text[node.start + 1 : node.end - 1] == node.value:
        start, end = node.start + 1, node.end - 1
    else:
        return
    inner = text[start:end]
    roots = _roots(inner) if depth < _DEEPEST else []
    patched = {token.start: token for root in roots for token in inline_tokens(root, inner, depth + 1)}
    for token in tokens(inner):
        if node.style != "'" or token.start in patched:
            yield _shifted(patched.get(token.start, token), start)


def _roots(text: str) -> list[Node]:
    try:
        return layout_text(text)
    except NotEditableError:
        # A template of values, or no YAML at all: keys are found by their own form there.
        return []


def _shifted(token: Token, by: int) -> Token:
    ends = (token.value_start, token.value_end)
    start, end = (None if one is None else one + by for one in ends)
    return token._replace(start=token.start + by, end=token.end + by, value_start=start, value_end=end)


def _of_patch(named: dict[str, Node], text: str) -> Iterator[Token]:
    """Find the keys in the paths of an operation; what it does not set, it removes or asks for."""
    operation, path = named.get("op"), named.get("path")
    if operation is None or path is None:
        return
    if operation.value in SETTING:
        if _is_of_annotations(path):
            yield from _with_value(path, named.get("value"), text)
        return
    for place in (path, named.get("from")):
        if place is not None and _is_of_annotations(place):
            for token in tokens(text[place.start : place.end]):
                yield _shifted(token, place.start)._replace(is_set=False)


def _is_of_annotations(path: Node) -> bool:
    return isinstance(path.value, str) and "/annotations/" in path.value


def _of_parameter(named: dict[str, Node], text: str) -> Iterator[Token]:
    """Find the key in a parameter of Argo CD's, which is written as for ``helm --set``."""
    name = named.get("name")
    if name is not None and "value" in named and isinstance(name.value, str) and "\\.io/" in name.value:
        for token in _with_value(name, named["value"], text):
            # As for ``helm --set``, null removes the key.
            yield token._replace(is_set=False) if token.value == "null" else token


def _with_value(place: Node, value: Node | None, text: str) -> Iterator[Token]:
    for token in tokens(text[place.start : place.end]):
        found = _shifted(token, place.start)
        if (
            value is None
            or value.is_mapping
            or value.style not in ("", "'", '"')
            or value.outer != value.start
        ):
            yield found
            continue
        if value.value is None and not _YTT.match(text, value.end):
            yield found._replace(is_set=False)
            continue
        quoted = value.style != ""
        start, end = value.start + quoted, value.end - quoted
        yield found._replace(value=value.value, value_start=start, value_end=end, quoted=quoted, is_yaml=True)
