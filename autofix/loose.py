"""YAML that is no Kubernetes object but holds annotations of pods: Helm values, kustomizations, patches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from autofix.api import Result, result_of
from autofix.batch import examine_all
from autofix.chosen import Options
from autofix.engine import NOT_SILENCED, Examined, Silenced
from autofix.finding import relocated
from autofix.kubernetes.anatomy import group_of, kind_of
from autofix.kubernetes.pointer import Path
from autofix.linkerd.naming import is_linkerd_key
from autofix.typed import Final

# Objects whose annotations reach pods by way of another tool, wherever in them they stand.
_KINDS: Final = frozenset(
    {
        ("argoproj.io", "Application"),
        ("argoproj.io", "ApplicationSet"),
        ("helm.cattle.io", "HelmChart"),
        ("helm.cattle.io", "HelmChartConfig"),
        ("helm.toolkit.fluxcd.io", "HelmRelease"),
        ("kustomize.config.k8s.io", "Component"),
        ("kustomize.config.k8s.io", "Kustomization"),
    }
)
_LABELS: Final = r"labels?\Z"
_OWN: Final[Path] = ("metadata", "annotations")
# Deeper than anything people write; bounds the work on hostile nesting.
_DEEPEST: Final = 64


def is_loose(value: object) -> bool:
    """Tell what is no Kubernetes object, or one whose annotations another tool hands on to pods."""
    if not isinstance(value, dict):
        return True
    if not isinstance(value.get("apiVersion"), str) or not kind_of(value):
        return True
    return (group_of(value) or "", kind_of(value)) in _KINDS


def fix_loose(value: object, chosen: Options, silenced: Silenced = NOT_SILENCED) -> Result:
    """Fix every mapping that holds a key of Linkerd's as the annotations of a pod.

    Args:
        value: the document.
        chosen: the options.
        silenced: codes that are not wanted at some keys, by the key's path.

    Returns:
        One item a mapping, the patch of all of them, and the patched copy.
    """
    parts: list[tuple[Path, Mapping[str, object], Examined]] = []
    for path, mapping in _mappings(value):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": mapping}}
        silent = {(*_OWN, key): codes for key in mapping if (codes := silenced.get((*path, key)))}
        [examined] = examine_all([pod], chosen, None, [silent])
        parts.append((path, {}, _on_its_own(examined)))
    return result_of(value, parts)


def _mappings(value: object) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """Find the mappings with a key of Linkerd's; labels are left out, for they are no annotations."""
    stack: list[tuple[Path, object]] = [((), value)]
    while stack:
        path, node = stack.pop()
        if len(path) > _DEEPEST:
            continue
        if isinstance(node, dict):
            if any(is_linkerd_key(key) for key in node) and not (path and _is_labels(path[-1])):
                yield path, node
            children: list[tuple[str | int, object]] = list(node.items())
        elif isinstance(node, list):
            children = list(enumerate(node))
        else:
            continue
        stack.extend(((*path, part), child) for part, child in reversed(children))


def _is_labels(name: str | int) -> bool:
    return re.search(_LABELS, str(name), re.IGNORECASE) is not None


def _on_its_own(examined: Examined) -> Examined:
    """Take the pod away from around its annotations."""

    def inner(path: Path) -> Path:
        return path[len(_OWN) :]

    return examined._replace(
        findings=tuple(relocated(finding, inner) for finding in examined.findings),
        remaining=tuple(relocated(finding, inner) for finding in examined.remaining),
        before={(): examined.before[_OWN]},
        after={(): examined.after[_OWN]},
    )
