"""Why a key in plain text is only reported: with the text around it, the key may mean something else.

autofix does not parse the text, so each reason depends on how the text looks. If in doubt, it edits nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from autofix.linkerd.release import real_keys
from autofix.readers.model import BRANCH, LONGER_WORD, NOT_SET, REMOVED_TOO
from autofix.readers.names import is_labels
from autofix.readers.plain.branches import branches
from autofix.readers.plain.directives import directive_reason
from autofix.readers.plain.enclosures import enclosures
from autofix.readers.plain.key_search import TextKey, neighbours
from autofix.readers.spans import is_inside

CLOSE: Final = "another such key stands close to it in text that is not parsed; change them by hand"
LABEL: Final = "it seems to be a label or a selector, which Linkerd does not read; annotate by hand"
SEVERAL: Final = "keys of several releases stand in this text; change them together by hand"

# How far to look back over the lines of a command, and around a key in its line, in characters.
_LONGEST_COMMAND: Final = 1000
_LONGEST_LINE: Final = 300
_CHAINED: Final = re.compile(r"&&|\|\|")
_COMMANDS: Final = re.compile(r"&&|\|\||;")
_VERB: Final = re.compile(r"(?:^|[\s\"'])(label|annotate)(?=\s)", re.IGNORECASE)
# The flag that has the key in its value; -l is short for a selector, or for a label.
_FLAG: Final = re.compile(r"(?:^|\s)--?([\w-]{1,60})[ \t=]{1,20}[\"']?[^\s]{0,300}\Z")
_SHORT: Final = "l"
# The name to which a list of keys is assigned: a variable, a property, or an option such as Java's -D.
_ASSIGNED: Final = re.compile(r"""[ \t]*(?:(?:export|local|readonly|declare)[ \t]+)?([\w.-]+)[ \t]*\+?[:=]""")
_OPTION: Final = re.compile(r"""(?:^|\s)["']?--?(\w[\w.-]*)=[^\s]*\Z""")
_STEP: Final = re.compile(r"(?<![\w-])([\w-]+)[/.]\Z")
_LONGEST_STEP: Final = 60
_REMOVING: Final = re.compile(
    r"(?<![A-Za-z])(?:remov|unset)|-rm\b|--delete-|(?<![\w-])(?:del|delet\w*|omit\w*|absent|pop)(?![\w-])",
    re.IGNORECASE,
)
_SEARCHING: Final = re.compile(r"(?<![\w./-])(?:sed|[gm]?awk|[ef]?grep|rg|perl|ack)(?![\w-])")
# The two parts of a conditional expression, and a line that begins with one.
_CHOICES: Final = (
    (re.compile(r"\?\s"), re.compile(r"\s:\s")),
    (re.compile(r"\bif\b"), re.compile(r"\belse\b")),
)
_BRANCH: Final = re.compile(r"\s*[?:]\s")
# A key in such an action of a template is part of a program.
_ACTION: Final = re.compile(
    r"\b(?:ternary|if|else|with|has|hasKey|eq|ne|unset|omit|pick|default|coalesce|semverCompare|not|and|or)\b"
)
_LONGEST_ACTION: Final = 500
_NO_VALUE: Final = re.compile(r"""["']?[ \t]*:[ \t]*(?:\#(?!@)[^\n]*)?\r?(?:\n([ \t]*)([^\s]?)|\Z)""")


class ManualReason(NamedTuple):
    """Why a key is only reported, to be changed by hand.

    Attributes:
        text: the reason, in words.
        is_of_release: whether it only forbids another key, because other releases may read this key; the
            right value is the same for all of them.
    """

    text: str
    is_of_release: bool = False


def manual_reasons(text: str, keys: Sequence[TextKey]) -> dict[int, ManualReason]:
    """Say which keys of a text are only reported, and why.

    Args:
        text: the whole text.
        keys: its keys, in order, including the keys that it removes.

    Returns:
        The reasons by the start of the key.
    """
    close = neighbours(text, keys)
    around = enclosures(text, [key.start for key in keys])
    alternatives, conditions = branches(text)
    real = {key.key for key in keys if key.key in real_keys()}
    general = directive_reason(text) or (REMOVED_TOO if any(key.is_set is False for key in keys) else None)

    def reasons(key: TextKey) -> Iterator[str | None]:
        command = _command(text, key.start)
        is_optional = around[key.start].is_optional or is_inside(key.start, alternatives)
        yield LABEL if around[key.start].is_labels or _is_label(command) else None
        yield NOT_SET if key.is_set is None or _is_not_set(text, key, command) else None
        yield BRANCH if is_optional else None
        yield BRANCH if _is_choice(text, key) or _is_in_program(text, key.start) else None
        yield LONGER_WORD if key.is_part else None
        yield CLOSE if key.start in close else None
        yield general

    def reasons_of_release(key: TextKey) -> Iterator[str | None]:
        if key.key in real:
            # A condition may ask for the release in which the key is right.
            is_chained = _CHAINED.search(_command(text, key.start)) is not None
            yield BRANCH if is_chained or is_inside(key.start, conditions) else None
            yield SEVERAL if len(real) > 1 else None

    by_start: dict[int, ManualReason] = {}
    for key in keys:
        if reason := next(filter(None, reasons(key)), None):
            by_start[key.start] = ManualReason(reason)
        elif reason := next(filter(None, reasons_of_release(key)), None):
            by_start[key.start] = ManualReason(reason, is_of_release=True)
    return by_start


def _command(text: str, end: int) -> str:
    """Return the command before a key: its line up to the key, and the lines above that go on in it."""
    *above, line = text[max(0, end - _LONGEST_COMMAND) : end].split("\n")
    parts = [line]
    while above and above[-1].rstrip("\r").endswith("\\"):
        parts.append(above.pop().rstrip("\r\\"))
    return " ".join(reversed(parts))


def _is_label(command: str) -> bool:
    """Tell by the command before a key whether it is the key of a label."""
    verbs = _VERB.findall(command)
    if verbs and verbs[-1].lower() == "label":
        return True
    end = command[-_LONGEST_LINE:]
    flag = _FLAG.search(end)
    names = (
        flag,
        _OPTION.search(end),
        _STEP.search(end[-_LONGEST_STEP:].rstrip("\"'")),
        _ASSIGNED.match(command),
    )
    return bool(flag and flag[1] == _SHORT) or any(name is not None and is_labels(name[1]) for name in names)


def _is_not_set(text: str, key: TextKey, command: str) -> bool:
    """Tell whether the text seems to remove a key, or to search for it."""
    if _SEARCHING.search(command):
        return True
    # What a JSON patch does is known.
    is_pointer = "~1" in text[key.start : key.end]
    if not is_pointer and _REMOVING.search(_COMMANDS.split(command)[-1]):
        return True
    empty = _NO_VALUE.match(text, key.end)
    if empty is None:
        return False
    before = text[text.rfind("\n", 0, key.start) + 1 : key.start]
    if before.strip("\"' \t-"):
        return False
    # The value may be in the lines below.
    return not empty[2] or (empty[2] != "{" and len(empty[1]) <= len(before.rstrip("\"'")))


def _is_choice(text: str, key: TextKey) -> bool:
    """Tell by its line whether a key stands in a conditional expression, or one of two commands."""
    before = text[max(0, key.start - _LONGEST_LINE) : key.start].rpartition("\n")[2]
    behind = text[key.end : key.end + _LONGEST_LINE].partition("\n")[0]
    first, then = before.rpartition(";")[2], behind.partition(";")[0]
    if "||" in first or ("&&" in first and "||" in then):
        return True
    line = f"{before}{key.key}{behind}"
    if _BRANCH.match(line):
        return True
    for condition, otherwise in _CHOICES:
        begin = condition.search(line)
        if begin and otherwise.search(line, begin.end() - 1):
            return True
    return False


def _is_in_program(text: str, position: int) -> bool:
    since = max(0, position - _LONGEST_ACTION)
    begin = text.rfind("{{", since, position)
    return begin > text.rfind("}}", since, position) and _ACTION.search(text, begin, position) is not None
