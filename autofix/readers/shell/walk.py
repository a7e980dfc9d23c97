"""The way through the syntax tree: each command once, with its branch and what its output goes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from autofix.readers.model import Branch, Fragment, InnerText, TextReading, TextSpan
from autofix.readers.shell.commands import Command, head_of, program_of, words_of
from autofix.readers.shell.documents import here_document, here_string, printed_texts, receiver_of
from autofix.readers.shell.helm import read_values
from autofix.readers.shell.kubectl import read_kubectl
from autofix.readers.shell.other import mentions, read_other, reason_of, shell_texts
from autofix.readers.shell.settings import Items
from autofix.readers.shell.source import ShellSource
from autofix.readers.shell.words import EXPANSIONS, WORDS, Word, read_word

_SEVERITY: Final = {branch: number for number, branch in enumerate(Branch)}
_WRITES: Final = frozenset({">", ">>", ">|", "&>", "&>>"})
_ALTERNATIVES: Final = frozenset({"elif_clause", "else_clause"})
# Of a longer pipe only the start is looked at.
_LONGEST_PIPE: Final = 4
_INSIDE: Final = frozenset({"string", "concatenation", "translated_string", "command_name"})
# Words outside of commands: in assignments, in tests, in lists.
_MENTIONS: Final = (WORDS - EXPANSIONS) | {"extglob_pattern", "regex"}
_HOLDERS: Final = _INSIDE | {"command", "heredoc_body"}


class Situation(NamedTuple):
    """Where a node stands.

    Attributes:
        branch: whether it always takes effect.
        followers: what is behind it in its pipe.
        forerunner: what is before it in its pipe.
        destination: the file that its output goes to.
    """

    branch: Branch = Branch.ALWAYS
    followers: tuple[Node, ...] = ()
    forerunner: Node | None = None
    destination: str = ""

    def under(self, branch: Branch) -> Situation:
        """Return the situation inside a branch."""
        return self._replace(branch=max(self.branch, branch, key=_SEVERITY.__getitem__))


PendingNode = tuple[Node, Situation]


def walk(source: ShellSource) -> TextReading:
    """Read a syntax tree.

    Args:
        source: the text and its tree.
    """
    fragments: list[Fragment] = []
    texts: list[InnerText] = []
    unread: list[TextSpan] = []
    stack: list[PendingNode] = [(source.root, Situation())]
    while stack:
        node, situation = stack.pop()
        if node.type == "comment" or not source.is_of_interest(node):
            continue
        if node.has_error and _is_unread(node):
            unread.append(source.span(node))
            continue
        for item in _items(source, node, situation):
            if isinstance(item, Fragment):
                fragments.append(item)
            else:
                texts.append(item)
        stack.extend(reversed(_inside(source, node, situation)))
    return TextReading(tuple(fragments), tuple(texts), tuple(unread))


def _is_unread(node: Node) -> bool:
    """Tell whether the grammar has not understood a node that holds an error.

    An error deep inside leaves a block readable, but not a command: its words belong together.
    """
    if node.is_error or node.type in {"command", "heredoc_redirect"}:
        return True
    is_damaged = any(child.is_error or child.is_missing for child in node.children)
    return is_damaged and node.type != "program"


def _items(source: ShellSource, node: Node, situation: Situation) -> Items:
    """Return what a node says by itself."""
    if node.type == "command":
        yield from _of_command(source, node, situation)
    elif node.type == "redirected_statement":
        yield from _documents(source, node, situation)
    elif node.type in _MENTIONS:
        yield from mentions([read_word(source, [node])], situation.branch)


def _of_command(source: ShellSource, node: Node, situation: Situation) -> Items:
    command = _command(source, node, situation)
    program = program_of(command.words)
    items: list[Fragment | InnerText] = []
    if program.name in {"echo", "printf"}:
        items.extend(printed_texts(program, command))
    elif program.name == "kubectl":
        items.extend(read_kubectl(program, command))
    else:
        items.extend(read_values(program, command))
        if program.name not in {"helm", "linkerd"}:
            items.extend(read_other(command))
    items.extend(shell_texts(command))
    yield from items
    spans = sorted(_spans(items))
    yield from mentions(_unexplained(command.words, spans), command.branch, reason_of(program))
    for child in node.children:
        if child.type == "herestring_redirect":
            yield from _here_string(source, child, command)


def _spans(items: list[Fragment | InnerText]) -> Iterator[int]:
    """Return where the keys and the texts start that are understood."""
    for item in items:
        if isinstance(item, Fragment):
            yield from (setting.key_span[0] for setting in item.settings)
        else:
            yield item.runs[0][1]


def _unexplained(words: tuple[Word, ...], starts: list[int]) -> list[Word]:
    """Return the words in which nothing is understood."""
    rest = []
    number = 0
    for word in words:
        while number < len(starts) and starts[number] < word.span[0]:
            number += 1
        if number == len(starts) or starts[number] >= word.span[1]:
            rest.append(word)
    return rest


def _here_string(source: ShellSource, redirect: Node, command: Command) -> Items:
    words = [child for child in redirect.children if child.type in WORDS]
    if words:
        receiver = receiver_of((command, *command.followers), command.destination)
        yield from here_string(read_word(source, words), receiver)


def _documents(source: ShellSource, node: Node, situation: Situation) -> Items:
    destination = _destination(source, node) or situation.destination
    body = node.child_by_field_name("body")
    for redirect in node.children_by_field_name("redirect"):
        if redirect.has_error or not source.is_of_interest(redirect):
            continue
        nodes = [
            *(_commands(body)[-1:] if body is not None else ()),
            *(command for child in redirect.named_children for command in _commands(child, slice(1))),
            *(command for follower in situation.followers for command in _commands(follower)),
        ]
        commands = [head_of(source, command) for command in nodes[:_LONGEST_PIPE]]
        if redirect.type == "heredoc_redirect":
            receiver = receiver_of(commands, _destination(source, redirect) or destination)
            yield from here_document(source, redirect, receiver)
        elif redirect.type == "herestring_redirect":
            first = commands[0] if commands else Command(())
            yield from _here_string(source, redirect, first._replace(followers=tuple(commands[1:])))


def _command(source: ShellSource, node: Node, situation: Situation) -> Command:
    nodes = [command for follower in situation.followers for command in _commands(follower)]
    before = _commands(situation.forerunner)[-1:] if situation.forerunner is not None else []
    return Command(
        words_of(source, node),
        situation.branch,
        tuple(head_of(source, follower) for follower in nodes[:_LONGEST_PIPE]),
        head_of(source, before[0]) if before else None,
        situation.destination,
    )


def _commands(node: Node, side: slice = slice(-1, None)) -> list[Node]:
    """Return the commands that a part of a pipe consists of.

    Args:
        node: the part.
        side: which end of a list of commands belongs to the pipe.
    """
    commands: list[Node] = []
    stack = [node]
    while stack and len(commands) < _LONGEST_PIPE:
        current = stack.pop()
        if current.type == "command":
            commands.append(current)
        elif current.type == "redirected_statement" or current.type in {"pipeline", "heredoc_redirect"}:
            stack.extend(reversed(current.named_children))
        elif current.type in {"list", "negated_command"}:
            stack.extend(current.named_children[side])
    return commands


def _destination(source: ShellSource, node: Node) -> str:
    """Return the file that a redirection writes to."""
    for child in node.children:
        if child.type == "file_redirect" and any(part.type in _WRITES for part in child.children):
            words = [part for part in child.named_children if part.type in WORDS]
            is_error = any(part.type == "file_descriptor" for part in child.children)
            if words and not is_error:
                return read_word(source, words).text
    return ""


def _inside(source: ShellSource, node: Node, situation: Situation) -> list[PendingNode]:
    """Return the nodes inside a node that are still to be read."""
    kind = node.type
    if kind in _HOLDERS:
        return _expansions(source, node, situation.branch)
    if kind == "list":
        return _of_list(source, node, situation)
    if kind in _INSIDE_OF:
        return _INSIDE_OF[kind](node, situation)
    inner = situation
    if kind in EXPANSIONS:
        inner = situation._replace(forerunner=None, destination="")
    elif kind == "case_statement":
        inner = situation.under(Branch.ALTERNATIVE)
    elif kind == "redirected_statement":
        inner = situation._replace(destination=_destination(source, node) or situation.destination)
    return [(child, inner) for child in node.children]


def _expansions(source: ShellSource, node: Node, branch: Branch) -> list[PendingNode]:
    """Return the expansions in the words of a node: what the shell runs or puts there."""
    # What they print goes to the command that has them among its words.
    situation = Situation(branch, (node,) if node.type == "command" else ())
    stops: list[PendingNode] = []
    stack = [node]
    while stack:
        for child in reversed(stack.pop().children):
            if child.type in EXPANSIONS and source.is_of_interest(child):
                stops.append((child, situation))
            elif child.type in _INSIDE and source.is_of_interest(child):
                stack.append(child)
    return sorted(stops, key=_start)


def _start(stop: PendingNode) -> int:
    return stop[0].start_byte


def _of_if(node: Node, situation: Situation) -> list[PendingNode]:
    has_alternative = any(child.type in _ALTERNATIVES for child in node.children)
    inner = situation.under(Branch.ALTERNATIVE if has_alternative else Branch.CONDITIONAL)
    stops: list[PendingNode] = []
    current = situation
    for child in node.children:
        if child.type == "then":
            current = inner
        stops.append((child, current))
    return stops


def _of_list(source: ShellSource, node: Node, situation: Situation) -> list[PendingNode]:
    children = node.children
    left, right = children[0], children[-1]
    has_alternative = source.is_of_interest(left) and source.is_of_interest(right)
    if has_alternative and any(child.type == "||" for child in children):
        return [(child, situation.under(Branch.ALTERNATIVE)) for child in (left, right)]
    return [(left, situation), (right, situation.under(Branch.CONDITIONAL))]


def _of_pipeline(node: Node, situation: Situation) -> list[PendingNode]:
    parts = node.named_children
    stops: list[PendingNode] = []
    for number, part in enumerate(parts):
        followers = (*parts[number + 1 : number + 1 + _LONGEST_PIPE], *situation.followers)
        forerunner = parts[number - 1] if number else situation.forerunner
        inner = situation._replace(followers=followers[:_LONGEST_PIPE], forerunner=forerunner)
        stops.append((part, inner if number + 1 == len(parts) else inner._replace(destination="")))
    return stops


def _of_document(node: Node, situation: Situation) -> list[PendingNode]:
    """Return the commands on the line of a here-document, and what the shell runs in it."""
    stops: list[PendingNode] = []
    is_right = False
    for child in node.children:
        is_right = is_right or child.type in {"&&", "||"}
        inner = situation.under(Branch.CONDITIONAL) if is_right else situation
        stops.append((child, Situation(situation.branch) if child.type == "heredoc_body" else inner))
    return stops


_INSIDE_OF: Final[dict[str, Callable[[Node, Situation], list[PendingNode]]]] = {
    "if_statement": _of_if,
    "pipeline": _of_pipeline,
    "heredoc_redirect": _of_document,
}
