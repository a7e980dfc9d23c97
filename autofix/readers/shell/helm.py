"""What ``--set`` and its kin say, for charts of anybody and for Linkerd's own.

Source of the syntax: Helm 3, pkg/strvals/parser.go and literal_parser.go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from autofix.kubernetes.scalars import type_by_helm
from autofix.linkerd.helm import is_linkerd_chart
from autofix.readers.helm_path import BARE_DOTS, assigned_parts
from autofix.readers.model import (
    HELM_PATH,
    NOT_UNDERSTOOD,
    Delivery,
    Fragment,
    Setting,
    Target,
)
from autofix.readers.names import is_annotations, is_labels, is_namespace, is_namespace_annotations
from autofix.readers.shell.commands import Command, Program, arguments
from autofix.readers.shell.helm_path import PathSetting, path_settings
from autofix.readers.shell.inner import inner_text
from autofix.readers.shell.settings import (
    Items,
    Pair,
    escapes_of,
    fragments_of,
    is_of_interest,
    key_in,
)
from autofix.readers.shell.tables import HELM_VALUED, VALUE_OPTIONS, ValueOption
from autofix.readers.shell.words import WordPart

WAY_OUT: Final = "use --set-string"
QUOTED_KEY: Final = "Helm takes the quotes as a part of the key; remove them by hand"
_QUOTE: Final = re.compile("[\"']")
# What people call the release where a variable has the chart, or a folder with the chart.
_RELEASES: Final = frozenset({"linkerd", "linkerd-enterprise"})
_DEEPEST_CHART: Final = 4


class Assignment(NamedTuple):
    """One value of one option."""

    setting: PathSetting
    option: ValueOption
    to_string: tuple[tuple[int, int], str] | None


def read_values(program: Program, command: Command) -> Items:
    """Return the fragments and texts of the options of a command that set values of charts.

    Args:
        program: the program and its words.
        command: the whole command.
    """
    valued = HELM_VALUED | VALUE_OPTIONS.keys()
    options = [*arguments(program.words, frozenset(valued))]
    operands = [value for option, value in options if not option and value is not None]
    namespace = next(
        (
            part.text
            for option, part in options
            if option in {"-n", "--namespace"} and part and not part.has_hole
        ),
        "",
    )
    assignments: list[Assignment] = []
    for option, value in options:
        how = VALUE_OPTIONS.get(option)
        if how is None or value is None:
            continue
        if how.is_json:
            yield from _json(value, namespace)
        else:
            assignments.extend(_assignments(option, how, value))
    is_own = is_linkerds_chart(program.name, operands)
    yield from _fragments(assignments, command, namespace, is_own=is_own)


def is_linkerds_chart(name: str, operands: Sequence[WordPart]) -> bool:
    """Tell whether a command sets values of the chart of Linkerd's control plane.

    Args:
        name: the name of the program.
        operands: its operands.
    """
    words = [operand.text for operand in operands]
    if name == "linkerd":
        return bool(words) and words[0] in {"install", "upgrade"}
    if name != "helm" or not words:
        return False
    # VERB RELEASE CHART, or VERB CHART; the name of the release counts where a variable has the chart.
    behind = operands[2:]
    charts = words[2:] if any(not operand.has_hole for operand in behind) else words[1:]
    names = (word.rstrip("/").rpartition("/")[2] for word in charts)
    return any(name in _RELEASES or is_linkerd_chart(name) for name in names)


def _assignments(option: str, how: ValueOption, value: WordPart) -> Iterator[Assignment]:
    settings = [*path_settings(value, is_literal=how.is_literal)]
    to_string = None
    if how.to_string and len(settings) == 1:
        to_string = _option_span(value, option), how.to_string
    for setting in settings:
        yield Assignment(setting, how, to_string)


def _option_span(value: WordPart, option: str) -> tuple[int, int]:
    """Return where an option stands: in the word of its value, or in the word before."""
    if value.start:
        start = value.word.outside(0)
        return start, start + len(option)
    end = value.word.source.rfind(option, 0, value.word.span[0])
    return end, end + len(option)


def _fragments(
    assignments: Sequence[Assignment], command: Command, namespace: str, *, is_own: bool
) -> Iterator[Fragment]:
    groups: dict[tuple[str, ...], list[Assignment]] = {}
    own: list[Pair] = []
    for assignment in assignments:
        names = assignment.setting.names
        prefix = _own_prefix(names)
        if (is_own or prefix) and not any("/" in name for name in names):
            own.append(_own_value(assignment, prefix))
        else:
            groups.setdefault(assignment.setting.parent, []).append(assignment)
    yield from _own_fragment(own, command, namespace)
    for parent, members in groups.items():
        target, reason = target_of(parent)
        if reason == BARE_DOTS:
            yield from _split_keys(members, command)
            continue
        pairs = [pair for member in members if (pair := _pair(member)) is not None]
        if reason and not any("/" in pair.setting.key for pair in pairs):
            continue
        yield from fragments_of(
            pairs,
            target,
            command.branch,
            namespace="" if target is Target.NAMESPACE else namespace,
            reason=reason,
        )


def _split_keys(members: Sequence[Assignment], command: Command) -> Iterator[Fragment]:
    for member in members:
        key = key_in(member.setting.path)
        if key is not None:
            setting = Setting(key.text, key.span, delivery=Delivery.EXPRESSION)
            yield Fragment(Target.UNKNOWN, (setting,), branch=command.branch, reason=BARE_DOTS)


def _own_fragment(own: Sequence[Pair], command: Command, namespace: str) -> Iterator[Fragment]:
    if own:
        settings = tuple(pair.setting for pair in own)
        reason = next((pair.reason for pair in own if pair.reason), "")
        yield Fragment(Target.LINKERD_VALUES, settings, namespace, branch=command.branch, reason=reason)


def target_of(parent: Sequence[str]) -> tuple[Target, str]:
    """Tell whose annotations a path of a chart's values is about.

    Args:
        parent: the names before the key.

    Returns:
        The target, and why nothing may be edited.
    """
    name = parent[-1].partition("[")[0] if parent else ""
    before = parent[-2].partition("[")[0] if len(parent) > 1 else ""
    if len(parent) > 1 and any(is_annotations(part.partition("[")[0]) for part in parent[:-1]):
        return Target.UNKNOWN, BARE_DOTS
    if is_labels(name):
        return Target.LABELS, ""
    if not is_annotations(name):
        return Target.UNKNOWN, NOT_UNDERSTOOD
    if is_namespace(before) or is_namespace_annotations(name):
        return Target.NAMESPACE, ""
    return Target.POD, ""


def _own_prefix(names: Sequence[str]) -> str:
    """Return what stands before the values of Linkerd's chart where it is a chart inside a chart."""
    for number, name in enumerate(names[:_DEEPEST_CHART]):
        if is_linkerd_chart(name):
            return ".".join(names[: number + 1]) + "."
    return ""


def _own_value(assignment: Assignment, prefix: str) -> Pair:
    path = assignment.setting.path
    path = path.sub(len(prefix)) if path.text.startswith(prefix) else path
    setting, reason = _setting(assignment, path.text, path)
    return Pair(setting._replace(escapes=(), to_string=None, way_out="", key=path.text), reason)


def _pair(assignment: Assignment) -> Pair | None:
    part = assignment.setting.last
    if part.has_hole:
        return None
    if is_of_interest(part.text) and _QUOTE.search(part.text):
        whole = key_in(part)
        setting = Setting(part.text if whole is None else whole.text.replace("\\", ""), part.span)
        return Pair(setting._replace(delivery=Delivery.EXPRESSION), QUOTED_KEY)
    key, escapes = assignment.setting.key, escapes_of(assignment.setting.key, part.written)
    setting, reason = _setting(assignment, key, part)
    if is_of_interest(key) and (not escapes and "." in key):
        reason = NOT_UNDERSTOOD
    return Pair(setting._replace(escapes=escapes or HELM_PATH), reason)


def _setting(assignment: Assignment, key: str, part: WordPart) -> Pair:
    """Make the setting of an assignment, as far as its value matters."""
    value, how = assignment.setting.value, assignment.option
    if value is None:
        return Pair(Setting(key, part.span, delivery=Delivery.EXPRESSION), NOT_UNDERSTOOD)
    if value.has_hole or how.delivery is Delivery.EXPRESSION:
        return Pair(Setting(key, part.span, value.text, value.span, Delivery.EXPRESSION))
    if value.written.replace("\\", "") != value.text.replace("\\", ""):
        return Pair(Setting(key, part.span, delivery=Delivery.EXPRESSION), NOT_UNDERSTOOD)
    text = value.text if how.is_literal else re.sub(r"\\(.)", r"\1", value.text)
    if how.delivery is Delivery.TEXT:
        return Pair(Setting(key, part.span, text, value.span, Delivery.TEXT))
    scalar = type_by_helm(text)
    return Pair(
        Setting(
            key,
            part.span,
            scalar,
            value.span,
            Delivery.TYPED,
            is_set=scalar is not None,
            to_string=assignment.to_string,
            way_out=WAY_OUT if how.to_string else "",
        )
    )


def _json(value: WordPart, namespace: str) -> Items:
    """Read ``--set-json path=JSON``, or a whole object."""
    if not is_of_interest(value.text):
        return
    equals = value.find("=")
    if equals < 0 or value.text.lstrip().startswith("{"):
        yield inner_text(value, "json", Target.UNKNOWN, namespace)
        return
    parts = assigned_parts(value.word.text, value.start, value.end)
    target, _ = target_of([part.text for part in parts])
    yield inner_text(value.sub(equals + 1), "json", target, namespace)
