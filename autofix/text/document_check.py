"""Checks the documents of a text: Kubernetes objects together, and YAML of other tools one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from typing import Final, NamedTuple

from autofix.engine.api import Result, by_hand, fix_all
from autofix.engine.examine import Suppressed
from autofix.engine.namespaces import opted_out
from autofix.kubernetes.pointer import Path, get
from autofix.linkerd.keys import is_linkerd_key
from autofix.linkerd.precedence import NO_ANNOTATIONS
from autofix.linkerd.release import real_keys
from autofix.readers.model import BRANCH, CONDITION, REMOVED_TOO, Branch, Target
from autofix.readers.plain.directives import directive_reason
from autofix.text.checked_document import CheckedDocument
from autofix.text.document import Document
from autofix.text.duplicates import duplicates_in, with_duplicates
from autofix.text.edit.apply import proven_edits
from autofix.text.edit.text_edit import TextEdit
from autofix.text.expressions import (
    expression_paths,
    may_hold_expression,
    typed_path,
    with_intent,
    without_intent,
)
from autofix.text.file import TextFile, text_of
from autofix.text.fragments import fix_fragment, is_fragment
from autofix.text.holes import branch_of, expressions, repeated_in_branches
from autofix.text.owners import OwnerLevel
from autofix.text.parts import Part
from autofix.text.run import Run, codes_ignored
from autofix.text.suppressions import suppressions
from autofix.text.surroundings import surroundings
from autofix.text.waits import namespaces_of, wait_in, wait_of_namespaces
from autofix.text.yaml import Node, find_entry, find_mapping, resolved

# The start of ytt's expressions, which are comments to YAML.
_YTT: Final = "#@"
_LEVELS: Final[Mapping[Target, OwnerLevel]] = {
    Target.NAMESPACE: "namespace",
    Target.WORKLOAD: "workload",
    Target.LABELS: "labels",
}
_SWITCHED_OFF: Final = "the object around it switches rules off"


class _Paths(NamedTuple):
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


def results_of(parts: Sequence[Part], run: Run) -> Iterator[Result]:
    """Examine all Kubernetes objects of some texts together.

    Args:
        parts: the texts, with the texts inside them.
        run: what these texts say together.

    Returns:
        A result for each document that is an object, in order.
    """
    values: list[object] = []
    codes: list[Suppressed] = []
    paths: list[_Paths] = []
    for part in parts:
        by_index, has_expressions = suppressions(part.file), may_hold_expression(part.file.text)
        for document in part.file.documents:
            if not _is_alone(part, document):
                values.append(document.value)
                codes.append(by_index.get(document.index, {}))
                paths.append(_paths(part, document, has_expressions=has_expressions))
    around = surroundings(parts, values, run.waits)
    by_intent = [
        fix_all(
            [
                *(
                    with_intent(value, unknown.expressions, unknown.printed, intent=intent)
                    for value, unknown in zip(values, paths, strict=True)
                ),
                *around.namespaces,
            ],
            run.options,
            namespace=around.outside,
            suppressed=[*codes, *({} for _ in around.namespaces)],
        )[: len(values)]
        for intent in ((True, False) if any(unknown.expressions for unknown in paths) else (True,))
    ]
    for value, unknown, *results in zip(values, paths, *by_intent, strict=True):
        if unknown.expressions:
            yield without_intent(value, results, unknown.expressions)
        else:
            yield results[0]


def _is_alone(part: Part, document: Document) -> bool:
    """Tell whether a document is judged by itself: no object of the cluster, or a patch of one."""
    is_patch = part.inner is not None and part.inner.is_patch
    return is_patch or is_fragment(document.value)


def _paths(part: Part, document: Document, *, has_expressions: bool) -> _Paths:
    written = expression_paths(document.value) if has_expressions else frozenset()
    root = part.roots.get(document.index)
    if part.inner is None or root is None:
        return _Paths(written, frozenset(), frozenset(), {})
    unknown = expressions(root, part.inner)
    own = frozenset(path for path in unknown if is_linkerd_key(str(path[-1] if path else "")))
    names = frozenset(path for path in unknown if path[-2:-1] == ("metadata",))
    printed = frozenset(path for path in own - written if _is_plain(root, path))
    repeated = repeated_in_branches(root, part.inner)
    return _Paths(written | own, printed, names, branch_of(root, part.inner), repeated)


def _is_plain(root: Node, path: Path) -> bool:
    """Tell whether a value is written without quotes; the mask of an action that prints quotes has some."""
    mapping = find_mapping(root, path[:-1])
    entry = None if mapping is None else find_entry(mapping, str(path[-1]))
    return entry is not None and resolved(entry.value).style == ""


def check_documents(
    part: Part, run: Run, results: Iterator[Result], ignored: frozenset[str]
) -> tuple[CheckedDocument, ...]:
    """Check the documents of a text.

    Args:
        part: the text.
        run: what the other texts say.
        results: what the engine says of the Kubernetes objects; those of this text are taken from it.
        ignored: codes that the text around it switches off.
    """
    file = part.file
    is_template = part.inner is not None and bool(part.inner.holes)
    # The text of a JSON document is the whole file: each search in it is made once.
    wait_of, reason_of, suppressed = cache(wait_in), cache(directive_reason), suppressions(file)
    is_ytt = cache(_has_ytt)

    duplicates, has_expressions = duplicates_in(file), may_hold_expression(file.text)

    def check_document(document: Document) -> Result:
        paths = _paths(part, document, has_expressions=has_expressions)
        if _is_alone(part, document):
            result = check_fragment_document(document, paths)
        else:
            result = next(results)
            if ignored:
                kept = result.only(lambda finding: finding.code not in ignored)
                result = by_hand(kept, document.value, _SWITCHED_OFF)
        result = _without_placeholders(_without_switches(result, paths), paths.names)
        # A key in several branches stands several times, and counts once.
        if twice := [path for path in duplicates.get(document.index, ()) if path not in paths.branches]:
            codes = run.options.codes - ignored - _codes_ignored(document, run)
            return with_duplicates(result, document.value, twice, codes, suppressed.get(document.index, {}))
        if not result.operations:
            return result
        reason = part.inner.reason if part.inner else ""
        if is_fragment(document.value):
            reason = reason or reason_of(text_of(file, document)) or ""
        reason = reason or _reason_of_changes(document, result, paths, run.removed)
        return by_hand(result, document.value, reason) if reason else result

    def check_fragment_document(document: Document, paths: _Paths) -> Result:
        text, unknown = text_of(file, document), paths.expressions
        codes = ignored | codes_ignored(document, run)
        # The text around it may say the Namespace of what is inside.
        around = [part.inner.namespace] if part.inner and part.inner.namespace else []
        names = namespaces_of(document.value) or around
        results = [
            fix_fragment(
                with_intent(document.value, unknown, paths.printed, intent=intent),
                run.options._replace(codes=run.options.codes - codes),
                suppressed.get(document.index, {}),
                wait_of(text) or wait_of_namespaces(names, run.waits),
                null_removes=not is_ytt(text) and not is_template,
                own=_LEVELS.get(part.inner.target, "pod") if part.inner else "pod",
                is_linkerd_values=part.inner is not None and part.inner.target is Target.LINKERD_VALUES,
            )
            for intent in ((True, False) if unknown else (True,))
        ]
        return without_intent(document.value, results, unknown) if unknown else results[0]

    return tuple(CheckedDocument(document, check_document(document)) for document in file.documents)


def _codes_ignored(document: Document, run: Run) -> frozenset[str]:
    """Return the codes that a document switches off for itself."""
    if is_fragment(document.value) or not isinstance(document.value, dict):
        return codes_ignored(document, run)
    return opted_out(document.value, NO_ANNOTATIONS)


def _without_switches(result: Result, paths: _Paths) -> Result:
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


def _reason_of_changes(document: Document, result: Result, paths: _Paths, removed: frozenset[str]) -> str:
    """Say why the keys that change may not; empty if they may."""
    changed = [
        (operation["op"], typed_path(operation["path"], document.value)) for operation in result.operations
    ]
    if any(name == "remove" and path[-1] in removed for name, path in changed):
        return REMOVED_TOO
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


def _is_all_conditional(value: object, path: Path, gone: Set[Path], paths: _Paths) -> bool:
    """Tell whether of the keys beside a key that goes, and that Linkerd reads, none always takes effect."""
    entries = get(value, path[:-1])
    names = set(real_keys()).intersection(entries) if isinstance(entries, dict) else ()
    beside = {(*path[:-1], name) for name in names} - gone
    return bool(beside) and beside <= set(paths.branches)


def document_edits(file: TextFile, documents: Sequence[CheckedDocument]) -> Sequence[TextEdit]:
    """Turn the patches of documents into edits, proven by reading the result.

    Args:
        file: the file.
        documents: its documents, with their patches.

    Raises:
        NotEditableError: when a patch cannot be made in the text.
    """
    changed = [document for document in documents if document.result.operations]
    patches = {document.document.index: document.result.operations for document in changed}
    expected = {document.document.index: document.result.object for document in changed}
    return proven_edits(file, patches, expected) if changed else ()


def _has_ytt(text: str) -> bool:
    return _YTT in text
