"""YAML that is no Kubernetes object but holds annotations of pods: Helm values, kustomizations, patches.

What a tool will make of it is not known for sure, so some fixes are only reported, or unsafe, here:
a key inside a longer word, keys beside one that is removed, and a value that carries quotes of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from autofix.engine.api import Result, result_of
from autofix.engine.examine import NOT_SUPPRESSED, Examined, Suppressed
from autofix.engine.namespaces import examine_all
from autofix.engine.options import Options
from autofix.kubernetes.locations import group_of, kind_of
from autofix.kubernetes.pointer import Path
from autofix.linkerd.keys import is_linkerd_key, key_within
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations
from autofix.rules.finding import Applicability, Finding, relocated, withhold
from autofix.rules.registry import TYPES

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
# What charts, tools and Terraform call mappings of labels: podLabels, matchLabels, match_labels.
_LABELS: Final = re.compile(
    r"(?:[Ll]abels?|[Ss]electors?|LABELS?|SELECTORS?)(?:[A-Z_-]\w{0,60})?\Z|match_?[Ee]xpressions\Z"
)
# Below it kustomize has the labels of an entry of its list of labels.
_PAIRS: Final = "pairs"
LONGER_WORD: Final = "the key is part of a longer word; change it there by hand"
REMOVED_TOO: Final = "a native-sidecar key is removed here, too; change them together by hand"
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


def is_labels(name: str | int) -> bool:
    """Tell by its name what holds labels, or selects by them; Linkerd reads neither."""
    return _LABELS.search(str(name)) is not None


def fix_loose(
    value: object,
    chosen: Options,
    suppressed: Suppressed = NOT_SUPPRESSED,
    around: Annotations = NO_ANNOTATIONS,
    *,
    null_removes: bool = True,
) -> Result:
    """Fix every mapping that holds a key of Linkerd's as the annotations of a pod.

    Args:
        value: the document.
        chosen: the options.
        suppressed: codes that are not wanted at some keys, by the key's path.
        around: a wait before exit that the pods may have from elsewhere, as an annotation; fixes after which
            they would be denied are withheld.
        null_removes: whether null under a key removes it, as it does in Helm values and in merge patches (RFC
            7396); in ytt's templates it stands for a value.

    Returns:
        The findings of every mapping, the patch of all of them, and the patched copy.
    """
    parts: list[tuple[Path, Mapping[str, object], Examined]] = []
    for path, mapping in _mappings(value):
        silent = {key: codes for key in mapping if (codes := suppressed.get((*path, key)))}
        removed = {key for key in mapping if mapping[key] is None and is_linkerd_key(key)}
        if not null_removes:
            silent |= {key: silent.get(key, frozenset()) | TYPES for key in removed}
            removed = set()
        kept = {key: child for key, child in mapping.items() if key not in removed}
        longer = [key for key in kept if is_linkerd_key(key) and key_within(key) != key.strip()]
        own = {key: child for key, child in kept.items() if key not in longer} if longer else kept
        examined = _examined(own, chosen, silent, around)
        if any(key in removed for key in examined.after[()]):
            examined = _only_reported(examined, REMOVED_TOO)
        parts.append((path, {}, examined))
        parts.extend((path, {}, _inside(key, kept[key], chosen, silent)) for key in longer)
    return result_of(value, parts)


def _examined(
    mapping: Annotations, chosen: Options, silent: Mapping[str, frozenset[str]], around: Annotations
) -> Examined:
    """Examine annotations as those of a pod."""
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"annotations": mapping}}
    suppressed = {(*_OWN, key): codes for key, codes in silent.items()}
    [found] = examine_all([pod], chosen, None, [suppressed])
    if around and found.after != found.before:
        [waiting] = examine_all([pod], chosen, around, [suppressed])
        if waiting.after != found.after:
            found = waiting
    examined = _on_its_own(found)
    before, after = examined.before[()], examined.after[()]
    changed = (key for key in before if key not in after or after[key] != before[key])
    return _lowered(examined, chosen) if any(_is_quoted(before[key]) for key in changed) else examined


def _inside(word: str, value: object, chosen: Options, silent: Mapping[str, frozenset[str]]) -> Examined:
    """Examine the key in a longer word by itself, and place what is found at the word."""
    key = key_within(word)
    examined = _examined({key: value}, chosen, {key: silent.get(word, frozenset())}, NO_ANNOTATIONS)

    def at_word(path: Path) -> Path:
        return tuple(word if part == key else part for part in path)

    reported = _only_reported(examined, LONGER_WORD)
    left = tuple(relocated(finding, at_word) for finding in reported.findings)
    return reported._replace(findings=left, remaining=left, before={}, after={})


def _only_reported(examined: Examined, reason: str) -> Examined:
    left = tuple(withhold(finding, reason) for finding in examined.findings)
    return _unchanged(examined, left)


def _lowered(examined: Examined, chosen: Options) -> Examined:
    """Make safe fixes unsafe.

    A chart may print a value as it is, and then the quotes in it are what makes it a string.
    """
    findings, remaining = (
        tuple(
            finding._replace(applicability=Applicability.UNSAFE) if finding.fix else finding
            for finding in some
        )
        for some in (examined.findings, examined.remaining)
    )
    if chosen.unsafe:
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
    """Find the mappings with a key of Linkerd's; labels are left out, for they are no annotations."""
    stack: list[tuple[Path, object]] = [((), value)]
    while stack:
        path, node = stack.pop()
        if len(path) > _DEEPEST:
            continue
        if isinstance(node, dict):
            if any(map(is_linkerd_key, node)) and not _are_labels(path):
                yield path, node
            children: list[tuple[str | int, object]] = list(node.items())
        elif isinstance(node, list):
            children = list(enumerate(node))
        else:
            continue
        stack.extend(((*path, part), child) for part, child in reversed(children))


def _are_labels(path: Path) -> bool:
    """Tell by its name, or by that of the list that it is in, whether a mapping holds labels."""
    names = (part for part in reversed(path) if isinstance(part, str) and part != _PAIRS)
    return is_labels(next(names, ""))


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
