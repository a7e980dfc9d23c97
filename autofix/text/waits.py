"""The wait before exit that pods may have from other places: AFX402 needs it from the files around a key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from autofix.engine.namespaces import is_namespace
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.locations import Role, locations_of, name_of
from autofix.kubernetes.pointer import Path, get
from autofix.kubernetes.scalars import Expression
from autofix.linkerd.helm import WAIT_BEFORE_EXIT, find_linkerd_values, linkerd_values_in
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations, is_wait
from autofix.linkerd.release import wait_before_exit_key
from autofix.readers.model import Fragment, Target
from autofix.text.expressions import is_expression
from autofix.text.fragment_objects import settings_of
from autofix.text.languages import PLAIN
from autofix.text.part import Part

# Stands for a Namespace whose name is not known; no Namespace has this name.
ANY_NAMESPACE: Final = ""
# The annotation, which has no beta or GA twin, and the value of Linkerd's own chart.
_NAMES_OF_WAITS: Final = ("proxy-wait-before-exit-seconds", "waitBeforeExitSeconds")
# The patterns are compiled where they are first used: most texts name no wait.
_WORD: Final = (
    r"""(?<!config\.linkerd\.io/)(?<!config\.beta\.linkerd\.io/)"""
    r"""(?:proxy-wait-before-exit-seconds|waitBeforeExitSeconds)"""
    r"""(?P<removed>-(?!\w))?(?:["'\]]*[ \t]*[:=][ \t]*["']*(?P<value>[^\s"',;})\]]*))?"""
)
_NULLS: Final = ("null", "~", "Null", "NULL")
_NAMESPACE: Final = (
    r"""\bkind["']?[ \t]*:[ \t]*["']?Namespace\b|\bannotate[ \t][^\n]{0,300}\b(?:ns|namespaces?)\b"""
    r"""|kubernetes_namespace"""
)
# Where kustomize, Helm's controllers and Argo CD name the Namespace of the pods.
_NAMES: Final = (
    ("namespace",),
    ("metadata", "namespace"),
    ("spec", "targetNamespace"),
    ("spec", "destination", "namespace"),
    ("spec", "template", "spec", "destination", "namespace"),
)
_PLAIN_NAME: Final = r"[a-z0-9-]+"


def wait_in(text: str) -> Annotations:
    """Find a wait before exit anywhere in a text.

    Args:
        text: any text.

    Returns:
        The annotation with a value above 0, or no annotations. A value that is no plain number, such as a
        template's, counts as 1.
    """
    if not any(name in text for name in _NAMES_OF_WAITS):
        return NO_ANNOTATIONS
    for match in re.finditer(_WORD, text):
        value = match["value"] or ""
        if match["removed"] or value in _NULLS:
            continue
        if not value.isdecimal():
            return {wait_before_exit_key(): "1"}
        if is_wait(value):
            return {wait_before_exit_key(): value}
    return NO_ANNOTATIONS


def waits_of_namespaces(parts: Iterable[Part]) -> dict[str, Annotations]:
    """Collect the waits of the Namespaces in the files.

    Args:
        parts: the files, and all texts inside them.

    Returns:
        The annotation by the Namespace's name; the name is empty where the text does not say it.
    """
    by_name: dict[str, Annotations] = {}
    for part in parts:
        has_holes = part.inner is not None and bool(part.inner.holes)
        by_name |= {ANY_NAMESPACE if has_holes else name: wait for name, wait in _waits(part)}
    return by_name


def _waits(part: Part) -> Iterator[tuple[str, Annotations]]:
    key = wait_before_exit_key()
    yield from _waits_of_fragments(part.fragments)
    if key not in part.file.text:
        return
    if part.file.language == PLAIN:
        if re.search(_NAMESPACE, part.file.text) and (wait := wait_in(part.file.text)):
            yield ANY_NAMESPACE, wait
        return
    for document in part.file.documents:
        for _, item in objects_in(document.value):
            for path in _annotations_of_namespaces(item):
                value = get(item, (*path, key))
                # A program may know the value, such as a template's.
                if is_wait(value) or is_expression(value):
                    yield _name_of_namespace(item), {key: value if is_wait(value) else "1"}


def _annotations_of_namespaces(item: Mapping[str, object]) -> Iterator[Path]:
    """List where an object has the annotations of a Namespace: its own, or one's that it makes."""
    for location in locations_of(item):
        if location.role is Role.NAMESPACE:
            yield location.path


def _name_of_namespace(item: Mapping[str, object]) -> str:
    if is_namespace(item):
        return name_of(item)[1]
    # Argo CD's Application makes the Namespace of its destination; its own Namespace is another.
    spec = {"spec": item.get("spec")}
    return next(iter(namespaces_of(spec)), ANY_NAMESPACE)


def _waits_of_fragments(fragments: Iterable[Fragment]) -> Iterator[tuple[str, Annotations]]:
    for fragment in fragments:
        if fragment.target is Target.NAMESPACE and (wait := wait_set_by(fragment)):
            yield fragment.name or fragment.namespace, wait


def wait_set_by(fragment: Fragment) -> Annotations:
    """Return the wait before exit that a fragment sets, as an annotation; no annotations if it sets none.

    Args:
        fragment: the fragment.
    """
    key = wait_before_exit_key()
    value = settings_of(fragment.settings, expressions=True).get(key)
    return {key: str(value)} if is_wait(value) else NO_ANNOTATIONS


def helm_waits(part: Part) -> Iterator[int]:
    """Find the waits before exit that Linkerd's own Helm values set in a text.

    Args:
        part: the text.

    Yields:
        Each in seconds, above 0; a value that only a program knows counts as 1.
    """
    for fragment in part.fragments:
        if fragment.target is Target.LINKERD_VALUES:
            yield from _seconds(settings_of(fragment.settings, expressions=True).get(WAIT_BEFORE_EXIT))
    if WAIT_BEFORE_EXIT.rpartition(".")[2] not in part.file.text:
        return
    for document in part.file.documents:
        for _, values in find_linkerd_values(document.value):
            yield from _seconds(linkerd_values_in(values).get(WAIT_BEFORE_EXIT))


def _seconds(value: object) -> Iterator[int]:
    if isinstance(value, Expression) or is_expression(value):
        yield 1
    elif is_wait(value):
        yield int(str(value))


def wait_of_namespaces(names: Sequence[str], waits: Mapping[str, Annotations]) -> Annotations:
    """Choose the wait of the Namespace in which pods may live.

    Args:
        names: names that the text says, of which one is that of the Namespace; empty if it says none.
        waits: the waits of all Namespaces, as from ``waits_of_namespaces``.

    Returns:
        The annotation; that of any Namespace if there is no name, or a program fills it in.
    """
    if names and all(re.fullmatch(_PLAIN_NAME, name) for name in names):
        return next((waits[name] for name in (*names, ANY_NAMESPACE) if name in waits), NO_ANNOTATIONS)
    return next(iter(waits.values()), NO_ANNOTATIONS)


def namespaces_of(value: object) -> list[str]:
    """Return the names of Namespaces in which a document's pods may live, as far as it says them.

    Args:
        value: the document.
    """
    return [name for path in _NAMES if isinstance(name := get(value, path), str)]
