"""The library's front door: check and fix a Kubernetes object, or several that belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, Unpack

from autofix.engine.examine import Examined, Suppressed
from autofix.engine.namespaces import examine_all
from autofix.engine.options import FixArguments, Options, read_options
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.locations import kind_of, name_of
from autofix.kubernetes.pointer import Operation, Path, operations
from autofix.rules.finding import Finding, relocated, withhold

if TYPE_CHECKING:
    from jsonpatch import JsonPatch

# A field of a class is called ``object``, and hides the type of that name from ``typing.get_type_hints``.
JsonValue: TypeAlias = object


class Item(NamedTuple):
    """One Kubernetes object in a document, with its findings.

    Attributes:
        kind, namespace, name: what it is called; empty strings where it does not say.
        path: where it stands in the document, empty unless the document is a list.
        findings: what the rules say of it as it came.
        remaining: what they say of it once patched.
    """

    kind: str
    namespace: str
    name: str
    path: Path
    findings: tuple[Finding, ...]
    remaining: tuple[Finding, ...]


class Result(NamedTuple):
    """A document's findings, its patch and the patched copy.

    Attributes:
        items: the objects in it.
        operations: an RFC 6902 patch as JSON data, empty when there is nothing to do.
        object: the patched copy. It shares unchanged parts with the input, which is not changed.
        changes_injection: whether Linkerd's injector would treat the pods differently after the patch.
    """

    items: tuple[Item, ...]
    operations: tuple[Operation, ...]
    object: JsonValue
    changes_injection: bool

    @property
    def patch(self) -> JsonPatch:
        """The patch. Each access makes another one, because many callers need none."""
        # Imported here: the operations are enough for most.
        from jsonpatch import JsonPatch

        return JsonPatch(self.operations)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of the document as it came."""
        return tuple(finding for item in self.items for finding in item.findings)

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """What the rules say of the patched copy."""
        return tuple(finding for item in self.items for finding in item.remaining)

    def only(self, keep: Callable[[Finding], bool]) -> Result:
        """Return the same result with fewer findings."""
        items = (item._replace(findings=tuple(filter(keep, item.findings))) for item in self.items)
        return self._replace(items=tuple(items))


def by_hand(result: Result, value: object, reason: str) -> Result:
    """Take the fixes out of a result.

    Args:
        result: the result.
        value: the document that it is about, which then stays as it is.
        reason: why nothing may be fixed.
    """
    items = tuple(
        item._replace(findings=left, remaining=left)
        for item in result.items
        for left in [tuple(withhold(finding, reason) for finding in item.findings)]
    )
    return Result(items, (), value, changes_injection=False)


def fix(obj: object, **arguments: Unpack[FixArguments]) -> Result:
    """Find what is wrong with the Linkerd annotations of an object, and the patch that repairs it.

    Args:
        obj: a Kubernetes object as JSON data, a ``List`` of them, or any other JSON value (nothing is found
            in it). It is not changed.
        arguments: ``release``, ``kubernetes``, ``namespace``, ``default``, ``wait_before_exit``, ``unsafe``,
            ``select``, ``ignore`` and ``native_only``; see ``FixArguments``.

    Returns:
        Findings, the patch and the patched copy. Every fix in the patch was proven with the model of
        Linkerd's injector.

    Raises:
        AutofixError: when ``release``, ``kubernetes``, ``namespace``, ``select`` or ``ignore`` cannot be
            read. No JSON value given as ``obj`` makes it raise.
    """
    namespace = arguments.pop("namespace", None)
    return fix_all((obj,), read_options(arguments), namespace=namespace)[0]


def check(obj: object, **arguments: Unpack[FixArguments]) -> tuple[Finding, ...]:
    """Find what is wrong with the Linkerd annotations of an object.

    Args:
        obj: as for ``fix``.
        arguments: as for ``fix``.

    Returns:
        What ``fix`` would return as ``findings``.

    Raises:
        AutofixError: as ``fix`` does.
    """
    return fix(obj, **arguments).findings


def fix_all(
    documents: Sequence[object],
    options: Options,
    *,
    namespace: Mapping[str, object] | None = None,
    suppressed: Sequence[Suppressed] = (),
) -> list[Result]:
    """Fix documents that belong together: the Namespaces among them are context for the rest.

    Namespaces are repaired first, in view of the pods that are known to live in them; the other objects are
    then looked at under the repaired Namespaces, until nothing changes any more.

    Args:
        documents: JSON values, in order.
        options: the options.
        namespace: the Namespace, or its annotations, of objects whose own is not among the documents.
        suppressed: for each document the codes that are suppressed at some of its keys, by the key's path;
            empty for none at all.

    Returns:
        One result a document, in the same order.
    """
    contents = [tuple(objects_in(obj)) for obj in documents]
    items = [item for content in contents for _, item in content]
    suppressed_in_items = [
        _below_path(codes, path)
        for codes, content in zip(suppressed or ({},) * len(documents), contents, strict=True)
        for path, _ in content
    ]
    answers = iter(examine_all(items, options, namespace, suppressed_in_items))
    return [
        result_of(obj, [(path, item, next(answers)) for path, item in content])
        for obj, content in zip(documents, contents, strict=True)
    ]


def result_of(obj: object, parts: Iterable[tuple[Path, Mapping[str, object], Examined]]) -> Result:
    """Put together the answers about the items of one document.

    Args:
        obj: the document.
        parts: its items, each with its path and the answer about it.
    """
    patch: list[Operation] = []
    items: list[Item] = []
    patched, changes = obj, False
    fresh: set[int] = set()
    for path, item, examined in parts:
        made, patched = operations(patched, path, examined.before, examined.after, fresh)
        patch.extend(made)
        changes = changes or examined.changes_injection
        findings, remaining = (
            tuple(relocated(finding, partial(_joined_path, path)) for finding in findings)
            if path
            else findings
            for findings in (examined.findings, examined.remaining)
        )
        items.append(Item(kind_of(item), *name_of(item), path, findings, remaining))
    return Result(tuple(items), tuple(patch), patched, changes)


def _below_path(suppressed: Suppressed, base: Path) -> Suppressed:
    """Keep the paths below a path, as seen from there."""
    depth = len(base)
    return {path[depth:]: codes for path, codes in suppressed.items() if path[:depth] == base}


def _joined_path(base: Path, path: Path) -> Path:
    return (*base, *path)
