"""Keys inside strings of YAML that is no Kubernetes object: JSON patches, and Helm values as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from autofix.source.layout import Node, resolved
from autofix.source.tokens import Token, tokens

# Where Argo CD, k3s and the like take Helm values as one text.
_VALUES: Final = frozenset({"values", "valuesContent"})
_SETTING: Final = frozenset({"add", "replace"})


def inline_tokens(root: Node, text: str) -> Iterator[Token]:
    """Find keys in the paths of JSON patches and in values that are written as text.

    Args:
        root: a document in the text.
        text: the whole file.

    Yields:
        One token a key; a patch's own ``value`` is the value of the key in its path.
    """
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_mapping:
            named = {key.key: resolved(value) for key, value in node.entries if key.key is not None}
            yield from _of_patch(named, text)
            for name in sorted(_VALUES & named.keys()):
                yield from _inside(named[name], text)
        stack.extend(value for _, value in reversed(node.entries))
        stack.extend(reversed(node.items))


def _inside(node: Node, text: str) -> Iterator[Token]:
    """Find keys in a block scalar; in other styles a line of YAML cannot stand."""
    if node.style in ("|", ">"):
        for token in tokens(text[node.start : node.end]):
            yield _shifted(token, node.start)


def _shifted(token: Token, by: int) -> Token:
    ends = (token.value_start, token.value_end)
    start, end = (None if one is None else one + by for one in ends)
    return replace(token, start=token.start + by, end=token.end + by, value_start=start, value_end=end)


def _of_patch(named: dict[str, Node], text: str) -> Iterator[Token]:
    operation, path, value = (named.get(name) for name in ("op", "path", "value"))
    if (
        operation is None
        or path is None
        or operation.value not in _SETTING
        or not isinstance(path.value, str)
    ):
        return
    if "/annotations/" not in path.value:
        return
    for token in tokens(text[path.start : path.end]):
        found = _shifted(token, path.start)
        if value is None or value.is_mapping or value.style not in ("", "'", '"'):
            yield found
            continue
        quoted = value.style != ""
        start, end = value.start + quoted, value.end - quoted
        yield replace(found, value=value.value, value_start=start, value_end=end, quoted=quoted, is_yaml=True)
