"""A command: its words, its program behind wrappers, and its options."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tree_sitter import Node

from autofix.readers.model import Branch
from autofix.readers.shell.source import ShellSource
from autofix.readers.shell.words import WORDS, Word, WordPart, joined_nodes, read_word

# They print, search or compare words; they do not run what stands behind them.
_PRINTERS: Final = frozenset(
    {
        *("echo", "printf", "print", "cat", "log", "info", "warn", "error", "die", "fail", "fatal", "debug"),
        *("note", "say", "skip", "comment", "log_info", "log_error"),
        *("grep", "egrep", "fgrep", "rg", "ag", "sed", "awk", "gawk", "perl", "tr", "cut", "jq", "yq", "git"),
        *("test", "[", "assert_output", "assert_line", "expr", "read", "man", "which", "type", "alias"),
    }
)
_KUBECTLS: Final = frozenset({"k", "oc", "kc", "kubecolor", "$k", "$oc", "${k}", "${oc}", "$kc", "${kc}"})
_HELMS: Final = frozenset({"helm", "helm3", "helmfile", "skaffold", "werf"})
_LINKERDS: Final = frozenset({"linkerd", "linkerd2", "linkerd-edge", "linkerd-stable"})
# A program behind a wrapper that nobody knows has one of these behind it.
_VERBS: Final = frozenset(
    {
        *("annotate", "label", "patch", "run", "create", "apply", "replace", "expose", "get", "delete"),
        *("install", "upgrade", "template", "dev", "deploy", "diff", "inject", "wait", "exec", "sync"),
    }
)
_MOST_WRAPPERS: Final = 16
_MOST_HEAD: Final = 64
_LONGEST_HEAD: Final = 1024
_LONGEST_NAME: Final = 200
_NO_NAME: Final = re.compile(r"[=\s;|]|://")
_PARTS: Final = WORDS | {"command_name"}
_SHORT: Final = len("-n")


class Command(NamedTuple):
    """A command of the shell.

    Attributes:
        words: its words, with the name of the command.
        branch: whether it always runs.
        followers: the commands that get what it prints, in their order.
        forerunner: the command whose output it gets; None if there is none.
        destination: the name of the file that its output goes to; empty if none is known.
    """

    words: tuple[Word, ...]
    branch: Branch = Branch.ALWAYS
    followers: tuple[Command, ...] = ()
    forerunner: Command | None = None
    destination: str = ""


class Program(NamedTuple):
    """The program that a command runs, behind wrappers such as ``sudo``.

    Attributes:
        name: ``kubectl``, ``helm``, ``linkerd``, else the name as it stands, without folders.
        words: the words behind its name.
    """

    name: str
    words: tuple[Word, ...]


def words_of(source: ShellSource, node: Node) -> tuple[Word, ...]:
    """Return the words of a command's node."""
    nodes = [child for child in node.children if child.type in _PARTS]
    return tuple(read_word(source, group) for group in joined_nodes(source, nodes))


def head_of(source: ShellSource, node: Node) -> Command:
    """Return a command of which only the program and its first words matter.

    Many commands may give their output to the same long one, so its length must not count each time.
    """
    nodes = [child for child in node.children[:_MOST_HEAD] if child.type in _PARTS]
    groups = joined_nodes(source, nodes)
    return Command(
        tuple(
            read_word(source, group)
            for group in groups
            if group[-1].end_byte - group[0].start_byte <= _LONGEST_HEAD
        )
    )


def program_of(words: Sequence[Word]) -> Program:
    """Find the program that a command runs.

    Args:
        words: the words of the command.
    """
    if not words:
        return Program("", ())
    first = _base(words[0].text)
    if first in _PRINTERS:
        return Program(first, tuple(words[1:]))
    for number, word in enumerate(words[:_MOST_WRAPPERS]):
        name = known_program(word.text, is_first=number == 0)
        rest = words[number + 1 :]
        # ``microk8s kubectl`` and ``linkerd kubectl``: the later name counts.
        if name and rest and known_program(rest[0].text) == "kubectl":
            continue
        if name and (number == 0 or any(word.text in _VERBS for word in rest[:_MOST_WRAPPERS])):
            return Program(name, tuple(rest))
        if number > 0 and _base(word.text) in _PRINTERS:
            break
    return Program(first, tuple(words[1:]))


def known_program(text: str, *, is_first: bool = False) -> str:
    """Tell which program a word names.

    Args:
        text: the word.
        is_first: whether it is the first word of its command.

    Returns:
        ``kubectl``, ``helm`` or ``linkerd``; empty for other words.
    """
    if len(text) > _LONGEST_NAME or _NO_NAME.search(text):
        return ""
    base = _base(text)
    if base in _KUBECTLS or ("kubectl" in base and not base.startswith("-")):
        return "kubectl"
    if base in _HELMS or (base.startswith("$") and "helm" in base):
        return "helm"
    is_linkerd = base in _LINKERDS or (is_first and base.startswith("$") and "linkerd" in base)
    return "linkerd" if is_linkerd else ""


def _base(text: str) -> str:
    return text.rpartition("/")[2].lower().removesuffix(".exe")


def arguments(words: Sequence[Word], valued: frozenset[str]) -> Iterator[tuple[str, WordPart | None]]:
    """Read the arguments of a command as options and operands.

    Args:
        words: the words behind the name of the program.
        valued: options that take a value; the long ones and the short ones, with their dashes.

    Returns:
        Pairs of the option and its value; None for an option without a value. The option of an operand is
        empty. What stands behind ``--`` are operands, and the pair ``("--", None)`` is before them.
    """
    number, only_operands = 0, False
    while number < len(words):
        word = words[number]
        number += 1
        name, value = ("", word.part()) if only_operands else _option(word)
        if name == "--" and value is None:
            only_operands = True
        elif value is None and name[:_SHORT] in valued and len(name) > _SHORT and name[1] != "-":
            value = word.part(_SHORT + name.startswith("=", _SHORT))
            name = name[:_SHORT]
        elif value is None and name in valued and number < len(words):
            value = words[number].part()
            number += 1
        yield name, value


def _option(word: Word) -> tuple[str, WordPart | None]:
    """Return the option in a word, and the value behind its equals sign."""
    text = word.text
    if not text.startswith("-") or text == "-":
        return "", word.part()
    if text.startswith("--"):
        equals = word.part().find("=")
        return (text, None) if equals < 0 else (text[:equals], word.part(equals + 1))
    return text, None
