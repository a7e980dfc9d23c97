"""What a command of kubectl says: annotate, label, run, patch, create, and selectors.

Source: https://kubernetes.io/docs/reference/kubectl/generated/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from autofix.readers.model import Fragment, Target
from autofix.readers.shell.commands import Command, Program, arguments, program_of
from autofix.readers.shell.inner import inner_text
from autofix.readers.shell.settings import (
    Items,
    Pair,
    fragments_of,
    names_key,
    pair_of,
    pairs_of_list,
)
from autofix.readers.shell.tables import KUBECTL_VALUED, RESOURCES
from autofix.readers.shell.words import WordPart

_NAMESPACE_OPTIONS: Final = frozenset({"-n", "--namespace"})
_FILES: Final = frozenset({"-f", "--filename", "-k", "--kustomize"})
_MAKERS: Final = frozenset({"create", "get", "run"})
_TYPE: Final = re.compile(r"[A-Za-z][\w.-]{0,250}\Z")
_PREFIX_OF_VARIABLES: Final = ("$", "`", "{{")


class KubectlCall(NamedTuple):
    """A command of kubectl.

    Attributes:
        verb: such as ``annotate``.
        operands: what stands behind the verb and is no option.
        options: the options with their values, in their order.
        namespace: the Namespace; empty if it is not known.
    """

    verb: str
    operands: tuple[WordPart, ...]
    options: tuple[tuple[str, WordPart | None], ...]
    namespace: str


class KubectlResource(NamedTuple):
    """What a command is about: a target, and the kind and the name of the object where they are known."""

    target: Target = Target.UNKNOWN
    kind: str = ""
    name: str = ""


def call_of(program: Program) -> KubectlCall:
    """Read the words of a command of kubectl."""
    operands: list[WordPart] = []
    options: list[tuple[str, WordPart | None]] = []
    namespace = ""
    for option, value in arguments(program.words, KUBECTL_VALUED):
        if option == "--" and operands and operands[0].text in {"run", "exec", "debug"}:
            break
        if not option and value is not None:
            # A variable before the verb holds options.
            if operands or not _is_variable(value):
                operands.append(value)
            continue
        options.append((option, value))
        if option in _NAMESPACE_OPTIONS and value is not None and not value.has_hole:
            namespace = value.text
    verb = operands[0].text if operands else ""
    return KubectlCall(verb, tuple(operands[1:]), tuple(options), namespace)


def read_kubectl(program: Program, command: Command) -> Items:
    """Return the fragments and texts of a command of kubectl.

    Args:
        program: kubectl and its words.
        command: the whole command.
    """
    call = call_of(program)
    if call.verb in {"annotate", "label"}:
        yield from _annotate(call, command)
    elif call.verb == "patch":
        yield from _patch(call)
    elif call.verb in {"run", "create", "expose"}:
        yield from _make(call, command)
    for option, value in call.options:
        if option in {"-l", "--selector"} and value is not None:
            yield from fragments_of(_selector(value), Target.LABELS, command.branch)


def resource_of(operands: Sequence[WordPart]) -> KubectlResource:
    """Tell what the operands before the pairs name.

    Args:
        operands: ``TYPE NAME...`` or ``TYPE/NAME...``.
    """
    operands = [operand for operand in operands if not _holds_options(operand)]
    if not operands or operands[0].text.startswith(_PREFIX_OF_VARIABLES):
        return KubectlResource()
    with_names = [operand for operand in operands if operand.find("/") > 0]
    if with_names:
        types = {operand.text.partition("/")[0] for operand in with_names}
        names = [operand.sub(operand.find("/") + 1) for operand in with_names]
    else:
        types, names = {operands[0].text}, list(operands[1:])
    if len(types) != 1:
        return KubectlResource()
    word = types.pop()
    if _TYPE.match(word) is None:
        return KubectlResource()
    target, kind = RESOURCES.get(word.lower().partition(".")[0], (Target.OTHER, word))
    name = names[0].text if len(names) == 1 and not names[0].has_hole else ""
    return KubectlResource(target, kind, name)


def _annotate(call: KubectlCall, command: Command) -> Iterator[Fragment]:
    first = next((number for number, part in enumerate(call.operands) if _is_pair(part)), len(call.operands))
    resource = resource_of(call.operands[:first])
    if resource.target is Target.UNKNOWN and not call.operands[:first] and command.forerunner:
        resource = _piped(command.forerunner)
    pairs = [pair for part in call.operands[first:] if (pair := _pair(part)) is not None]
    yield from _of_resource(pairs, resource, call, command, is_label=call.verb == "label")


def _of_resource(
    pairs: Sequence[Pair], resource: KubectlResource, call: KubectlCall, command: Command, *, is_label: bool
) -> Iterator[Fragment]:
    is_namespace = resource.target is Target.NAMESPACE
    yield from fragments_of(
        pairs,
        Target.LABELS if is_label else resource.target,
        command.branch,
        namespace=resource.name if is_namespace else call.namespace,
        name=resource.name,
        kind=resource.kind,
    )


def _piped(forerunner: Command) -> KubectlResource:
    """Tell what a command before the pipe prints."""
    program = program_of(forerunner.words)
    if program.name != "kubectl":
        return KubectlResource()
    call = call_of(program)
    if call.verb == "run":
        return KubectlResource(Target.POD, "Pod", call.operands[0].text if call.operands else "")
    return resource_of(call.operands) if call.verb in _MAKERS else KubectlResource()


def _is_pair(part: WordPart) -> bool:
    return part.find("=") >= 0 or (part.text.endswith("-") and part.text != "-")


def _pair(part: WordPart) -> Pair | None:
    equals = part.find("=")
    if equals >= 0:
        return pair_of(part.sub(0, equals), part.sub(equals + 1))
    return pair_of(part.sub(0, len(part.text) - 1), None) if part.text.endswith("-") else None


def _patch(call: KubectlCall) -> Items:
    resource = resource_of(call.operands)
    namespace = resource.name if resource.target is Target.NAMESPACE else call.namespace
    for option, value in call.options:
        if option in {"-p", "--patch"} and value is not None and names_key(value):
            yield inner_text(value, "", resource.target, namespace)


def _make(call: KubectlCall, command: Command) -> Items:
    if call.verb == "run":
        resource = KubectlResource(Target.POD, "Pod", call.operands[0].text if call.operands else "")
    elif call.verb == "create":
        resource = resource_of(call.operands[:2])
    else:
        resource = KubectlResource(Target.OTHER, "Service")
    lists: dict[bool, list[Iterator[Pair]]] = {False: [], True: []}
    for option, value in call.options:
        if value is None or not names_key(value):
            continue
        if option in {"--annotations", "--annotation"}:
            lists[False].append(pairs_of_list(value))
        elif option in {"-l", "--labels"}:
            lists[True].append(pairs_of_list(value))
        elif option == "--overrides":
            yield inner_text(value, "", resource.target, call.namespace)
    for is_label, pairs in lists.items():
        yield from _of_resource([*chain(*pairs)], resource, call, command, is_label=is_label)


def _selector(value: WordPart) -> Iterator[Pair]:
    for entry in value.split(","):
        equals = entry.find("=")
        if equals < 0:
            pair = pair_of(entry, None)
        else:
            key = entry.sub(0, equals - entry.text[:equals].endswith("!"))
            pair = pair_of(key, entry.sub(equals + 1 + entry.text.startswith("==", equals)))
        if pair is not None and " " not in pair.setting.key:
            setting = pair.setting
            yield pair._replace(setting=setting._replace(is_set=True))


def _is_variable(part: WordPart) -> bool:
    return part.text.startswith(_PREFIX_OF_VARIABLES) and part.has_hole


def _holds_options(part: WordPart) -> bool:
    """Tell whether a variable surely holds options or nothing, by its name."""
    if not _is_variable(part):
        return False
    name = part.text.upper()
    return any(word in name for word in ("FLAG", "OPT", "ARGS", "[@]", "$@", "OVERWRITE", "DRY", "EXTRA"))
