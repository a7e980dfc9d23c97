"""Here-documents, here-strings and printed texts: of which language they are, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tree_sitter import Node

from autofix.readers.model import NOT_SET, Escapes, InnerText, Target
from autofix.readers.shell.commands import Command, Program, arguments, program_of
from autofix.readers.shell.helm import is_linkerds_chart
from autofix.readers.shell.inner import inner_text, printed
from autofix.readers.shell.kubectl import KubectlResource, call_of, resource_of
from autofix.readers.shell.settings import names_key
from autofix.readers.shell.source import ShellSource
from autofix.readers.shell.tables import HELM_VALUED, VALUE_OPTIONS
from autofix.readers.shell.words import IN_DOCUMENT, Word, WordBuilder

SHELLS: Final = frozenset({"sh", "bash", "zsh", "ash", "dash", "ksh"})
_INTERPRETERS: Final = {"python": "python", "python3": "python", "node": "javascript", "ruby": "ruby"}
_SUFFIXES: Final = {
    **dict.fromkeys(("sh", "bash", "zsh"), "shell"),
    **dict.fromkeys(("yaml", "yml"), "yaml"),
    **dict.fromkeys(("tf", "tfvars", "tofu"), "terraform"),
    "json": "json",
    "hcl": "hcl",
    "py": "python",
    "go": "go",
    "ts": "typescript",
    "js": "javascript",
    "toml": "toml",
    "properties": "properties",
    "md": "markdown",
    "cue": "cue",
    "jsonnet": "jsonnet",
    "gotmpl": "gotmpl",
    "tpl": "gotmpl",
    "j2": "jinja",
}
_REMOTES: Final = frozenset({"ssh", "su"})
_APPLIERS: Final = frozenset({"apply", "create", "replace", "patch", "annotate", "label", "diff", "set"})
_REMOVERS: Final = frozenset({"delete"})
# A quoted delimiter of a here-document switches expansions off.
_QUOTES: Final = re.compile(r"[\\'\"]")
_TABS: Final = re.compile(r"^\t+", re.MULTILINE)
_DOCUMENT: Final[Escapes] = (("\\", "\\\\"), ("$", "\\$"), ("`", "\\`"))


class Receiver(NamedTuple):
    """What a text is for.

    Attributes:
        language: its language; empty if it has to be chosen between YAML and JSON.
        target: whose annotations its mappings are.
        namespace: the Namespace of its objects.
        reason: why nothing in it may be edited.
        is_known: whether a program surely takes it.
    """

    language: str = ""
    target: Target = Target.UNKNOWN
    namespace: str = ""
    reason: str = ""
    is_known: bool = False


def receiver_of(commands: Sequence[Command], destination: str) -> Receiver:
    """Tell what a text is for.

    Args:
        commands: the commands that it runs through.
        destination: the file that it goes to; empty if there is none.
    """
    for command in commands:
        receiver = _receiver(command)
        if receiver is not None:
            return receiver
        destination = destination or command.destination
    return Receiver(_language_of_file(destination), is_known=bool(destination))


def _receiver(command: Command) -> Receiver | None:
    program = program_of(command.words)
    if program.name in {"helm", "linkerd"}:
        return _of_helm(program)
    if program.name == "kubectl":
        call = call_of(program)
        if call.verb in _APPLIERS | _REMOVERS:
            reason = NOT_SET if call.verb in _REMOVERS else ""
            patched = resource_of(call.operands) if call.verb == "patch" else KubectlResource()
            namespace = patched.name if patched.target is Target.NAMESPACE else call.namespace
            return Receiver("", patched.target, namespace, reason, is_known=True)
    bases = [word.text.rpartition("/")[2] for word in command.words]
    first = bases[0] if bases else ""
    if first == "tee" and len(bases) > 1:
        return Receiver(_language_of_file(bases[-1]), is_known=True)
    is_shell = first in _REMOTES or not SHELLS.isdisjoint(bases)
    language = "shell" if is_shell else _INTERPRETERS.get(first, "")
    return Receiver(language, is_known=True) if language else None


def _language_of_file(name: str) -> str:
    return _SUFFIXES.get(name.rpartition(".")[2].lower(), "")


def _of_helm(program: Program) -> Receiver:
    operands, namespace = [], ""
    for option, value in arguments(program.words, frozenset(HELM_VALUED | VALUE_OPTIONS.keys())):
        if value is None:
            continue
        if not option:
            operands.append(value)
        elif option in {"-n", "--namespace"} and not value.has_hole:
            namespace = value.text
    is_own = is_linkerds_chart(program.name, operands)
    return Receiver("", Target.LINKERD_VALUES if is_own else Target.UNKNOWN, namespace, is_known=True)


def here_document(source: ShellSource, redirect: Node, receiver: Receiver) -> Iterator[InnerText]:
    """Return the text of a here-document.

    Args:
        source: the text around it.
        redirect: the node ``heredoc_redirect``.
        receiver: what it is for.
    """
    children = {child.type: child for child in redirect.children}
    start, body, end = (children.get(name) for name in ("heredoc_start", "heredoc_body", "heredoc_end"))
    if start is None or body is None or end is None:
        return
    text = source.text
    # The body's node lacks blanks at its start; the line before it ends with the command.
    before = max(
        (source.position(child.end_byte) for child in redirect.children if child.end_byte <= body.start_byte),
        default=source.position(start.end_byte),
    )
    begin = text.find("\n", before) + 1
    finish = text.rfind("\n", 0, source.position(end.start_byte)) + 1
    if not 0 < begin <= finish:
        return
    delimiter = text[slice(*source.span(start))]
    is_plain = _QUOTES.search(delimiter) is not None
    builder = WordBuilder(source)
    if is_plain:
        builder.literal(begin, finish, "", "")
    else:
        builder.with_holes(body, begin, finish, "", IN_DOCUMENT)
    word = builder.word((begin, finish))
    if "<<-" in children:
        word = _without_tabs(word)
    escapes: Escapes = () if is_plain else _DOCUMENT
    yield _text(word, receiver, escapes)


def _without_tabs(word: Word) -> Word:
    """Remove the tabs at the start of each line."""
    pieces, runs, holes = [], [], []
    last = length = 0
    whole = word.part()
    spans = [
        *(match.span() for match in _TABS.finditer(word.text) if not whole.sub(*match.span()).has_hole),
        (len(word.text), len(word.text)),
    ]
    old_runs, old_holes = iter(word.runs[1:]), iter(word.holes)
    run, hole = next(old_runs, None), next(old_holes, None)
    for start, end in spans:
        if start > last:
            runs.append((length, word.outside(last)))
        while run is not None and run[0] < start:
            if run[0] > last:
                runs.append((run[0] - last + length, run[1]))
            run = next(old_runs, None)
        while hole is not None and hole[0] < start:
            holes.append((hole[0] - last + length, hole[1] - last + length))
            hole = next(old_holes, None)
        pieces.append(word.text[last:start])
        length += start - last
        last = end
    runs = runs or [(0, word.outside(last))]
    return word._replace(text="".join(pieces), runs=tuple(runs), holes=tuple(holes))


def here_string(word: Word, receiver: Receiver) -> Iterator[InnerText]:
    """Return the text of a here-string.

    Args:
        word: the word behind ``<<<``.
        receiver: what it is for.
    """
    if names_key(word.part()):
        yield _text(word, receiver, None)


def printed_texts(program: Program, command: Command) -> Iterator[InnerText]:
    """Return the texts that ``echo`` or ``printf`` gives to another command or a file.

    Args:
        program: echo or printf and its words.
        command: the whole command.
    """
    receiver = receiver_of(command.followers, command.destination)
    if not receiver.is_known:
        return
    is_escaped = program.name == "printf" or any(word.text in {"-e", "-ne", "-en"} for word in program.words)
    for word in program.words:
        if names_key(word.part()):
            yield _text(printed(word) if is_escaped else word, receiver, None)


def _text(word: Word, receiver: Receiver, escapes: Escapes | None) -> InnerText:
    language, target, namespace, reason, _ = receiver
    return inner_text(word.part(), language, target, namespace, escapes=escapes, reason=reason)
