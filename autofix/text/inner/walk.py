"""Walks through a document of YAML, and keeps what the mappings around a node say of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from autofix.kubernetes.pointer import Path
from autofix.readers.holes import has_holes
from autofix.text.yaml import Node, resolved

# Where objects of other tools say the Namespace of what they deploy: the first that is there holds.
# Sources: fluxcd.io/flux/components/helm (targetNamespace) and /kustomize; argo-cd.readthedocs.io,
# application.yaml (destination); docs.k3s.io/helm; docs.crossplane.io, provider-helm (forProvider).
_NAMESPACES: Final[dict[str, tuple[Path, ...]]] = {
    "Application": (("spec", "destination", "namespace"),),
    "ApplicationSet": (("spec", "template", "spec", "destination", "namespace"),),
    "HelmChart": (("spec", "targetNamespace"), ("metadata", "namespace")),
    "HelmChartConfig": (("metadata", "namespace"),),
    "HelmRelease": (("spec", "targetNamespace"), ("metadata", "namespace")),
    "Kustomization": (("spec", "targetNamespace"), ("namespace",)),
    "Release": (("spec", "forProvider", "namespace"),),
}
# A mapping with one of these and a ``namespace`` deploys into it: kustomize, helmfile, skaffold, Fleet, Zarf.
_DEPLOYS: Final = (
    *("chart", "chartPath", "helm", "patches", "patchesJson6902", "patchesStrategicMerge", "resources"),
    *("remoteChart", "set", "setValues", "values"),
)
# kubectl and the API server write these; nobody edits them.
_WRITTEN_BY_OTHERS: Final = "managedFields"
_MOST_NAMES: Final = 12


class NodeContext(NamedTuple):
    """What the mappings around a node say of it.

    Attributes:
        namespace: the Namespace of the objects in it; empty if that is not known.
        kind: the kinds of the objects that it patches, with ``|`` between them; empty if that is not known.
        name: the name of the object that it patches.
        chart: the Helm chart whose values it sets.
    """

    namespace: str = ""
    kind: str = ""
    name: str = ""
    chart: str = ""

    @property
    def home(self) -> str:
        """The Namespace of what is patched or made in it; of a Namespace its own name."""
        return self.name if self.kind == "Namespace" else self.namespace


class Step(NamedTuple):
    """A node, and the way to it.

    Attributes:
        node: the node; never an alias.
        key: its key in the mapping above; None for the root and for an item of a list.
        name: the text of its key; of an item the name of its list.
        above: the mapping or list that holds it; None for the root.
        around: what the mappings around it, and the node itself, say of it.
    """

    node: Node
    key: Node | None
    name: str
    above: Step | None
    around: NodeContext

    @property
    def is_item(self) -> bool:
        """Whether it is an item of a list."""
        return self.above is not None and self.key is None

    def names(self) -> list[str]:
        """Return the names of the keys on the way to it, at most the last twelve."""
        names: list[str] = []
        step: Step | None = self
        while step is not None and len(names) < _MOST_NAMES:
            if step.key is not None:
                names.append(step.name)
            step = step.above
        return names[::-1]

    def sibling(self, name: str) -> Node | None:
        """Return the value of another key in the mapping that holds it, or that holds its list."""
        above = self.above
        if above is not None and self.is_item:
            above = above.above
        return value_of(above.node, name) if above is not None else None


def walk(root: Node) -> Iterator[Step]:
    """Walk through a document, each node once, from the top to the bottom of the text.

    Args:
        root: the document.

    Yields:
        Its mappings, lists and scalars. An alias is left out: what it stands for has its own place.
    """
    stack = [Step(resolved(root), None, "", None, NodeContext())]
    while stack:
        step = stack.pop()
        node = step.node
        if node.is_mapping:
            step = _with_surroundings(step)
            yield step
            for key, value in reversed(node.entries):
                if value.target is None and key.key != _WRITTEN_BY_OTHERS:
                    stack.append(Step(value, key, key.key or "", step, step.around))
            continue
        yield step
        stack.extend(
            Step(item, None, step.name, step, step.around)
            for item in reversed(node.items)
            if item.target is None
        )


def value_of(node: Node, name: str) -> Node | None:
    """Return the value of a key in a mapping, behind any alias; None if the node has no such key."""
    entry = node.entry(name) if node.is_mapping else None
    return None if entry is None else resolved(entry[1])


def text_at(node: Node, path: Path) -> str:
    """Return the string at a path in a mapping; empty if there is none, or if a program fills it in."""
    inner: Node | None = node
    for part in path:
        inner = value_of(inner, str(part)) if inner is not None else None
    value = inner.value if inner is not None else None
    return value if isinstance(value, str) and not has_holes(value) else ""


def _with_surroundings(step: Step) -> Step:
    node, around = step.node, step.around
    kind = text_at(node, ("kind",))
    if kind and value_of(node, "apiVersion") is not None:
        paths = _NAMESPACES.get(kind, ())
        around = NodeContext(namespace=next(filter(None, (text_at(node, path) for path in paths)), ""))
    elif any(node.entry(name) is not None for name in _DEPLOYS):
        around = around._replace(namespace=text_at(node, ("namespace",)) or around.namespace)
    target = value_of(node, "target")
    if target is not None and target.is_mapping:
        around = around._replace(
            kind=text_at(target, ("kind",)),
            name=text_at(target, ("name",)),
            namespace=text_at(target, ("namespace",)) or around.namespace,
        )
    match = value_of(node, "match")
    if match is not None and match.is_mapping:
        around = around._replace(kind="|".join(_matched_kinds(match)))
    chart = value_of(node, "chart")
    if chart is not None:
        # A HelmRelease of Flux has the name of its chart two levels deeper.
        around = around._replace(chart=text_at(node, ("chart",)) or text_at(chart, ("spec", "chart")))
    return step if around is step.around else step._replace(around=around)


def _matched_kinds(match: Node) -> Iterator[str]:
    """Find the kinds that a rule of Kyverno or Gatekeeper matches, such as ``apps/v1/Deployment``.

    Sources: kyverno.io/docs/policy-types/cluster-policy/match-exclude;
    open-policy-agent.github.io/gatekeeper, "Mutation".
    """
    own = value_of(match, "kinds")
    for part in map(resolved, own.items if own is not None else ()):
        # Gatekeeper has lists of kinds, each beside their groups.
        yield from _strings(value_of(part, "kinds"))
    filters = [match]
    for name in ("any", "all"):
        alternatives = value_of(match, name)
        filters.extend(map(resolved, alternatives.items if alternatives is not None else ()))
    for part in filters:
        resources = value_of(part, "resources")
        kinds = value_of(resources, "kinds") if resources is not None else None
        yield from _strings(kinds)


def _strings(kinds: Node | None) -> Iterator[str]:
    for kind in kinds.items if kinds is not None else ():
        if isinstance(kind.value, str):
            yield kind.value.rpartition("/")[2]
