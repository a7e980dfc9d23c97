"""Commands that the reader does not know: options of annotations, known prefixes, and mere mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from autofix.linkerd.keys import key_within
from autofix.readers.model import (
    LONGER_WORD,
    NOT_SET,
    NOT_UNDERSTOOD,
    Branch,
    Delivery,
    Fragment,
    InnerText,
    Setting,
    Target,
)
from autofix.readers.prefixes import SPARK_PREFIX, kind_of_property, target_of_property
from autofix.readers.shell.commands import Command, Program, known_program
from autofix.readers.shell.documents import SHELLS
from autofix.readers.shell.inner import inner_text, language_of
from autofix.readers.shell.settings import (
    Items,
    Pair,
    cut_pair,
    escapes_of,
    fragments_of,
    is_of_interest,
    keys_in,
    pair_of,
    pairs_of_list,
)
from autofix.readers.shell.words import Word, WordPart

_OPTION: Final = re.compile(r"-{1,2}[\w.-]*?(?P<what>annotation|label|selector)s?\Z", re.IGNORECASE)
_NATIVE: Final = re.compile("idecar", re.IGNORECASE)
_VALUE: Final = re.compile(r"=(\w+)(?=[\s,;\"'\\]|\Z)")
_ASKERS: Final = frozenset(
    {"grep", "egrep", "fgrep", "rg", "ag", "test", "[", "assert_output", "assert_line"}
)
_RUNNERS: Final = frozenset(
    {"ssh", "su", "eval", "watch", "trap", "retry", "run", "timeout", "time", "nohup"}
)
_ALWAYS_RUN: Final = frozenset({"ssh", "eval"})
_LONGEST_OPTION: Final = 200


def read_other(command: Command) -> Iterator[Fragment | InnerText]:
    """Return what options of annotations and known prefixes set.

    Args:
        command: the command.
    """
    by_prefix: dict[str, list[Pair]] = {}
    by_target: dict[Target, list[Pair]] = {}
    words = command.words
    for number, word in enumerate(words):
        target, value = _option(word, words[number + 1] if number + 1 < len(words) else None)
        if value is not None and is_of_interest(value.text):
            if language_of(value.text) == "json":
                yield inner_text(value, "json", target)
            else:
                by_target.setdefault(target, []).extend(pairs_of_list(value, "=:"))
            continue
        prefix, pair = _prefixed(word)
        if pair is not None:
            by_prefix.setdefault(prefix, []).append(pair)
    for target, pairs in by_target.items():
        yield from fragments_of(pairs, target, command.branch)
    for prefix, pairs in by_prefix.items():
        target, kind = target_of_property(prefix), kind_of_property(prefix)
        yield from fragments_of(pairs, target, command.branch, kind=kind if target is Target.OTHER else "")


def _option(word: Word, following: Word | None) -> tuple[Target, WordPart | None]:
    """Return the value of an option of annotations or labels."""
    equals = word.part().find("=")
    name = word.text if equals < 0 else word.text[:equals]
    match = _OPTION.match(name) if len(name) < _LONGEST_OPTION else None
    if match is None:
        return Target.UNKNOWN, None
    target = Target.POD if match["what"].lower() == "annotation" else Target.LABELS
    if equals >= 0:
        return target, word.part(equals + 1)
    return target, following.part() if following is not None else None


def _prefixed(word: Word) -> tuple[str, Pair | None]:
    """Read a word such as ``spark.kubernetes.driver.annotation.KEY=VALUE``."""
    match = SPARK_PREFIX.search(word.text)
    if match is None or word.text[: match.start()] not in {"", "--conf=", "-D", "-c="}:
        return "", None
    cut = cut_pair(word.part(match.end()))
    return match[0], pair_of(*cut) if cut else None


def shell_texts(command: Command) -> Iterator[InnerText]:
    """Return the words of a command that a shell runs, such as that of ``sh -c``.

    Args:
        command: the command.
    """
    script = False
    after_shell = False
    first = command.words[0].text if command.words else ""
    for word in command.words[1:] if first not in SHELLS else command.words:
        is_option = word.text.startswith("-")
        if script or _is_script(first, word):
            if is_of_interest(word.text):
                yield inner_text(word.part(), "shell")
            script = False
        elif after_shell and is_option:
            script = "c" in word.text and not word.text.startswith("--")
        else:
            after_shell = word.text.rpartition("/")[2] in SHELLS


def _is_script(first: str, word: Word) -> bool:
    """Tell whether a program runs the words in a quoted word."""
    if first not in _RUNNERS or not word.part().styles & {"'", '"'} or " " not in word.text:
        return False
    return first in _ALWAYS_RUN or any(map(known_program, word.text[:_LONGEST_OPTION].split()[:4]))


def mentions(words: Sequence[Word], branch: Branch, reason: str = NOT_UNDERSTOOD) -> Items:
    """Return fragments for native-sidecar keys in words that nothing else explains.

    Args:
        words: the words.
        branch: whether their command always runs.
        reason: why they are not edited.
    """
    for word in words:
        if not is_of_interest(word.text):
            continue
        for part in keys_in(word.part()):
            key = part.text.replace("\\", "")
            if _NATIVE.search(key):
                within = key_within(key)
                if within != key and part.text.startswith(within):
                    yield _mention(part.sub(0, len(within)), within, branch, LONGER_WORD)
                else:
                    yield _mention(part, key, branch, reason)


def _mention(part: WordPart, key: str, branch: Branch, reason: str) -> Fragment:
    text = part.word.text
    escapes = escapes_of(key, part.written) or ()
    is_longer = part.start > 0 and (text[part.start - 1].isalnum() or text[part.start - 1] in "._-/")
    if is_longer and reason == NOT_UNDERSTOOD:
        reason = LONGER_WORD
    setting = Setting(key, part.span, delivery=Delivery.EXPRESSION, escapes=escapes)
    match = _VALUE.match(text, part.end)
    if match is not None:
        value = WordPart(part.word, match.start(1), match.end(1))
        if not value.has_hole:
            setting = setting._replace(value=value.text, value_span=value.span, delivery=Delivery.TEXT)
    return Fragment(Target.UNKNOWN, (setting,), branch=branch, reason=reason)


def reason_of(program: Program) -> str:
    """Tell why a mere mention of a key in a command is not edited."""
    verb = program.words[0].text if program.words else ""
    is_asked = program.name in _ASKERS or (program.name == "kubectl" and verb in {"get", "wait", "describe"})
    return NOT_SET if is_asked else NOT_UNDERSTOOD
