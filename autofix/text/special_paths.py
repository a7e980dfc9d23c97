"""What is special about the keys of a document: a program knows their values, or a condition decides."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import NamedTuple

from autofix.engine.api import Result
from autofix.kubernetes.pointer import Path, get
from autofix.linkerd.keys import is_linkerd_key
from autofix.linkerd.release import real_keys
from autofix.readers.model import BRANCH, CONDITION, Branch
from autofix.text.document import Document
from autofix.text.expressions import expression_paths, typed_path
from autofix.text.holes import branch_of, expressions, repeated_in_branches
from autofix.text.part import Part
from autofix.text.yaml import Node, find_entry, find_mapping, resolved


class SpecialPaths(NamedTuple):
    """What is special about the keys of a document.

    Attributes:
        expressions: paths of values of Linkerd's annotations that only a program knows.
        printed: those of them that a template prints without quotes.
        names: paths of names of objects that only a program knows.
        branches: branches of keys that do not always take effect.
        repeated: paths of keys that stand twice, once where a condition decides.
    """

    expressions: frozenset[Path]
    printed: frozenset[Path]
    names: frozenset[Path]
    branches: Mapping[Path, Branch]
    repeated: frozenset[Path] = frozenset()


def special_paths(part: Part, document: Document) -> SpecialPaths:
    """Find what is special about the keys of a document.

    Args:
        part: its text.
        document: the document.
    """
    written = expression_paths(document.value)
    root = part.roots.get(document.index)
    if part.inner is None or root is None:
        return SpecialPaths(written, frozenset(), frozenset(), {})
    unknown = expressions(root, part.inner)
    own = frozenset(path for path in unknown if is_linkerd_key(str(path[-1] if path else "")))
    names = frozenset(path for path in unknown if path[-2:-1] == ("metadata",))
    printed = frozenset(path for path in own - written if _is_plain(root, path))
    repeated = repeated_in_branches(root, part.inner)
    return SpecialPaths(written | own, printed, names, branch_of(root, part.inner), repeated)


def _is_plain(root: Node, path: Path) -> bool:
    """Tell whether a value is written without quotes; the mask of an action that prints quotes has some."""
    mapping = find_mapping(root, path[:-1])
    entry = None if mapping is None else find_entry(mapping, str(path[-1]))
    return entry is not None and resolved(entry.value).style == ""


def without_special(result: Result, paths: SpecialPaths) -> Result:
    """Leave out what a result says of keys and names that only look wrong.

    A key in one of several branches that some release reads is right there. The text has only a placeholder
    for a name that a program fills in.

    Args:
        result: the result.
        paths: what is special about the document.
    """
    return _without_placeholders(_without_switches(result, paths), paths.names)


def _without_switches(result: Result, paths: SpecialPaths) -> Result:
    """Leave out findings about a key in one of several branches that some release reads."""
    real = real_keys()
    switches = {
        path for path, branch in paths.branches.items() if branch is Branch.ALTERNATIVE and path[-1] in real
    }
    return result.only(lambda finding: finding.path not in switches) if switches else result


def _without_placeholders(result: Result, names: frozenset[Path]) -> Result:
    """Leave out names of objects that a program fills in: the text has only a placeholder for them."""
    if not names:
        return result
    items = tuple(
        item._replace(
            name="" if (*item.path, "metadata", "name") in names else item.name,
            namespace="" if (*item.path, "metadata", "namespace") in names else item.namespace,
        )
        for item in result.items
    )
    return result._replace(items=items)


def reason_of_branches(document: Document, result: Result, paths: SpecialPaths) -> str:
    """Say why the keys that change may not; empty if they may.

    Args:
        document: the document.
        result: what was found in it.
        paths: what is special about it.
    """
    changed = [
        (operation["op"], typed_path(operation["path"], document.value)) for operation in result.operations
    ]
    for name, path in changed:
        branch = paths.branches.get(path, Branch.ALWAYS)
        is_renamed = name == "remove" and path[-1] in real_keys()
        if branch is Branch.ALTERNATIVE:
            return BRANCH
        if branch is Branch.CONDITIONAL and is_renamed:
            return CONDITION
        if path in paths.repeated:
            return BRANCH
    gone = {path for name, path in changed if name == "remove"} - set(paths.branches)
    new = {path[:-1] for name, path in changed if name != "remove"}
    if any(path[:-1] not in new and _is_all_conditional(document.value, path, gone, paths) for path in gone):
        return BRANCH
    return ""


def _is_all_conditional(value: object, path: Path, gone: Set[Path], paths: SpecialPaths) -> bool:
    """Tell whether of the keys beside a key that goes, and that Linkerd reads, none always takes effect."""
    entries = get(value, path[:-1])
    names = set(real_keys()).intersection(entries) if isinstance(entries, dict) else ()
    beside = {(*path[:-1], name) for name in names} - gone
    return bool(beside) and beside <= set(paths.branches)
