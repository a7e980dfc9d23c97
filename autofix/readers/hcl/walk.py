"""Walks over the tree of a text, without recursion and past everything that names no word of interest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tree_sitter import Node

from autofix.readers.hcl.blocks import (
    branches_of,
    is_set_block,
    namespaces_of,
    read_block,
    read_set_list,
    read_sets,
)
from autofix.readers.hcl.documents import inner_text, is_sound
from autofix.readers.hcl.keys import keys_in
from autofix.readers.hcl.languages import is_shell, language_of
from autofix.readers.hcl.maps import HclPart, HclReference, HclTask, read_items, read_object
from autofix.readers.hcl.places import DEEPEST, HclPlace, HclUse
from autofix.readers.hcl.references import name_of_local, resolve_locals, uses_of
from autofix.readers.hcl.releases import SET_NAMES
from autofix.readers.hcl.syntax import HclText, inner, items_of, parse, unread_spans, words_of
from autofix.readers.model import (
    NOT_SET,
    NOT_UNDERSTOOD,
    Branch,
    Fragment,
    InnerText,
    Target,
    TextReading,
    TextSpan,
)

# Arguments whose strings are for people.
_PROSE: Final = frozenset({"description", "error_message", "deprecated"})
_IGNORING: Final = ("ignore", "exclude", "remove", "drop", "strip")
# Functions whose result has what their arguments have.
_JOINING: Final = frozenset(
    {
        *("tomap", "concat", "flatten", "tolist", "toset", "distinct", "compact", "coalescelist"),
        *("nonsensitive", "sensitive", "trimspace", "indent", "chomp", "templatefile", "yamldecode"),
        *("jsondecode", "base64encode", "deepmerge", "join", "format"),
    }
)
_CHOOSING: Final = frozenset({"try", "coalesce", "one"})
_ASKING: Final = frozenset(
    {
        *("lookup", "contains", "keys", "can", "setsubtract", "index", "regex", "regexall", "replace"),
        *("startswith", "endswith", "strcontains", "trimprefix", "trimsuffix", "matchkeys"),
    }
)
_ENCODING: Final = frozenset({"yamlencode", "jsonencode"})
# Longer than any name that people give to a value.
_LONGEST_NAME: Final = 200
# Nodes in which a string is compared, or a key asked for.
_QUESTIONS: Final = frozenset({"index", "new_index", "binary_operation", "unary_operation", "for_cond"})


def walk(text: str) -> TextReading:
    """Read a text.

    Args:
        text: the text.

    Returns:
        Its fragments and inner texts, in the order of the text.
    """
    root = parse(text)
    syntax = HclText(text, words_of(text), {})
    syntax = syntax._replace(namespaces=namespaces_of(syntax, root))
    fragments: list[Fragment] = []
    texts: list[InnerText] = []
    unread = list(unread_spans(root))
    of_locals: dict[int, str] = {}
    for task, part in _walk(syntax, root):
        if isinstance(part, Fragment):
            if task.place.is_local and len(task.place.path) == 1:
                of_locals[len(fragments)] = task.place.path[0]
            fragments.append(part)
        elif isinstance(part, InnerText):
            texts.append(part)
        elif isinstance(part, HclTask):
            unread.append((part.node.start_byte, part.node.end_byte))
    if of_locals:
        asking = syntax._replace(words=uses_of(text, of_locals.values()))
        uses = [part for _, part in _walk(asking, root) if isinstance(part, HclReference)]
        fragments = resolve_locals(syntax, of_locals, fragments, uses)
    fragments.sort(key=_start)
    texts.sort(key=lambda inside: inside.runs[0][1])
    return TextReading(tuple(fragments), tuple(texts), tuple(sorted(unread)))


def _walk(syntax: HclText, root: Node) -> Iterator[tuple[HclTask, HclPart]]:
    """Yield what each node says, with the node; a task among that is nested too deeply to be read."""
    stack = [HclTask(root, HclPlace(reason=NOT_UNDERSTOOD if root.is_error else ""))]
    while stack:
        task = stack.pop()
        if task.place.depth > DEEPEST:
            yield task, task
            continue
        for part in _read(syntax, task):
            if not isinstance(part, HclTask):
                yield task, part
            elif _is_of_interest(syntax, part):
                stack.append(part)


def _is_of_interest(syntax: HclText, task: HclTask) -> bool:
    return task.place.owner.is_linkerd or syntax.concerns(task.node)


def _start(fragment: Fragment) -> TextSpan:
    return fragment.settings[0].key_span


def _read(syntax: HclText, task: HclTask) -> Iterator[HclPart]:
    """Read one node, and yield what is left to read in it."""
    node = inner(task.node)
    return _READERS.get(node.type, _read_children)(syntax, node, task.place)


def _read_children(_: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    if node.type in _QUESTIONS:
        place = place._replace(reason=place.reason or NOT_SET)
    return (HclTask(child, place) for child in node.named_children if child.type not in {"comment", "ERROR"})


def _read_expression(syntax: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read an expression of several parts, such as ``local.name``."""
    is_short = node.end_byte - node.start_byte < _LONGEST_NAME
    if is_short and (name := name_of_local(syntax.of(node))):
        yield HclReference(name, place)
    else:
        yield from _read_children(syntax, node, place)


def _read_body(syntax: HclText, body: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read arguments and blocks that stand side by side; those that set values of Helm's together."""
    children = [child for child in body.named_children if place.owner.is_linkerd or syntax.concerns(child)]
    blocks = [child for child in children if child.type == "block"]
    sets: list[tuple[Node, Branch]] = []
    for block, branch in zip(blocks, branches_of(syntax, blocks), strict=True):
        inside = place.under(branch)
        if not place.depth and block.has_error:
            inside = inside._replace(reason=NOT_UNDERSTOOD)
        if is_set_block(syntax, block):
            sets.append((block, inside.branch))
        else:
            yield from read_block(syntax, block, inside)
    if sets:
        yield from read_sets(syntax, sets, place)
    for child in children:
        if child.type == "attribute":
            inside = place._replace(reason=NOT_UNDERSTOOD) if not place.depth and child.has_error else place
            yield from _read_attribute(syntax, child, inside)


def _read_attribute(syntax: HclText, attribute: Node, place: HclPlace) -> Iterator[HclPart]:
    parts = [child for child in attribute.named_children if child.type != "comment"]
    name = syntax.of(parts[0])
    if len(parts) != 2 or name in _PROSE:  # noqa: PLR2004  # the name and the value
        return
    value = parts[1]
    if any(word in name for word in _IGNORING):
        place = place._replace(reason=place.reason or NOT_SET)
    # A release's values, a manifest and the default of a variable are what they hold.
    is_root = name in {"manifest", "default", "yaml_body"} or (
        name == "values" and place.use is HclUse.VALUES
    )
    inside = place.below() if is_root else place.below(name)
    yield HclTask(value, inside)


def _read_tuple(syntax: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read a list; the last element of ``["sh", "-c", "…"]`` is a command."""
    children = [child for child in node.named_children if child.type == "expression"]
    if place.path and place.path[-1] in SET_NAMES:
        yield from read_set_list(syntax, children, place)
        return
    words = [syntax.of(child).strip('"') for child in children[:2]]
    is_command = len(children) > 2 and words[0].rpartition("/")[2] in {"sh", "bash"} and words[1][-1:] == "c"  # noqa: PLR2004
    for child in children:
        yield HclTask(child, place.below("command") if is_command else place.below())


def _read_conditional(syntax: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read ``condition ? value : value``."""
    condition, *values = (child for child in node.named_children if child.type != "comment")
    is_choice = len(values) > 1 and all(map(syntax.concerns, values))
    branch = Branch.ALTERNATIVE if is_choice else Branch.CONDITIONAL
    yield HclTask(condition, place._replace(reason=place.reason or NOT_SET))
    yield from (HclTask(value, place.under(branch)) for value in values)


def _read_call(syntax: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read the call of a function."""
    name = syntax.of(node.named_children[0])
    arguments = [child for child in node.named_children if child.type == "function_arguments"]
    values = (
        [child for child in arguments[0].named_children if child.type == "expression"] if arguments else []
    )
    if name in _ASKING:
        place = place._replace(reason=place.reason or NOT_SET)
    elif name in _CHOOSING:
        place = place.under(Branch.CONDITIONAL)
    elif name in _ENCODING:
        place = place._replace(use=HclUse.OBJECT if place.use is HclUse.TERRAFORM else HclUse.VALUES)
    elif name == "merge":
        yield from _read_merge(syntax, values, place)
        return
    elif name not in _JOINING:
        place = place._replace(reason=place.reason or NOT_UNDERSTOOD)
    yield from (HclTask(value, place) for value in values)


def _read_merge(syntax: HclText, values: list[Node], place: HclPlace) -> Iterator[HclPart]:
    """Read the objects among the arguments of ``merge`` as one object: they stand beside each other."""
    objects = [object_ for value in values if (object_ := inner(value)).type == "object"]
    is_together = len(objects) > 1 and not place.owner.is_linkerd
    if is_together:
        yield from read_items(syntax, [item for node in objects for item in items_of(syntax, node)], place)
    for value in values:
        if not is_together or inner(value).type != "object":
            yield HclTask(value, place)


def _read_for(_: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read ``[for … : value if condition]``."""
    has_condition = any(child.type == "for_cond" for child in node.named_children)
    for child in node.named_children:
        if child.type == "for_intro":
            yield HclTask(child, place)
        elif child.type == "for_cond":
            yield HclTask(child, place._replace(reason=place.reason or NOT_SET))
        elif child.type == "expression":
            yield HclTask(child, place.under(Branch.CONDITIONAL) if has_condition else place)


def _read_document(syntax: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read a here-document, and the expressions in it."""
    if not is_sound(syntax, node):
        yield from keys_in(syntax, node, Target.UNKNOWN, NOT_UNDERSTOOD)
        return
    yield inner_text(syntax, node, place)
    yield from _expressions_of(syntax, node, place)


def _expressions_of(syntax: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    stack = [node]
    while stack:
        for child in stack.pop().named_children:
            if child.type == "template_interpolation" or child.type.endswith("_intro"):
                yield from (HclTask(part, place.below()) for part in child.named_children)
            elif child.type != "template_literal" and syntax.concerns(child):
                stack.append(child)


def _read_string(syntax: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read a string in quotes that is no key, and not the value of a known key."""
    if not is_sound(syntax, node):
        yield from keys_in(syntax, node, Target.UNKNOWN, NOT_UNDERSTOOD)
        return
    raw = syntax.of(node)[1:-1]
    is_document = "\\n" in raw or raw.lstrip().startswith("{")
    if is_shell(place.path) or is_document or language_of(place.path, "") != "yaml":
        yield inner_text(syntax, node, place)
    elif node.type == "string_lit":
        yield from keys_in(syntax, node, Target.UNKNOWN, place.reason or NOT_UNDERSTOOD)
    if node.type != "string_lit":
        yield from _expressions_of(syntax, node, place)
        if not is_document and not is_shell(place.path):
            for child in node.named_children:
                if child.type == "template_literal":
                    yield from keys_in(syntax, child, Target.UNKNOWN, place.reason or NOT_UNDERSTOOD)


_READERS: Final[dict[str, Callable[[HclText, Node, HclPlace], Iterator[HclPart]]]] = {
    "expression": _read_expression,
    "body": _read_body,
    "tuple": _read_tuple,
    "object": read_object,
    "conditional": _read_conditional,
    "function_call": _read_call,
    "for_tuple_expr": _read_for,
    "for_object_expr": _read_for,
    "heredoc_template": _read_document,
    "string_lit": _read_string,
    "quoted_template": _read_string,
}
