"""Objects of HCL: annotations or labels, pairs of key and value, and values of Linkerd's chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from tree_sitter import Node

from autofix.linkerd.helm import is_linkerd_chart
from autofix.readers.hcl.keys import (
    HCL_HELM_PATH,
    is_helm_path,
    keys_in,
    names_key,
    prefix_of,
    span_of,
)
from autofix.readers.hcl.places import (
    DEEPEST,
    HclOwner,
    HclPlace,
    HclUse,
    fragment_at,
    owner_of_kind,
    use_at,
)
from autofix.readers.hcl.releases import NAMES, HelmEntry, read_entries
from autofix.readers.hcl.syntax import HclItem, HclString, HclText, by_name, inner, items_of, literal_of
from autofix.readers.hcl.values import setting_of, value_of
from autofix.readers.helm_path import helm_parts
from autofix.readers.model import LONGER_WORD, Delivery, Fragment, InnerText, Setting, Target
from autofix.readers.names import is_annotations, is_labels
from autofix.readers.prefixes import SPARK_PREFIX, kind_of_property, target_of_property

_NESTED: Final = frozenset({"object", "tuple", "for_expr"})


class HclTask(NamedTuple):
    """A node that is left to read."""

    node: Node
    place: HclPlace


class HclReference(NamedTuple):
    """A place that uses a local value as it is."""

    name: str
    place: HclPlace


HclPart = Fragment | InnerText | HclTask | HclReference


class _Key(NamedTuple):
    """A key of an object, and its item."""

    name: HclString
    item: HclItem


def read_object(syntax: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read an object.

    Args:
        syntax: the text.
        node: the object.
        place: where it stands.

    Yields:
        Its fragments, and the values that are left to read.
    """
    items = items_of(syntax, node)
    names = by_name(items)
    if "apiVersion" in names and "kind" in names:
        place = _manifest_place(syntax, names, place)
    if "value" in names and any(name in names and syntax.concerns(names[name].value) for name in NAMES):
        yield from read_entries(syntax, [HelmEntry(names, node, place.branch)], place)
        yield from (HclTask(item.value, place) for item in items if item.name and item.name.value == "value")
        return
    if "chart" in names and not {"values", "set"}.isdisjoint(names):
        inside = release_place(syntax, names, place)
        for name, item in names.items():
            yield HclTask(item.value, inside if name == "values" else inside.below(name))
        return
    if place.owner.is_linkerd and not any(names_key(name) for name in names):
        yield from _linkerd_values(syntax, node, place)
        return
    yield from read_items(syntax, items, place)


def read_items(syntax: HclText, items: list[HclItem], place: HclPlace) -> Iterator[HclPart]:
    """Read the elements of an object as annotations or labels, as far as they are that.

    Args:
        syntax: the text.
        items: the elements.
        place: where the object stands.
    """
    is_known_map = bool(place.path) and (is_annotations(place.path[-1]) or is_labels(place.path[-1]))
    whole: list[_Key] = []
    prefixed: dict[str, list[_Key]] = {}
    has_key = False
    for item in items:
        name = item.name
        if name is None:
            yield from keys_in(syntax, item.key, Target.UNKNOWN, place.reason or LONGER_WORD)
        elif not syntax.concerns(item.key):
            whole.append(_Key(name, item))
        elif is_helm_path(name.value):
            yield from _helm_key(syntax, name, item, place)
        elif prefix := prefix_of(name.value):
            prefixed.setdefault(prefix, []).append(_Key(name, item))
        else:
            has_key = has_key or is_known_map or names_key(name.value)
            whole.append(_Key(name, item))
        if syntax.concerns(item.value):
            yield HclTask(item.value, place.below(name.value if name else "*"))
    use = use_at(place)
    if has_key:
        settings = tuple(_setting(syntax, key, use) for key in whole)
        yield fragment_at(place, settings)
    for prefix, keys in prefixed.items():
        yield _prefixed_fragment(syntax, prefix, keys, place)


def _setting(syntax: HclText, key: _Key, use: HclUse, skipped: int = 0) -> Setting:
    """Make the setting of a key; ``skipped`` characters before it are a prefix of a tool's."""
    name, item = key
    text, span = name.value[skipped:], span_of(name, skipped, len(name.value))
    if inner(item.value).type in _NESTED:
        return Setting(text, span, delivery=Delivery.EXPRESSION)
    return setting_of(text, span, value_of(syntax, item.value, use))


def _prefixed_fragment(syntax: HclText, prefix: str, keys: list[_Key], place: HclPlace) -> Fragment:
    """Make a fragment of keys behind one prefix, such as ``spark.kubernetes.driver.annotation.``."""
    is_known = SPARK_PREFIX.fullmatch(prefix) is not None
    settings = tuple(_setting(syntax, key, HclUse.TERRAFORM, len(prefix)) for key in keys)
    if not is_known:
        return Fragment(Target.UNKNOWN, settings, branch=place.branch, reason=place.reason or LONGER_WORD)
    target, kind = target_of_property(prefix), kind_of_property(prefix)
    return Fragment(target, settings, kind=kind, branch=place.branch, reason=place.reason)


def _helm_key(syntax: HclText, name: HclString, item: HclItem, place: HclPlace) -> Iterator[HclPart]:
    """Read a key that is a path of Helm's; what uses the mapping decides about the type of the value."""
    *parents, last = helm_parts(name.value)
    if prefix_of(last.text) or not names_key(last.text):
        yield from keys_in(syntax, item.key, Target.UNKNOWN, place.reason or LONGER_WORD)
        return
    inside = place.below(*(part.text for part in parents))
    span = span_of(name, last.start, last.end)
    setting = setting_of(last.text, span, value_of(syntax, item.value, HclUse.UNKNOWN))
    yield fragment_at(inside, (setting._replace(escapes=HCL_HELM_PATH),))


def release_place(syntax: HclText, names: Mapping[str, HclItem], place: HclPlace) -> HclPlace:
    """Return the place inside a release of Helm's.

    Args:
        syntax: the text.
        names: the arguments of the release.
        place: where the release stands.
    """
    chart = names.get("chart")
    path = "" if chart is None else syntax.of(chart.value).strip('"')
    owner = HclOwner(
        namespace=namespace_of(syntax, names, "namespace"),
        name=literal_of(syntax, names, "name"),
        is_linkerd=is_linkerd_chart(path),
    )
    return place._replace(path=(), owner=owner, use=HclUse.VALUES, depth=place.depth + 1)


def _manifest_place(syntax: HclText, names: Mapping[str, HclItem], place: HclPlace) -> HclPlace:
    """Return the place inside an object for the API server."""
    metadata = names.get("metadata")
    own = by_name(items_of(syntax, inner(metadata.value))) if metadata else {}
    owner = owner_of_kind(
        literal_of(syntax, names, "kind"),
        namespace_of(syntax, own, "namespace"),
        namespace_of(syntax, own, "name"),
    )
    use = place.use if place.use is HclUse.MANIFEST else HclUse.OBJECT
    return place._replace(path=(), owner=owner, use=use)


def namespace_of(syntax: HclText, items: Mapping[str, HclItem], name: str) -> str:
    """Return the Namespace or name that an item has: a string, or a reference to a Namespace of the file.

    Args:
        syntax: the text.
        items: the items of ``metadata``, or of a release.
        name: the name of the item.
    """
    literal = literal_of(syntax, items, name)
    if literal or name not in items:
        return literal
    parts = syntax.of(items[name].value).split(".", 2)
    is_reference = len(parts) == 3 and parts[0].startswith("kubernetes_namespace")  # noqa: PLR2004
    return syntax.namespaces.get(parts[1], "") if is_reference else ""


def _linkerd_values(syntax: HclText, node: Node, place: HclPlace) -> Iterator[HclPart]:
    """Read values of Linkerd's own chart: each setting is a path from the root of the values."""
    settings: list[Setting] = []
    stack: list[tuple[Node, tuple[str, ...]]] = [(node, place.path)]
    while stack:
        at, path = stack.pop()
        nested: list[tuple[Node, tuple[str, ...]]] = []
        for item in items_of(syntax, at):
            if item.name is None or place.depth + len(path) > DEEPEST:
                continue
            value, below = inner(item.value), (*path, item.name.value)
            if value.type == "object" and not _holds_keys(syntax, value):
                nested.append((value, below))
            elif value.type in _NESTED or (syntax.concerns(value) and not _is_string(value)):
                yield HclTask(item.value, place.below()._replace(path=below))
            else:
                settings.append(_value_setting(syntax, item, item.name, path))
        stack.extend(reversed(nested))
    if settings:
        settings.sort(key=lambda setting: setting.key_span)
        yield Fragment(
            Target.LINKERD_VALUES,
            tuple(settings),
            place.owner.namespace,
            branch=place.branch,
            reason=place.reason,
        )


def _value_setting(syntax: HclText, item: HclItem, name: HclString, path: tuple[str, ...]) -> Setting:
    setting = setting_of(
        ".".join((*path, name.value)), name.span, value_of(syntax, item.value, HclUse.OBJECT)
    )
    # The objects around the key say the path to it: it is not written a second time.
    parent = ".".join((*path, ""))
    return setting._replace(escapes=((parent, ""),) if path else (), quotes=None)


def _holds_keys(syntax: HclText, node: Node) -> bool:
    return syntax.concerns(node) and any(
        item.name is not None and names_key(item.name.value) for item in items_of(syntax, node)
    )


def _is_string(node: Node) -> bool:
    return node.type in {"string_lit", "quoted_template"}
