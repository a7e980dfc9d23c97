"""YAML that is no Kubernetes object but holds annotations: Helm values, kustomizations, patches.

What has a kind is judged by its kind, as an object is. Any other mapping is judged as the annotations of a
pod, or of a Namespace where its name says so. autofix does not know what a tool makes of a fragment. So some
fixes are only reported here, or unsafe: a key inside a longer word, keys beside a key that is removed, and a
value that has quotes of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, TypeGuard

from autofix.engine.api import Result, result_of
from autofix.engine.examine import NOT_SUPPRESSED, Examined, Reading, Suppressed, examine, read
from autofix.engine.namespaces import examine_all, opted_out
from autofix.engine.options import Options
from autofix.kubernetes.custom_kinds import custom_kind
from autofix.kubernetes.locations import group_of, kind_of
from autofix.kubernetes.pointer import Path
from autofix.linkerd.keys import is_linkerd_key, key_within
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations, Level
from autofix.rules.context import READ, Context
from autofix.rules.finding import Applicability, Finding, relocated, withhold
from autofix.rules.registry import TYPES
from autofix.text.owners import Manifest, owned_mappings

# Objects that hold patches and other texts, beside those with Helm values in the table of kinds.
_KINDS: Final = frozenset(
    {
        ("kustomize.config.k8s.io", "Component"),
        ("kustomize.config.k8s.io", "Kustomization"),
        ("kustomize.toolkit.fluxcd.io", "Kustomization"),
    }
)
LONGER_WORD: Final = "the key is part of a longer word; change it there by hand"
REMOVED_TOO: Final = "a native-sidecar key is removed here, too; change them together by hand"
_OWN: Final[Path] = ("metadata", "annotations")

# An object in a document, its path, and what was said of it.
Part = tuple[Path, Mapping[str, object], Examined]


def is_fragment(value: object) -> bool:
    """Tell whether a document is no Kubernetes object, or an object whose tool annotates pods."""
    if not is_object(value):
        return True
    group, kind = group_of(value), kind_of(value)
    row = custom_kind(group, kind)
    return (group, kind) in _KINDS or (row is not None and bool(row.values))


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Tell whether a value is a Kubernetes object of any kind."""
    return isinstance(value, dict) and group_of(value) is not None and bool(kind_of(value))


def fix_fragment(
    value: object,
    options: Options,
    suppressed: Suppressed = NOT_SUPPRESSED,
    namespace_wait: Annotations = NO_ANNOTATIONS,
    *,
    null_removes: bool = True,
) -> Result:
    """Fix every mapping that holds a key of Linkerd's.

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
    if is_object(value):
        # What an object opts out of, everything in it opts out of.
        options = options._replace(codes=options.codes - opted_out(value, NO_ANNOTATIONS))
    around = Around(options, suppressed, namespace_wait, null_removes)
    parts = (
        part
        for path, node, owner in owned_mappings(value)
        for part in (
            _manifest_parts(path, node, owner, around)
            if isinstance(owner, Manifest)
            else _mapping_parts(path, node, owner, around)
        )
    )
    return result_of(value, parts)


class Around(NamedTuple):
    """What is known around the mappings of a document; the fields are arguments of ``fix_fragment``."""

    options: Options
    suppressed: Suppressed
    namespace_wait: Annotations
    null_removes: bool


def _mapping_parts(path: Path, mapping: Annotations, level: Level, around: Around) -> Iterator[Part]:
    """Examine a mapping as the annotations of a pod or of a Namespace."""
    own, longer, removed = _sorted(mapping, around)
    by_key = _codes_of(mapping, path, around)
    examined = _examine_annotations(level, own, around.options, by_key, around.namespace_wait)
    if any(key in removed for key in examined.after[()]):
        examined = _only_reported(examined, REMOVED_TOO)
    yield path, {}, examined
    for key in longer:
        yield path, {}, _examine_longer_word(key, mapping[key], around.options, by_key)


def _manifest_parts(
    path: Path, node: Mapping[str, object], manifest: Manifest, around: Around
) -> Iterator[Part]:
    """Examine an object in a longer document, or a patch of one, as an object of its kind."""
    roles = {location.path: location.role for location in manifest.locations}
    reading = read(node)
    maps, removed = dict(reading.maps), dict[Path, set[str]]()
    by_path: dict[Path, frozenset[str]] = {}
    for inner in filter(maps.__contains__, roles):
        mapping = maps[inner]
        own, longer, removed[inner] = _sorted(mapping, around)
        by_key = _codes_of(mapping, (*path, *inner), around)
        by_path |= {(*inner, key): codes for key, codes in by_key.items()}
        # Where Linkerd does not read them, no key in a longer word is edited anyway.
        maps[inner] = own | ({} if roles[inner] in READ else {key: mapping[key] for key in longer})
        for key in longer if roles[inner] in READ else ():
            word = _examine_longer_word(key, mapping[key], around.options, by_key)
            yield (*path, *inner), {}, word
    locations = tuple(location for location in reading.locations if location.path in roles)
    examined = _examine_manifest(node, reading._replace(locations=locations, maps=maps), by_path, around)
    if any(key in keys for inner, keys in removed.items() for key in examined.after.get(inner, ())):
        examined = _only_reported(examined, REMOVED_TOO)
    yield path, node, examined


def _examine_manifest(
    node: Mapping[str, object], reading: Reading, suppressed: Suppressed, around: Around
) -> Examined:
    options = around.options
    context = Context(options._replace(codes=options.codes - opted_out(node, NO_ANNOTATIONS)))
    examined = examine(reading, context, suppressed)
    if around.namespace_wait and examined.after != examined.before:
        waiting = examine(reading, context._replace(namespace=around.namespace_wait), suppressed)
        return waiting if waiting.after != examined.after else examined
    return examined


def _sorted(mapping: Annotations, around: Around) -> tuple[dict[str, object], list[str], set[str]]:
    """Return the entries to examine, the words that hold more than a key, and the keys that are removed."""
    keys = list(filter(is_linkerd_key, mapping))
    removed = {key for key in keys if mapping[key] is None} if around.null_removes else set()
    longer = [key for key in keys if key not in removed and key_within(key) != key.strip()]
    left_out = {*removed, *longer}
    return {key: child for key, child in mapping.items() if key not in left_out}, longer, removed


def _codes_of(mapping: Annotations, path: Path, around: Around) -> dict[str, frozenset[str]]:
    """Return the codes that are switched off at each key of a mapping."""
    by_key = {key: codes for key in mapping if (codes := around.suppressed.get((*path, key)))}
    if not around.null_removes:
        nulls = [key for key in mapping if mapping[key] is None and is_linkerd_key(key)]
        by_key |= {key: by_key.get(key, frozenset()) | TYPES for key in nulls}
    return by_key


def _examine_annotations(
    level: Level,
    annotations: Annotations,
    options: Options,
    suppressed: Mapping[str, frozenset[str]],
    namespace_wait: Annotations,
) -> Examined:
    """Examine annotations as those of a pod or of a Namespace."""
    kind = "Pod" if level == "pod" else "Namespace"
    owner = {"apiVersion": "v1", "kind": kind, "metadata": {"annotations": annotations}}
    by_path = {(*_OWN, key): codes for key, codes in suppressed.items()}
    [of_owner] = examine_all([owner], options, None, [by_path])
    if namespace_wait and of_owner.after != of_owner.before:
        [waiting] = examine_all([owner], options, namespace_wait, [by_path])
        if waiting.after != of_owner.after:
            of_owner = waiting
    examined = _without_owner(of_owner)
    before, after = examined.before[()], examined.after[()]
    changed = (key for key in before if key not in after or after[key] != before[key])
    return _made_unsafe(examined, options) if any(_is_quoted(before[key]) for key in changed) else examined


def _examine_longer_word(
    word: str, value: object, options: Options, suppressed: Mapping[str, frozenset[str]]
) -> Examined:
    """Examine the key in a longer word by itself; the findings stand at the word."""
    key = key_within(word)
    codes = suppressed.get(word, frozenset())
    examined = _examine_annotations("pod", {key: value}, options, {key: codes}, NO_ANNOTATIONS)

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


def _without_owner(examined: Examined) -> Examined:
    """Make the paths begin at the annotations, not at the pod or Namespace."""

    def inner(path: Path) -> Path:
        return path[len(_OWN) :]

    return examined._replace(
        findings=tuple(relocated(finding, inner) for finding in examined.findings),
        remaining=tuple(relocated(finding, inner) for finding in examined.remaining),
        before={(): examined.before[_OWN]},
        after={(): examined.after[_OWN]},
    )
