"""The library's front door: check and fix a Kubernetes object, or several that belong together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from autofix.engine.examine import NOT_SUPPRESSED, NOTHING, Examined, Suppressed
from autofix.engine.jsonpatch import Operation, operations
from autofix.engine.namespaces import examine_all, examine_alone
from autofix.engine.options import Options, options
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.locations import kind_of, name_of
from autofix.kubernetes.pointer import Path
from autofix.linkerd.release import Release
from autofix.rules.finding import Finding, relocated, withhold

if TYPE_CHECKING:
    from typing import TypedDict, Unpack

    from jsonpatch import JsonPatch

    class Known(TypedDict, total=False):
        """The keyword arguments of ``fix``."""

        release: str | Release | None
        kubernetes: str | None
        namespace: Mapping[str, object] | None
        default: bool | None
        wait_before_exit: int
        unsafe: bool
        select: str | Iterable[str] | None
        ignore: str | Iterable[str] | None
        native_only: bool


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
    object: object
    changes_injection: bool

    @property
    def patch(self) -> JsonPatch:
        """The patch, made anew each time: it costs more than all the rest of a call that finds nothing."""
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

    def only(self, wanted: Callable[[Finding], bool]) -> Result:
        """Return the same result with fewer findings."""
        items = (item._replace(findings=tuple(filter(wanted, item.findings))) for item in self.items)
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


def fix(
    obj: object,
    *,
    release: str | Release | None = None,
    kubernetes: str | None = None,
    namespace: Mapping[str, object] | None = None,
    default: bool | None = None,
    wait_before_exit: int = 0,
    unsafe: bool = False,
    select: str | Iterable[str] | None = None,
    ignore: str | Iterable[str] | None = None,
    native_only: bool = False,
) -> Result:
    """Find what is wrong with the Linkerd annotations of an object, and the patch that repairs it.

    Args:
        obj: a Kubernetes object as JSON data, a ``List`` of them, or any other JSON value (nothing is found
            in it). It is not changed.
        release: the Linkerd release, such as ``2.17`` or ``edge-25.10.7``; None when it is not known.
        kubernetes: the server's version, such as ``1.33``; None when it is not known.
        namespace: the Namespace object the pods live in, or its annotations. What its author meant is
            written on the pods where Linkerd would not do it.
        default: Helm's ``proxy.nativeSidecar``; None for the chart's default of the release.
        wait_before_exit: Helm's ``proxy.waitBeforeExitSeconds``, in seconds.
        unsafe: whether to apply unsafe fixes too.
        select: codes of the only rules to run, or beginnings of codes; a list, or a text with commas.
        ignore: codes of the rules not to run.
        native_only: whether to look at the native-sidecar annotation only.

    Returns:
        Findings, the patch and the patched copy. Every fix in the patch was proven with the model of
        Linkerd's injector.

    Raises:
        AutofixError: when ``release``, ``kubernetes``, ``select`` or ``ignore`` cannot be read. No JSON value
            given as ``obj`` makes it raise.
    """
    chosen = options(
        release=release,
        kubernetes=kubernetes,
        default=default,
        wait_before_exit=wait_before_exit,
        unsafe=unsafe,
        select=select,
        ignore=ignore,
        native_only=native_only,
    )
    return fix_all((obj,), chosen, namespace=namespace)[0]


def check(obj: object, **known: Unpack[Known]) -> tuple[Finding, ...]:
    """Find what is wrong with the Linkerd annotations of an object.

    Args:
        obj: as for ``fix``.
        known: the keyword arguments of ``fix``.

    Returns:
        What ``fix`` would return as ``findings``.

    Raises:
        AutofixError: as ``fix`` does.
    """
    return fix(obj, **known).findings


def fix_all(
    documents: Sequence[object],
    chosen: Options,
    *,
    namespace: Mapping[str, object] | None = None,
    suppressed: Sequence[Suppressed] = (),
) -> list[Result]:
    """Fix documents that belong together: the Namespaces among them are context for the rest.

    Namespaces are repaired first, in view of the pods that are known to live in them; the other objects are
    then looked at under the repaired Namespaces, until nothing changes any more.

    Args:
        documents: JSON values, in order.
        chosen: the options.
        namespace: the Namespace, or its annotations, of objects whose own is not among the documents.
        suppressed: for each document the codes that are not wanted at some of its keys, by the key's path;
            empty for none at all.

    Returns:
        One result a document, in the same order.
    """
    if len(documents) == 1 and isinstance(obj := documents[0], dict):
        seen = examine_alone(obj, chosen, namespace, suppressed[0] if suppressed else NOT_SUPPRESSED)
        if seen is NOTHING:
            namespace_of, name = name_of(obj)
            return [Result((Item(kind_of(obj), namespace_of, name, (), (), ()),), (), obj, False)]
        if seen is not None:
            return [result_of(obj, (((), obj, seen),))]
    contents = [tuple(objects_in(obj)) for obj in documents]
    items = [item for content in contents for _, item in content]
    silent = [
        {tail: codes for place, codes in some.items() if (tail := _tail(place, path)) is not None}
        for some, content in zip(suppressed or ({},) * len(documents), contents, strict=True)
        for path, _ in content
    ]
    examined = iter(examine_all(items, chosen, namespace, silent))
    return [
        result_of(obj, [(path, item, next(examined)) for path, item in content])
        for obj, content in zip(documents, contents, strict=True)
    ]


def result_of(obj: object, parts: Iterable[tuple[Path, Mapping[str, object], Examined]]) -> Result:
    """Put together what was found in the items of one document.

    Args:
        obj: the document.
        parts: its items, each with its path and what was found in it.
    """
    found: list[Operation] = []
    items: list[Item] = []
    patched, changes = obj, False
    fresh: set[int] = set()
    for path, item, examined in parts:
        made, patched = operations(patched, path, examined.before, examined.after, fresh)
        found.extend(made)
        changes = changes or examined.changes_injection
        findings, remaining = (
            tuple(relocated(finding, partial(_below, path)) for finding in some) if path else some
            for some in (examined.findings, examined.remaining)
        )
        items.append(Item(kind_of(item), *name_of(item), path, findings, remaining))
    return Result(tuple(items), tuple(found), patched, changes)


def _tail(path: Path, base: Path) -> Path | None:
    return path[len(base) :] if path[: len(base)] == base else None


def _below(base: Path, path: Path) -> Path:
    return (*base, *path)
