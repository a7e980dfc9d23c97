"""The library's front door: check and fix a Kubernetes object, or several that belong together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

from jsonpatch import JsonPatch

from autofix.engine import Examined, examine
from autofix.errors import AutofixError
from autofix.finding import Applicability, Finding
from autofix.kubernetes.anatomy import Role, entries_of, kind_of, name_of, slots_of
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.pointer import Path, get
from autofix.linkerd.release import Release
from autofix.linkerd.survey import NO_ANNOTATIONS, Annotations
from autofix.options import Options, options
from autofix.patch import Operation, operations
from autofix.rules import codes
from autofix.rules.place import Context

_OWN: Path = ("metadata", "annotations")
IGNORE_ANNOTATION = "linkerd-autofix.io/ignore"


@dataclass(frozen=True, slots=True)
class Item:
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


@dataclass(frozen=True, slots=True)
class Result:
    """A document's findings, its patch and the patched copy.

    Attributes:
        items: the objects in it.
        patch: an RFC 6902 patch, empty when there is nothing to do.
        object: the patched copy. It shares unchanged parts with the input, which is not changed.
        changes_injection: whether Linkerd's injector would treat the pods differently after the patch.
    """

    items: tuple[Item, ...]
    patch: JsonPatch
    object: object
    changes_injection: bool

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of the document as it came."""
        return tuple(finding for item in self.items for finding in item.findings)

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """What the rules say of the patched copy."""
        return tuple(finding for item in self.items for finding in item.remaining)


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
    documents: Sequence[object], chosen: Options, *, namespace: Mapping[str, object] | None = None
) -> list[Result]:
    """Fix documents that belong together: the Namespaces among them are context for the rest.

    Namespaces are repaired first, in view of the pods that are known to live in them; the other objects are
    then looked at under the repaired Namespaces.

    Args:
        documents: JSON values, in order.
        chosen: the options.
        namespace: the Namespace, or its annotations, of objects whose own is not among the documents.

    Returns:
        One result a document, in the same order.
    """
    contents = [tuple(objects_in(obj)) for obj in documents]
    items = [item for content in contents for _, item in content]
    context = Context(chosen.release, chosen.kubernetes, chosen.default, chosen.wait_before_exit)
    inside: dict[str, Annotations] = {}
    seen: dict[int, Examined] = {}
    pods = _pods_by_namespace(items) if any(map(_is_namespace, items)) else {}
    for item in filter(_is_namespace, items):
        _, name = name_of(item)
        around = replace(context, dependents=tuple(pods.get(name, ())))
        seen[id(item)] = examined = _examine(item, around, chosen)
        inside[name] = examined.after.get(_OWN, NO_ANNOTATIONS)
    outside = replace(context, namespace=_annotations(namespace), inherit=namespace is not None)
    for item in items:
        if id(item) not in seen:
            own = inside.get(name_of(item)[0])
            around = outside if own is None else replace(context, namespace=own)
            seen[id(item)] = _examine(item, around, chosen)
    return [
        _result(obj, [(path, item, seen[id(item)]) for path, item in content])
        for obj, content in zip(documents, contents, strict=True)
    ]


def _is_namespace(item: Mapping[str, object]) -> bool:
    return kind_of(item) == "Namespace" and any(slot.role is Role.NAMESPACE for slot in slots_of(item))


def _pods_by_namespace(items: Iterable[Mapping[str, object]]) -> dict[str, list[Annotations]]:
    pods: dict[str, list[Annotations]] = {}
    for item in items:
        namespace, _ = name_of(item)
        found = [entries_of(item, slot.path) for slot in slots_of(item) if slot.role is Role.POD]
        if namespace:
            pods.setdefault(namespace, []).extend(entries or NO_ANNOTATIONS for entries in found)
    return pods


def _annotations(namespace: Mapping[str, object] | None) -> Annotations:
    """Take a Namespace object or its annotations; a Namespace without any has none."""
    if namespace is None:
        return NO_ANNOTATIONS
    if not isinstance(namespace, Mapping):
        raise AutofixError(
            f"namespace must be a Namespace object or its annotations, not {type(namespace).__name__}"
        )
    if "metadata" not in namespace and kind_of(namespace) != "Namespace":
        return namespace
    found = get(namespace, _OWN)
    return found if isinstance(found, dict) else NO_ANNOTATIONS


def _examine(item: Mapping[str, object], context: Context, chosen: Options) -> Examined:
    wanted = chosen.wanted - _opted_out(item, context.namespace)
    ranks = (Applicability.SAFE, Applicability.UNSAFE) if chosen.unsafe else (Applicability.SAFE,)

    def apply(finding: Finding) -> bool:
        return finding.applicability in ranks

    return examine(item, context, wanted=wanted, native_only=chosen.native_only, apply=apply)


def _opted_out(item: Mapping[str, object], namespace: Annotations) -> frozenset[str]:
    """Collect the codes that the object, its pod template or its Namespace opts out of."""
    maps = [namespace, entries_of(item, _OWN)]
    maps += [entries_of(item, slot.path) for slot in slots_of(item) if slot.role is Role.POD]
    found: frozenset[str] = frozenset()
    for entries in maps:
        text = entries.get(IGNORE_ANNOTATION) if entries else None
        for part in text.split(",") if isinstance(text, str) else ():
            # One misspelt code must neither hide the others nor make an object unreadable.
            try:
                found |= codes(part)
            except AutofixError:
                continue
    return found


def _result(obj: object, parts: list[tuple[Path, Mapping[str, object], Examined]]) -> Result:
    found: list[Operation] = []
    items: list[Item] = []
    patched = obj
    for path, item, examined in parts:
        made, patched = operations(patched, path, examined.before, examined.after)
        found.extend(made)
        items.append(
            Item(
                kind_of(item),
                *name_of(item),
                path,
                tuple(_moved(finding, path) for finding in examined.findings),
                tuple(_moved(finding, path) for finding in examined.remaining),
            )
        )
    changes = any(examined.changes_injection for _, _, examined in parts)
    return Result(tuple(items), JsonPatch(found), patched, changes)


def _moved(finding: Finding, base: Path) -> Finding:
    """Place a finding, and its fix, in the document instead of in the item."""
    if not base:
        return finding
    fix = finding.fix
    if fix is not None:
        edits = tuple(replace(edit, path=(*base, *edit.path)) for edit in fix.edits)
        fix = replace(fix, edits=edits, home=(*base, *fix.home) if fix.home is not None else None)
    return replace(finding, path=(*base, *finding.path), fix=fix)
