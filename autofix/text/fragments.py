"""YAML that is no Kubernetes object but holds annotations: Helm values, kustomizations, patches.

What has a kind is judged by its kind, as an object is. Any other mapping is judged as the annotations of a
pod, or of a Namespace where its name says so. autofix does not know what a tool makes of a fragment. So some
fixes are only reported here, or unsafe: a key inside a longer word, keys beside a key that is removed, and a
value that has quotes of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final, NamedTuple

from autofix.engine.api import Result, result_of
from autofix.engine.examine import NOT_SUPPRESSED, Examined, Reading, Suppressed, examine, read
from autofix.engine.namespaces import examine_all, opted_out
from autofix.engine.options import Options
from autofix.kubernetes.pointer import Path
from autofix.linkerd.keys import is_linkerd_key, key_within
from autofix.linkerd.precedence import NO_ANNOTATIONS, Annotations
from autofix.readers.model import LONGER_WORD, REMOVED_TOO
from autofix.rules.context import READ, Context
from autofix.rules.finding import relocated
from autofix.rules.registry import TYPES
from autofix.text.document_kinds import is_object
from autofix.text.fragment_fixes import only_reported, without_quotes_by_request
from autofix.text.linkerd_values import examine_linkerd_values
from autofix.text.owners import Manifest, Owner, OwnerLevel, owned_mappings

_OWN: Final[Path] = ("metadata", "annotations")
_LABELS: Final[Path] = ("metadata", "labels")
_NO_PLACE: Final = "autofix knows no place for it here; write it among the annotations by hand"

# An object in a document, its path, and what was said of it.
ExaminedPart = tuple[Path, Mapping[str, object], Examined]


def fix_fragment(
    value: object,
    options: Options,
    suppressed: Suppressed = NOT_SUPPRESSED,
    namespace_wait: Annotations = NO_ANNOTATIONS,
    *,
    null_removes: bool = True,
    own: OwnerLevel = "pod",
    is_linkerd_values: bool = False,
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
        own: whose keys stand at the top of the document, or in its own metadata.
        is_linkerd_values: whether the text around the document says that it holds values of Linkerd's chart.

    Returns:
        The findings of every mapping, the patch of all of them, and the patched copy.
    """
    if is_object(value):
        # What an object opts out of, everything in it opts out of.
        options = options._replace(codes=options.codes - opted_out(value, NO_ANNOTATIONS))
    around = Around(options, suppressed, namespace_wait, null_removes)
    mappings = (
        part
        for path, node, owner in owned_mappings(value, own)
        for part in _parts_of(path, node, owner, around)
    )
    values: Iterator[ExaminedPart] = (
        ((), {}, examined)
        for examined in examine_linkerd_values(value, options, suppressed, is_values=is_linkerd_values)
    )
    return result_of(value, chain(mappings, values))


class Around(NamedTuple):
    """What is known around the mappings of a document; the fields are arguments of ``fix_fragment``."""

    options: Options
    suppressed: Suppressed
    namespace_wait: Annotations
    null_removes: bool


def _parts_of(path: Path, node: Mapping[str, object], owner: Owner, around: Around) -> Iterator[ExaminedPart]:
    if isinstance(owner, Manifest):
        return _manifest_parts(path, node, owner, around)
    if owner in ("pod", "namespace"):
        return _mapping_parts(path, node, owner, around)
    return _unread_parts(path, node, owner, around)


def _unread_parts(
    path: Path, mapping: Annotations, level: OwnerLevel, around: Around
) -> Iterator[ExaminedPart]:
    """Examine a mapping that Linkerd does not read: labels, or a workload's own annotations."""
    keys, _, _ = _sorted(mapping, around)
    kind, place = ("Pod", _LABELS) if level == "labels" else ("Deployment", _OWN)
    by_path = {(*place, key): codes for key, codes in _codes_of(mapping, path, around).items()}
    version = "v1" if kind == "Pod" else "apps/v1"
    obj = {"apiVersion": version, "kind": kind, "metadata": {place[-1]: keys}}
    [examined] = examine_all([obj], around.options, None, [by_path])
    yield path, {}, only_reported(_within(examined, place), _NO_PLACE)


def _mapping_parts(
    path: Path, mapping: Annotations, level: OwnerLevel, around: Around
) -> Iterator[ExaminedPart]:
    """Examine a mapping as the annotations of a pod or of a Namespace."""
    own, longer, removed = _sorted(mapping, around)
    by_key = _codes_of(mapping, path, around)
    examined = _examine_annotations(
        level, _without_settings(own, path), around.options, by_key, around.namespace_wait
    )
    if any(key in removed for key in examined.after[()]):
        examined = only_reported(examined, REMOVED_TOO)
    yield path, {}, examined
    for key in longer:
        yield path, {}, _examine_longer_word(key, mapping[key], around.options, by_key)


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


def _manifest_parts(
    path: Path, node: Mapping[str, object], manifest: Manifest, around: Around
) -> Iterator[ExaminedPart]:
    """Examine an object in a longer document, or a patch of one, as an object of its kind."""
    roles = {location.path: location.role for location in manifest.locations}
    reading = read(node, around.options)
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
    if any(key in keys for inner, keys in removed.items() for key in examined.after[inner]):
        examined = only_reported(examined, REMOVED_TOO)
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
    level: OwnerLevel,
    annotations: Annotations,
    options: Options,
    suppressed: Mapping[str, frozenset[str]],
    namespace_wait: Annotations,
) -> Examined:
    """Examine annotations as those of a pod or of a Namespace."""
    kind = "Pod" if level == "pod" else "Namespace"
    owner = {"apiVersion": "v1", "kind": kind, "metadata": {"annotations": annotations}}
    by_path = {(*_OWN, key): codes for key, codes in suppressed.items()}
    options = options._replace(changes_every_domain=False)
    [of_owner] = examine_all([owner], options, None, [by_path])
    if namespace_wait and of_owner.after != of_owner.before:
        [waiting] = examine_all([owner], options, namespace_wait, [by_path])
        if waiting.after != of_owner.after:
            of_owner = waiting
    examined = _within(of_owner, _OWN)
    return without_quotes_by_request(examined, (), options)


def _examine_longer_word(
    word: str, value: object, options: Options, suppressed: Mapping[str, frozenset[str]]
) -> Examined:
    """Examine the key in a longer word by itself; the findings stand at the word."""
    key = key_within(word)
    codes = suppressed.get(word, frozenset())
    examined = _examine_annotations("pod", {key: value}, options, {key: codes}, NO_ANNOTATIONS)

    def at_word(path: Path) -> Path:
        return tuple(word if part == key else part for part in path)

    reported = only_reported(examined, LONGER_WORD)
    findings = tuple(relocated(finding, at_word) for finding in reported.findings)
    return reported._replace(findings=findings, remaining=findings, before={}, after={})


def _within(examined: Examined, base: Path) -> Examined:
    """Make the paths begin at a mapping, and not at the object that it is in."""

    def inner(path: Path) -> Path:
        return path[len(base) :]

    return examined._replace(
        findings=tuple(relocated(finding, inner) for finding in examined.findings),
        remaining=tuple(relocated(finding, inner) for finding in examined.remaining),
        before={(): examined.before[base]},
        after={(): examined.after[base]},
    )
