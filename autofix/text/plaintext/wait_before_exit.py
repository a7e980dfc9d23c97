"""The wait before exit that pods may have from other places: AFX402 needs it from the files around a key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from autofix.engine.namespaces import is_namespace
from autofix.kubernetes.lists import objects_in
from autofix.kubernetes.locations import name_of
from autofix.kubernetes.pointer import get
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations, is_wait
from autofix.linkerd.release import wait_before_exit_key
from autofix.text.file import TextFile

# Stands for a Namespace whose name is not known; no Namespace has this name.
_ANY: Final = ""
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


def waits_of_namespaces(files: Iterable[TextFile]) -> dict[str, Annotations]:
    """Collect the waits of the Namespaces in the files.

    Args:
        files: the files.

    Returns:
        The annotation by the Namespace's name; the name is empty for a wait in plain text.
    """
    return {name: wait for file in files for name, wait in _waits(file)}


def _waits(file: TextFile) -> Iterator[tuple[str, Annotations]]:
    key = wait_before_exit_key()
    if key not in file.text:
        return
    if file.is_plain:
        if re.search(_NAMESPACE, file.text) and (wait := wait_in(file.text)):
            yield _ANY, wait
        return
    for document in file.documents:
        for _, item in objects_in(document.value):
            value = get(item, ("metadata", "annotations", key)) if is_namespace(item) else None
            if is_wait(value):
                yield name_of(item)[1], {key: value}


def namespace_wait(value: object, waits: Mapping[str, Annotations]) -> Annotations:
    """Choose the wait of the Namespace in which the pods of a document may live.

    Args:
        value: the document; None for a plain text.
        waits: the waits of all Namespaces, as from ``waits_of_namespaces``.

    Returns:
        The annotation; that of any Namespace if the document does not name the Namespace of its pods.
    """
    if not waits:
        return NO_ANNOTATIONS
    names = [name for path in _NAMES if isinstance(name := get(value, path), str)]
    if names and all(re.fullmatch(_PLAIN_NAME, name) for name in names):
        names.append(_ANY)
        return next((waits[name] for name in names if name in waits), NO_ANNOTATIONS)
    return next(iter(waits.values()), NO_ANNOTATIONS)
