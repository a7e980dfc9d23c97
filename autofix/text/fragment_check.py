"""Checks a fragment: the engine examines its object, and each fix becomes edits of the fragment's spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from autofix.engine.api import Item, Result, by_hand
from autofix.engine.examine import Examined
from autofix.engine.options import Options
from autofix.kubernetes.pointer import Path
from autofix.kubernetes.scalars import Expression
from autofix.linkerd.keys import is_native_like
from autofix.linkerd.precedence import Annotations
from autofix.linkerd.release import real_keys
from autofix.readers.model import BRANCH, HELM_PATH, Branch, Fragment, Setting
from autofix.rules.finding import Finding, relocated, withhold
from autofix.text.edit.text_edit import TextEdit
from autofix.text.expressions import UNKNOWN_VALUE
from autofix.text.fragment_edits import NotWritableError, is_known, setting_edits
from autofix.text.fragment_fixes import without_quotes_by_request
from autofix.text.fragment_objects import FragmentExamined, as_string, examine_fragment, settings_of

_TWICE: Final = "a key stands here twice; remove the wrong one by hand"
_NO_PLACE: Final = "autofix cannot write that into this text; change it by hand"
_TYPED: Final = "AFX206"


class SettingText(NamedTuple):
    """What a text says of one key: equal texts say the same.

    Attributes:
        key: the key.
        value: its value as text; None where only a program knows it.
        is_set: whether the text sets the key.
    """

    key: str
    value: str | None
    is_set: bool


def texts_of(fragment: Fragment) -> tuple[SettingText, ...]:
    """Return what the settings of a fragment say."""
    return tuple(
        SettingText(setting.key, as_string(setting.value) if is_known(setting) else None, setting.is_set)
        for setting in fragment.settings
    )


class FragmentResult(NamedTuple):
    """A fragment's findings, and the edits of its fixes.

    Attributes:
        result: the findings; their paths are the keys of the fragment.
        edits: the edits of each setting, by its key.
        after: what the settings say once the edits are made.
    """

    result: Result
    edits: Mapping[str, tuple[TextEdit, ...]]
    after: tuple[SettingText, ...]


def check_fragment(
    fragment: Fragment,
    options: Options,
    suppressed: Mapping[str, frozenset[str]],
    wait: Annotations,
) -> FragmentResult:
    """Check a fragment.

    Args:
        fragment: the fragment.
        options: the options.
        suppressed: codes that are suppressed at some keys.
        wait: a wait before exit that its pods may have from elsewhere, as an annotation.

    Returns:
        The findings. A fix that the text has no place for is withheld, with the reason.
    """
    blocked = {
        setting.key: frozenset({_TYPED})
        for setting in fragment.settings
        if setting.to_string is None and setting.quotes is None
    }

    def examined(codes: Mapping[str, frozenset[str]], *, expressions: bool) -> FragmentExamined:
        return examine_fragment(fragment, options, codes, wait, expressions=expressions)

    if any(map(is_native_like, blocked)):
        # A fix may write such a key in the place of the key that the text has.
        blocked |= dict.fromkeys(real_keys(), frozenset({_TYPED}))
    whole = examined(suppressed, expressions=True)
    typed = [finding for finding in _findings(whole) if finding.code == _TYPED and finding.key in blocked]
    usable = examined(_joined(suppressed, blocked), expressions=True) if typed else whole
    other = None
    if any(isinstance(value, Expression) for value in _before(usable).values()):
        other = examined(_joined(suppressed, blocked), expressions=False)
    way_out = {setting.key: setting.way_out or _NO_PLACE for setting in fragment.settings}
    if _is_printed(fragment):
        usable = usable._replace(examined=without_quotes_by_request(usable.examined, usable.path, options))
    by_hand_typed = tuple(withhold(finding, way_out[finding.key or ""]) for finding in typed)
    result = _result(fragment, usable, by_hand_typed)
    reason = _reason(fragment, usable, other)
    if reason is None:
        try:
            changes = dict(_changes(fragment, usable))
            edits = {key: tuple(setting_edits(*change)) for key, change in changes.items()}
            return FragmentResult(result, edits, _after_changes(fragment, changes))
        except NotWritableError:
            reason = _NO_PLACE
    return FragmentResult(by_hand(result, result.object, reason), {}, texts_of(fragment))


def _is_printed(fragment: Fragment) -> bool:
    """Tell whether a chart prints the values, perhaps as they are."""
    return any(HELM_PATH[0][0] in dict(setting.escapes) for setting in fragment.settings)


def _after_changes(fragment: Fragment, changes: Mapping[str, _Change]) -> tuple[SettingText, ...]:
    def is_kept(text: SettingText, change: _Change) -> bool:
        return text.value is None or change.after == change.before

    return tuple(
        text._replace(
            key=change.new_key, value=text.value if is_kept(text, change) else as_string(change.after)
        )
        if text.is_set and (change := changes.get(text.key))
        else text
        for text in texts_of(fragment)
    )


def _joined(
    first: Mapping[str, frozenset[str]], second: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    return {key: first.get(key, frozenset()) | second.get(key, frozenset()) for key in (*first, *second)}


def _before(answer: FragmentExamined) -> Annotations:
    return answer.examined.before.get(answer.path, {})


def _after(answer: FragmentExamined) -> Annotations:
    return answer.examined.after.get(answer.path, {})


def _findings(answer: FragmentExamined) -> tuple[Finding, ...]:
    return answer.examined.findings


def _reason(fragment: Fragment, answer: FragmentExamined, other: FragmentExamined | None) -> str | None:
    """Say why nothing in a fragment may be edited; None if it may."""
    if fragment.reason:
        return fragment.reason
    if fragment.branch is Branch.ALTERNATIVE:
        return BRANCH
    keys = [setting.key for setting in fragment.settings if setting.is_set]
    if len(keys) != len(set(keys)):
        return _TWICE
    before, after = _before(answer), _after(answer)
    release_reason = fragment.release_reason or (BRANCH if fragment.branch is Branch.CONDITIONAL else "")
    if release_reason and any(key in real_keys() and key not in after for key in before):
        return release_reason
    if other is not None and _after(other).keys() != after.keys():
        return UNKNOWN_VALUE
    return None


def _result(fragment: Fragment, answer: FragmentExamined, typed: tuple[Finding, ...]) -> Result:
    depth = len(answer.path)

    def inner(path: Path) -> Path:
        return path[depth:]

    def placed(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(relocated(_writable(finding, answer.path), inner) for finding in (*findings, *typed))

    examined: Examined = answer.examined
    findings, remaining = placed(examined.findings), placed(examined.remaining)
    if fragment.branch is Branch.ALTERNATIVE or fragment.reason == BRANCH:
        # In a switch between releases each key is right for some release.
        findings, remaining = (
            tuple(finding for finding in kept if finding.key not in real_keys())
            for kept in (findings, remaining)
        )
    item = Item(
        fragment.kind,
        fragment.namespace,
        fragment.name,
        (),
        findings,
        remaining,
    )
    return Result((item,), (), settings_of(fragment.settings, expressions=True), examined.changes_injection)


def _writable(finding: Finding, path: Path) -> Finding:
    """Take out a fix that changes more than the settings of the fragment."""
    is_inside = all(edit.path == path for edit in finding.edits)
    return finding if is_inside else withhold(finding, _NO_PLACE)


class _Change(NamedTuple):
    """A setting, and what it becomes."""

    setting: Setting
    new_key: str
    before: object
    after: object


def _changes(fragment: Fragment, answer: FragmentExamined) -> Iterator[tuple[str, _Change]]:
    """Tell what changes between two mappings, by the key that the text has.

    Raises:
        NotWritableError: when the text has no place for a change.
    """
    before, after = _before(answer), _after(answer)
    settings = {setting.key: setting for setting in fragment.settings if setting.is_set}
    outside = any(
        answer.examined.after[path] != entries
        for path, entries in answer.examined.before.items()
        if path != answer.path
    )
    removed = [key for key in before if key not in after]
    added = [key for key in after if key not in before]
    if outside or len(removed) != len(added):
        raise NotWritableError
    new_keys = dict(zip(removed, _matched(removed, added, before, after), strict=True))
    for key in before:
        new_key = new_keys.get(key, key)
        if new_key != key or after[new_key] is not before[key]:
            yield key, _Change(settings[key], new_key, before[key], after[new_key])


def _matched(removed: list[str], added: list[str], before: Annotations, after: Annotations) -> list[str]:
    """Choose the new key of each removed key: first keys with the same value."""
    left = list(added)
    matched: dict[str, str] = {}
    for is_equal in (True, False):
        for key in removed:
            if key in matched:
                continue
            fitting = [name for name in left if not is_equal or after[name] == before[key]]
            if fitting:
                matched[key] = fitting[0]
                left.remove(fitting[0])
    return [matched[key] for key in removed]
