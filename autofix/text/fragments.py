"""YAML that is no Kubernetes object but holds annotations of pods: Helm values, kustomizations, patches.

autofix does not know what a tool makes of a fragment. So some fixes are only reported here, or unsafe: a key
inside a longer word, keys beside a key that is removed, and a value that has quotes of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from autofix.engine.api import Result, result_of
from autofix.engine.examine import NOT_SUPPRESSED, Examined, Suppressed
from autofix.engine.namespaces import examine_all
from autofix.engine.options import Options
from autofix.kubernetes.locations import group_of, kind_of
from autofix.kubernetes.pointer import Path
from autofix.linkerd.keys import is_linkerd_key, key_within
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations
from autofix.readers.model import LONGER_WORD, REMOVED_TOO
from autofix.readers.names import is_labels
from autofix.rules.finding import Applicability, Finding, relocated, withhold
from autofix.rules.registry import TYPES
from autofix.text.linkerd_values import examine_linkerd_values

# Objects of other tools: annotations anywhere in them may reach pods.
_KINDS: Final = frozenset(
    {
        ("argoproj.io", "Application"),
        ("argoproj.io", "ApplicationSet"),
        ("helm.cattle.io", "HelmChart"),
        ("helm.cattle.io", "HelmChartConfig"),
        ("helm.toolkit.fluxcd.io", "HelmRelease"),
        ("kustomize.config.k8s.io", "Component"),
        ("kustomize.config.k8s.io", "Kustomization"),
        ("linkerd.buoyant.io", "ControlPlane"),
    }
)
# Under this key kustomize has the labels of an entry of its list of labels.
_PAIRS: Final = "pairs"
_OWN: Final[Path] = ("metadata", "annotations")
# The path to a value: the path to its parent, and the last part. Few of them become a whole path.
_Trail: TypeAlias = "tuple[()] | tuple[_Trail, str | int]"


def is_fragment(value: object) -> bool:
    """Tell whether a document is no Kubernetes object, or an object whose tool annotates pods."""
    if not isinstance(value, dict):
        return True
    if not isinstance(value.get("apiVersion"), str) or not kind_of(value):
        return True
    return (group_of(value) or "", kind_of(value)) in _KINDS


def fix_fragment(
    value: object,
    options: Options,
    suppressed: Suppressed = NOT_SUPPRESSED,
    namespace_wait: Annotations = NO_ANNOTATIONS,
    *,
    null_removes: bool = True,
) -> Result:
    """Fix every mapping that holds a key of Linkerd's as the annotations of a pod.

    Args:
        value: the document.
        options: the options.
        suppressed: codes that are switched off at a key, by the key's path.
        namespace_wait: a wait before exit that the pods may have from elsewhere, as an annotation; a fix is
            withheld if Linkerd would deny the pods after it.
        null_removes: whether a key with the value null is removed, as in Helm values and in merge patches
            (RFC 7396); in ytt's templates null stands for a value.

    Returns:
        The findings of every mapping, the patch of all of them, and the patched copy.
    """
    parts: list[tuple[Path, Mapping[str, object], Examined]] = []
    for path, mapping in _mappings(value):
        by_key = {key: codes for key in mapping if (codes := suppressed.get((*path, key)))}
        removed = {key for key in mapping if mapping[key] is None and is_linkerd_key(key)}
        if not null_removes:
            by_key |= {key: by_key.get(key, frozenset()) | TYPES for key in removed}
            removed = set()
        present = {key: child for key, child in mapping.items() if key not in removed}
        longer = [key for key in present if is_linkerd_key(key) and key_within(key) != key.strip()]
        own = {key: child for key, child in present.items() if key not in longer} if longer else present
        examined = _examine_as_pod(_without_settings(own, path), options, by_key, namespace_wait)
        if any(key in removed for key in examined.after[()]):
            examined = _only_reported(examined, REMOVED_TOO)
        parts.append((path, {}, examined))
        parts.extend((path, {}, _examine_longer_word(key, present[key], options, by_key)) for key in longer)
    parts.extend(((), {}, examined) for examined in examine_linkerd_values(value, options, suppressed))
    return result_of(value, parts)


def _without_settings(mapping: Annotations, path: Path) -> Annotations:
    """Leave out what may be no annotation: settings of a chart in a mapping that has another name."""
    if str(path[-1] if path else "").lower().endswith("annotations"):
        return mapping
    return {
        key: value
        for key, value in mapping.items()
        if isinstance(value, str)
        or is_linkerd_key(key)
        or ("/" in key and not isinstance(value, dict | list))
    }


def _examine_as_pod(
    annotations: Annotations,
    options: Options,
    suppressed: Mapping[str, frozenset[str]],
    namespace_wait: Annotations,
) -> Examined:
    """Examine annotations as those of a pod."""
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": annotations}}
    by_path = {(*_OWN, key): codes for key, codes in suppressed.items()}
    options = options._replace(changes_every_domain=False)
    [of_pod] = examine_all([pod], options, None, [by_path])
    if namespace_wait and of_pod.after != of_pod.before:
        [waiting] = examine_all([pod], options, namespace_wait, [by_path])
        if waiting.after != of_pod.after:
            of_pod = waiting
    examined = _without_pod(of_pod)
    before, after = examined.before[()], examined.after[()]
    changed = (key for key in before if key not in after or after[key] != before[key])
    return _made_unsafe(examined, options) if any(_is_quoted(before[key]) for key in changed) else examined


def _examine_longer_word(
    word: str, value: object, options: Options, suppressed: Mapping[str, frozenset[str]]
) -> Examined:
    """Examine the key in a longer word by itself; the findings stand at the word."""
    key = key_within(word)
    codes = suppressed.get(word, frozenset())
    examined = _examine_as_pod({key: value}, options, {key: codes}, NO_ANNOTATIONS)

    def at_word(path: Path) -> Path:
        return tuple(word if part == key else part for part in path)

    reported = _only_reported(examined, LONGER_WORD)
    findings = tuple(relocated(finding, at_word) for finding in reported.findings)
    return reported._replace(findings=findings, remaining=findings, before={}, after={})


def _only_reported(examined: Examined, reason: str) -> Examined:
    return _unchanged(examined, tuple(withhold(finding, reason) for finding in examined.findings))


def _made_unsafe(examined: Examined, options: Options) -> Examined:
    """Make safe fixes unsafe.

    A chart may print a value as it is, and then only the quotes in it make it a string.
    """
    findings, remaining = (
        tuple(
            finding._replace(applicability=Applicability.UNSAFE) if finding.fix else finding
            for finding in findings
        )
        for findings in (examined.findings, examined.remaining)
    )
    if options.unsafe:
        return examined._replace(findings=findings, remaining=remaining)
    return _unchanged(examined, findings)


def _unchanged(examined: Examined, findings: tuple[Finding, ...]) -> Examined:
    return examined._replace(
        findings=findings, remaining=findings, after=examined.before, changes_injection=False
    )


def _is_quoted(value: object) -> bool:
    """Tell whether a value has quotes of its own."""
    text = value.strip() if isinstance(value, str) else ""
    return len(text) > 1 and text[0] == text[-1] and text[0] in "'\""


def _mappings(value: object) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """Find the mappings with a key of Linkerd's, without labels, which are no annotations."""
    stack: list[tuple[_Trail, object]] = [((), value)]
    while stack:
        trail, node = stack.pop()
        if isinstance(node, dict):
            if any(map(is_linkerd_key, node)) and not _are_labels(path := _path(trail)):
                yield path, node
            children: list[tuple[str | int, object]] = list(node.items())
        elif isinstance(node, list):
            children = list(enumerate(node))
        else:
            continue
        # Most values are strings and numbers, and they have no children.
        inner = ((part, child) for part, child in reversed(children) if isinstance(child, dict | list))
        stack.extend(((trail, part), child) for part, child in inner)


def _path(trail: _Trail) -> Path:
    parts: list[str | int] = []
    while trail:
        trail, part = trail
        parts.append(part)
    return tuple(reversed(parts))


def _are_labels(path: Path) -> bool:
    """Tell whether a mapping holds labels: by its name, or by the name of the list that it is in."""
    names = (part for part in reversed(path) if isinstance(part, str) and part != _PAIRS)
    return is_labels(next(names, ""))


def _without_pod(examined: Examined) -> Examined:
    """Make the paths begin at the annotations, not at the pod."""

    def inner(path: Path) -> Path:
        return path[len(_OWN) :]

    return examined._replace(
        findings=tuple(relocated(finding, inner) for finding in examined.findings),
        remaining=tuple(relocated(finding, inner) for finding in examined.remaining),
        before={(): examined.before[_OWN]},
        after={(): examined.after[_OWN]},
    )
