"""Native-sidecar keys that stand twice in one mapping of YAML: the last counts, and the first misleads."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from autofix.engine.api import Item, Result, by_hand
from autofix.engine.examine import Suppressed
from autofix.kubernetes.pointer import Path
from autofix.linkerd.annotations import read_intent
from autofix.linkerd.keys import is_native_like
from autofix.rules.afx104_disagreement import CODE, TWICE, standing_twice
from autofix.text.document import Document, NotEditableError
from autofix.text.file import TextFile, text_of
from autofix.text.yaml import Node, lay_out, resolved

_NAME: Final = re.compile(r"linkerd\.io/[\w.-]*idecar", re.ASCII)


def duplicates_in(file: TextFile) -> Mapping[int, tuple[Path, ...]]:
    """Find the native-sidecar keys that stand twice in one mapping, with values that do not say the same.

    Args:
        file: the file.

    Returns:
        The path of each such key, by the index of the document; empty for nearly every file.
    """
    names = Counter(_NAME.findall(file.text))
    if not any(count > 1 for count in names.values()):
        return {}
    indexes = {document.index for document in file.documents if _may_disagree(file, document)}
    try:
        roots = lay_out(file.text, file.documents, indexes)
    except NotEditableError:
        return {}
    return {index: paths for index, root in roots.items() if (paths := tuple(_disagreeing(root)))}


def _may_disagree(file: TextFile, document: Document) -> bool:
    """Tell whether a key may stand twice; of a document whose span is not known nobody says otherwise."""
    if document.span is None:
        return True
    return any(count > 1 for count in Counter(_NAME.findall(text_of(file, document))).values())


def _disagreeing(root: Node) -> Iterator[Path]:
    stack: list[tuple[Path, Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        for key, value in node.entries:
            name = key.key
            if name is None:
                continue
            # The last of equal keys stands for all of them, so that they are compared once.
            if is_native_like(name) and node.entry(name) == (key, value):
                above = node.overwritten(name)
                if above and not _agree([resolved(other).value for _, other in (*above, (key, value))]):
                    yield (*path, name)
            stack.append(((*path, name), value))
        stack.extend(((*path, index), item) for index, item in enumerate(node.items))


def _agree(values: Sequence[object]) -> bool:
    """Tell whether values are equal, or say the same to a person."""
    intents = {read_intent(value) for value in values}
    if intents <= {True} or intents <= {False}:
        return True
    return all(value == values[0] and type(value) is type(values[0]) for value in values)


def with_duplicates(
    result: Result, value: object, paths: Iterable[Path], codes: frozenset[str], suppressed: Suppressed
) -> Result:
    """Report keys that stand twice, and withhold the fixes of their document.

    Args:
        result: what was found in the document.
        value: the document.
        paths: the paths of the keys.
        codes: codes of the rules that are heard.
        suppressed: codes that are switched off at a key, by the key's path.
    """
    items = list(by_hand(result, value, TWICE).items)
    index_of: dict[Path, int] = {}
    for index, item in enumerate(items):
        index_of.setdefault(item.path, index)
    for path in paths:
        if CODE not in codes or CODE in suppressed.get(path, ()):
            continue
        around = next(
            (place for size in range(len(path), -1, -1) if (place := path[:size]) in index_of), None
        )
        finding = standing_twice(path)
        if around is not None:
            index = index_of[around]
            item = items[index]
            items[index] = item._replace(
                findings=(*item.findings, finding), remaining=(*item.remaining, finding)
            )
        else:
            index_of[()] = len(items)
            items.append(Item("", "", "", (), (finding,), (finding,)))
    return Result(tuple(items), (), value, changes_injection=False)
