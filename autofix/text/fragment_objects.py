"""Turns a fragment into the Kubernetes object that its text makes or changes, for the engine to examine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from autofix.engine.cache import examined
from autofix.engine.examine import Examined, Reading, Suppressed
from autofix.engine.namespaces import examine_all
from autofix.engine.options import Options
from autofix.kubernetes.kinds import DEPLOYMENT, KINDS
from autofix.kubernetes.locations import Location, Role
from autofix.kubernetes.pointer import Path
from autofix.kubernetes.scalars import Expression, TypedText
from autofix.linkerd.annotations import as_text
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.precedence import Annotations
from autofix.linkerd.release import wait_before_exit_key
from autofix.readers.model import Delivery, Fragment, Setting, Target
from autofix.rules.context import Context

_ANNOTATIONS: Final[Path] = ("metadata", "annotations")
_LABELS: Final[Path] = ("metadata", "labels")
_VALUES: Final[Path] = ("values",)
_KINDS: Final = {kind.kind: kind for kind in KINDS}
# What the injector is asked with where only a program knows the value of a wait.
_SOME_WAIT: Final = "1"


class FragmentExamined(NamedTuple):
    """The engine's answer about a fragment.

    Attributes:
        examined: the answer, about an object with the settings at ``path``.
        path: where the settings stand in that object.
    """

    examined: Examined
    path: Path


def examine_fragment(
    fragment: Fragment,
    options: Options,
    suppressed: Mapping[str, frozenset[str]],
    wait: Annotations,
    *,
    expressions: bool,
) -> FragmentExamined:
    """Examine the settings of a fragment as the annotations of its object.

    Args:
        fragment: the fragment; settings that remove a key are left out.
        options: the options.
        suppressed: codes that are suppressed at some keys.
        wait: a wait before exit that its pods may have from elsewhere, as an annotation; a fix is withheld if
            Linkerd would deny the pods after it.
        expressions: the intent that the engine reads in values that only a program knows.
    """
    options = options._replace(changes_every_domain=False)
    entries = settings_of(fragment.settings, expressions=expressions)
    if fragment.target is Target.LINKERD_VALUES:
        return FragmentExamined(_examine_values(entries, options, suppressed), _VALUES)
    if fragment.target is Target.NAMESPACE:
        entries = {**wait, **entries}
    obj, path = _object_of(fragment, entries)
    by_path: Suppressed = {(*path, key): codes for key, codes in suppressed.items()}
    [answer] = examine_all([obj], options, None, [by_path])
    if wait and fragment.target is not Target.NAMESPACE and answer.after != answer.before:
        [waiting] = examine_all([obj], options, wait, [by_path])
        if waiting.after != answer.after:
            answer = waiting
    return FragmentExamined(answer, path)


def settings_of(settings: Sequence[Setting], *, expressions: bool) -> dict[str, object]:
    """Return the annotations that settings make, with values as they will reach the object.

    Args:
        settings: the settings; of equal keys the last counts.
        expressions: the intent that stands for a value that only a program knows.
    """
    return {setting.key: _value(setting, expressions) for setting in settings if setting.is_set}


def _value(setting: Setting, intent: bool) -> object:
    if setting.value_span is None or setting.delivery is Delivery.EXPRESSION:
        if is_native_like(setting.key):
            return Expression(as_text(intent))
        return Expression(_SOME_WAIT if setting.key == wait_before_exit_key() else str(setting.value or ""))
    if setting.delivery is Delivery.TYPED:
        return TypedText(as_string(setting.value))
    return setting.value if setting.delivery is Delivery.WRITTEN else as_string(setting.value)


def as_string(value: object) -> str:
    """Write a scalar as tools hand it on: ``true`` for True, ``null`` for None."""
    if isinstance(value, bool):
        return as_text(value)
    return "null" if value is None else str(value)


def name_in_text(setting: Setting, key: str) -> str | None:
    """Return what stands in a text for another key in the place of a setting's key.

    Args:
        setting: the setting.
        key: the other key.

    Returns:
        The key with the escapes of the text; of Linkerd's Helm values the last part where mappings stand in
        mappings. None if the other value belongs into another mapping.
    """
    start, end = setting.key_span
    parent, dot, name = setting.key.rpartition(".")
    is_path = bool(dot) and end - start != len(name)
    # In a mapping the value may have quotes; behind a path they would be part of it.
    is_option = not dot and setting.quotes is None and setting.delivery is not Delivery.WRITTEN
    if "/" not in setting.key and not is_path and not is_option:
        new_parent, _, key = key.rpartition(".")
        if new_parent != parent:
            return None
    for plain, escaped in setting.escapes:
        key = key.replace(plain, escaped)
    return key


def _object_of(fragment: Fragment, entries: Mapping[str, object]) -> tuple[dict[str, object], Path]:
    """Make the object whose annotations or labels a fragment sets."""
    metadata: dict[str, object] = {"name": fragment.name, "namespace": fragment.namespace}
    match fragment.target:
        case Target.NAMESPACE:
            metadata = {"name": fragment.name or fragment.namespace, "annotations": entries}
            return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, _ANNOTATIONS
        case Target.LABELS:
            return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata | {"labels": entries}}, _LABELS
        case Target.WORKLOAD:
            # Of a kind that the text does not say, any that makes pods will do.
            kind = _KINDS.get(fragment.kind, DEPLOYMENT)
            version = kind.version if not kind.group else f"{kind.group}/{kind.version}"
            metadata |= {"annotations": entries}
            return {"apiVersion": version, "kind": kind.kind, "metadata": metadata}, _ANNOTATIONS
        case Target.OTHER:
            metadata |= {"annotations": entries}
            kind_name = fragment.kind or "Service"
            return {"apiVersion": "v1", "kind": kind_name, "metadata": metadata}, _ANNOTATIONS
        case _:
            metadata |= {"annotations": entries}
            return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}, _ANNOTATIONS


def _examine_values(
    entries: Mapping[str, object], options: Options, suppressed: Mapping[str, frozenset[str]]
) -> Examined:
    location = Location(Role.LINKERD_VALUES, _VALUES, None, "")
    reading = Reading((location,), {_VALUES: dict(entries)}, (), built_in=False)
    by_path: Suppressed = {(*_VALUES, key): codes for key, codes in suppressed.items()}
    return examined(reading, Context(options), by_path)
