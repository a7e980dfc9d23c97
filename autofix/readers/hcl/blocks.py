"""Blocks of HCL: what a resource makes, and whether it takes effect."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from tree_sitter import Node

from autofix.readers.hcl.maps import HclPart, HclTask, namespace_of, release_place
from autofix.readers.hcl.places import HclOwner, HclPlace, HclUse, kind_of_resource, owner_of_kind
from autofix.readers.hcl.releases import SET_NAMES, HelmEntry, read_entries
from autofix.readers.hcl.syntax import (
    HclItem,
    HclText,
    body_of,
    by_name,
    header_of,
    inner,
    items_of,
    literal_of,
)
from autofix.readers.model import NOT_SET, NOT_UNDERSTOOD, Branch, Target

_REFERENCE: Final = re.compile(r"(?:var|local|data|module|each)\.[\w.]+")
_LOCAL: Final = re.compile(r"\Alocal\..*")
_NUMBER: Final = re.compile(r"\d+")
_CONDITIONAL: Final = re.compile(r"\?|\bif\b")
# Blocks whose name says nothing of what stands in them.
_UNNAMED: Final = frozenset({"module", "content", "terraform", "data"})
# The Kubernetes provider's resources that change annotations of an object that something else has made.
_PATCHES: Final = frozenset({"kubernetes_annotations", "kubernetes_labels"})


class Condition(NamedTuple):
    """A condition of a block.

    Attributes:
        text: the condition as it is written.
        references: the variables that it asks; each local is just ``local``.
    """

    text: str
    references: tuple[str, ...]


def branches_of(syntax: HclText, blocks: list[Node]) -> list[Branch]:
    """Tell of blocks that stand side by side whether they take effect.

    Two blocks that ask the same variable in different ways are alternatives. So are two that ask locals, for
    a local may be computed from the other, or from the same variable.

    Args:
        syntax: the text.
        blocks: the blocks that hold a word of interest.

    Source: "count" and "for_each" in Terraform's documentation.
    """
    conditions = [_condition(syntax, block) for block in blocks]
    texts: defaultdict[str, set[str]] = defaultdict(set)
    for condition in conditions:
        for reference in condition.references if condition else ():
            texts[reference].add(condition.text if condition else "")
    branches: list[Branch] = []
    for condition in conditions:
        if condition is None:
            branches.append(Branch.ALWAYS)
        elif any(len(texts[reference]) > 1 for reference in condition.references):
            branches.append(Branch.ALTERNATIVE)
        else:
            branches.append(Branch.CONDITIONAL)
    return branches


def _condition(syntax: HclText, block: Node) -> Condition | None:
    body = body_of(block)
    items = {} if body is None else by_name(items_of(syntax, body))
    for name in ("count", "for_each", "enabled"):
        item = items.get(name)
        text = "" if item is None else syntax.of(item.value)
        if (
            not text
            or _NUMBER.fullmatch(text)
            or (name == "enabled" and header_of(syntax, block)[0] != "module")
        ):
            continue
        if name == "count" or _CONDITIONAL.search(text):
            references = (_LOCAL.sub("local", name) for name in _REFERENCE.findall(text))
            return Condition("".join(text.split()), tuple(references))
    return None


def namespaces_of(text: HclText, root: Node) -> Mapping[str, str]:
    """Return the names of the Namespaces that a file makes, by the labels of their resources."""
    names: dict[str, str] = {}
    for body in root.named_children:
        for block in body.named_children if body.type == "body" else ():
            header = header_of(text, block) if block.type == "block" else ()
            match header:
                case ("resource", resource, label) if resource.startswith("kubernetes_namespace"):
                    names[label] = literal_of(text, _metadata(text, body_of(block)), "name")
    return names


def _metadata(syntax: HclText, body: Node | None) -> Mapping[str, HclItem]:
    for block in body.named_children if body is not None else ():
        if block.type == "block" and header_of(syntax, block) == ("metadata",):
            inside = body_of(block)
            return {} if inside is None else by_name(items_of(syntax, inside))
    return {}


def read_block(syntax: HclText, block: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read a block.

    Args:
        syntax: the text.
        block: the block.
        place: where it stands, with the branch that it takes effect in.

    Yields:
        Fragments, and what is left to read.
    """
    body, header = body_of(block), header_of(syntax, block)
    if body is None or not header:
        return
    match header:
        case ("resource" | "ephemeral", resource, *_):
            yield from _resource(syntax, resource, body, place)
        case ("data", source, *_) if source.startswith("kubernetes_"):
            yield HclTask(body, place.below()._replace(reason=place.reason or NOT_SET))
        case ("data", "helm_template", *_):
            yield from _resource(syntax, "helm_release", body, place)
        case ("variable" | "output", name, *_):
            yield HclTask(body, place.below(name))
        case ("dynamic", name, *_):
            yield HclTask(body, place.below(name))
        case ("locals", *_):
            yield HclTask(body, place.below()._replace(is_local=True))
        case (name, *_) if name in _UNNAMED:
            yield HclTask(body, place.below())
        case _:
            yield HclTask(body, place.below(*header))


def _resource(syntax: HclText, resource: str, body: Node, place: HclPlace) -> Iterator[HclPart]:
    items = by_name(items_of(syntax, body))
    if resource == "helm_release":
        yield HclTask(body, release_place(syntax, items, place))
    elif resource == "kubernetes_manifest":
        yield HclTask(body, place.below()._replace(use=HclUse.MANIFEST))
    elif resource.startswith("kubernetes_"):
        metadata = _metadata(syntax, body)
        kind = kind_of_resource(resource)
        if resource in _PATCHES:
            kind = literal_of(syntax, items, "kind")
        names = (namespace_of(syntax, metadata, "namespace"), namespace_of(syntax, metadata, "name"))
        owner = owner_of_kind(kind, *names) if kind else HclOwner(namespace=names[0], name=names[1])
        yield HclTask(body, place.below()._replace(owner=owner, use=HclUse.TERRAFORM))
    elif resource == "argocd_application":
        owner = HclOwner(Target.OTHER, "Application")
        yield HclTask(body, place.below()._replace(owner=owner, use=HclUse.TERRAFORM))
    else:
        yield HclTask(body, place.below(resource))


def read_sets(syntax: HclText, blocks: list[tuple[Node, Branch]], place: HclPlace) -> Iterator[HclPart]:
    """Read the blocks ``set`` of one release together.

    Args:
        syntax: the text.
        blocks: the blocks, with the branch that each takes effect in.
        place: where the release stands.
    """
    entries: list[HelmEntry] = []
    for block, branch in blocks:
        body = body_of(block)
        if body is not None and header_of(syntax, block)[0] == "dynamic":
            repeated = list(_dynamic_entries(syntax, block, body, branch))
            entries += repeated
            if not any(entry.node is None for entry in repeated):
                yield from _repeated_value(syntax, body, place.under(branch))
        elif body is not None:
            entries.append(HelmEntry(by_name(items_of(syntax, body)), body, branch))
    yield from read_entries(syntax, entries, place.below("set"))
    yield from _rest_of(syntax, entries, place)


def _rest_of(syntax: HclText, entries: list[HelmEntry], place: HclPlace) -> Iterator[HclPart]:
    """Yield the values of entries that hold more than a value."""
    for entry in entries:
        value = entry.items.get("value")
        if value is not None and syntax.concerns(value.value):
            yield HclTask(value.value, place.below("value"))


def read_set_list(syntax: HclText, nodes: list[Node], place: HclPlace) -> Iterator[HclPart]:
    """Read ``set = [{ name = …, value = … }]``, as version 3 of the Helm provider has it.

    Args:
        syntax: the text.
        nodes: the elements of the list.
        place: where the list stands.
    """
    entries: list[HelmEntry] = []
    for node in nodes:
        value = inner(node)
        if value.type == "object":
            entries.append(HelmEntry(by_name(items_of(syntax, value)), value, place.branch))
        else:
            yield HclTask(node, place.below())
    yield from read_entries(syntax, entries, place)
    yield from _rest_of(syntax, entries, place)


def is_set_block(syntax: HclText, block: Node) -> bool:
    """Tell whether a block sets a value of Helm's, or is a ``dynamic`` block that makes such blocks."""
    header = header_of(syntax, block)
    name = header[1] if header[:1] == ("dynamic",) and len(header) > 1 else "".join(header[:1])
    return name in SET_NAMES


def _dynamic_entries(syntax: HclText, block: Node, body: Node, branch: Branch) -> Iterator[HelmEntry]:
    """Read ``dynamic "set"``: the keys of its ``for_each`` may be the names.

    Source: "dynamic Blocks" in Terraform's documentation.
    """
    items = by_name(items_of(syntax, body))
    content = next((child for child in body.named_children if child.type == "block"), None)
    inside = None if content is None else body_of(content)
    if inside is None:
        return
    own = by_name(items_of(syntax, inside))
    if "name" in own and syntax.concerns(own["name"].value):
        yield HelmEntry(own, inside, branch)
    each = items.get("for_each")
    iterator = syntax.of(items["iterator"].value) if "iterator" in items else header_of(syntax, block)[1]
    is_pair = all(
        part in own and syntax.of(own[part].value) == f"{iterator}.{field}"
        for part, field in (("name", "key"), ("value", "value"))
    )
    if each is not None and is_pair:
        kind = {"type": own["type"]} if "type" in own else {}
        for item in items_of(syntax, inner(each.value)):
            yield HelmEntry({"name": item._replace(value=item.key), "value": item, **kind}, None, branch)


def _repeated_value(syntax: HclText, body: Node, place: HclPlace) -> Iterator[HclPart]:
    """Yield the value that a ``dynamic`` block repeats in a way that autofix does not follow."""
    each = by_name(items_of(syntax, body)).get("for_each")
    if each is not None:
        yield HclTask(each.value, place.below("set")._replace(reason=place.reason or NOT_UNDERSTOOD))
