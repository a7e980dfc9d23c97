"""What a scan looks at: kinds, objects by their names, Namespaces and labels, as kubectl takes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from autofix.errors import AutofixError
from autofix.kubernetes.kinds import KINDS, NAMESPACE, Kind, select_kinds


class NamedObject(NamedTuple):
    """An object that the user names.

    Attributes:
        resource: its kind, or the name of its custom resource, such as ``rollouts.argoproj.io``.
        name: its name.
    """

    resource: Kind | str
    name: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What to look at.

    Attributes:
        kinds: built-in kinds to read.
        custom: names of custom resources to read, such as ``rollouts.argoproj.io``.
        namespaces: the only Namespaces; none for all.
        labels: a label selector; empty for everything.
        targets: the objects that the user names; beside them only what is ``named`` then has findings.
        named: the built-in kinds and custom resources that the user names as a whole.
    """

    kinds: tuple[Kind, ...]
    custom: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    labels: str = ""
    targets: tuple[NamedObject, ...] = ()
    named: tuple[Kind | str, ...] = ()


def read_scope(words: Iterable[str], namespaces: tuple[str, ...] = (), labels: str = "") -> Scope:
    """Read what the user names.

    Args:
        words: TYPE or TYPE/NAME, as kubectl takes them; a word may hold several with commas between them.
        namespaces: the only Namespaces; none for all.
        labels: a label selector; empty for everything.

    Returns:
        The scope. An object is shown with its pods, so that every kind is read where one is named.

    Raises:
        AutofixError: when a type is not known, when a name is missing, or when names do not fit the rest.
    """
    parts = [part for word in words for part in word.split(",") if part]
    types = [part for part in parts if "/" not in part]
    targets = tuple(_target(part) for part in parts if "/" in part)
    kinds, custom = select_kinds(types)
    whole: tuple[Kind | str, ...] = (*kinds, *custom) if types else ()
    if not targets:
        return Scope(kinds, custom, namespaces, labels, named=whole)
    if labels:
        raise AutofixError("a name cannot be given together with -l; leave one of them out")
    has_namespaces = all(target.resource == NAMESPACE for target in targets)
    if not (namespaces or has_namespaces):
        raise AutofixError("an object cannot be named across all Namespaces; give -n instead of -A")
    resources = [target.resource for target in targets]
    builtin = (*whole, NAMESPACE) if has_namespaces else KINDS
    if has_namespaces and not types:
        namespaces = tuple(dict.fromkeys(target.name for target in targets))
    return Scope(
        tuple(kind for kind in KINDS if kind in builtin),
        tuple(dict.fromkeys((*custom, *(name for name in resources if isinstance(name, str))))),
        namespaces,
        labels,
        targets,
        whole,
    )


def _target(word: str) -> NamedObject:
    kind, _, name = word.partition("/")
    if not kind or not name or "/" in name:
        raise AutofixError(f'"{word}" names no object; write TYPE/NAME, such as deploy/web')
    kinds, custom = select_kinds([kind])
    return NamedObject(kinds[0] if kinds else custom[0], name)
