"""Keys behind a prefix, as Spark and others set annotations in one flat mapping of properties."""

from __future__ import annotations

from collections.abc import Iterator

from autofix.linkerd.keys import is_linkerd_key, key_within
from autofix.readers.model import LONGER_WORD, Fragment, Setting, Target
from autofix.readers.names import is_annotations
from autofix.readers.prefixes import prefix_of, target_of_property
from autofix.text.inner.decode import decode
from autofix.text.inner.helm_paths import is_set_name
from autofix.text.inner.settings import with_value
from autofix.text.inner.walk import Step


def prefix_fragments(step: Step, text: str) -> Iterator[Fragment]:
    """Read the keys of a mapping that stand behind a prefix.

    Args:
        step: the mapping.
        text: the text that spans count in.

    Yields:
        A fragment for each prefix. Behind an unknown prefix nothing is edited.
    """
    by_prefix: dict[str, list[Setting]] = {}
    unknown: dict[str, list[Setting]] = {}
    for key, value in step.node.entries:
        word = key.key or ""
        if not is_linkerd_key(word) or "(" in word or is_set_name(step.name):
            continue
        prefix = prefix_of(word)
        inner = word[len(prefix) :] if prefix else key_within(word)
        index = word.find(inner)
        if inner == word.strip() or (not prefix and (index <= 0 or is_annotations(step.name))):
            continue
        decoded = decode(key, text)
        if decoded.is_exact:
            setting = with_value(Setting(inner, decoded.span(index, index + len(inner))), value, text)
            groups = by_prefix if prefix else unknown
            groups.setdefault(prefix or word.replace(inner, ""), []).append(setting)
    for prefix, settings in by_prefix.items():
        yield Fragment(target_of_property(prefix), tuple(settings))
    for settings in unknown.values():
        yield Fragment(Target.UNKNOWN, tuple(settings), reason=LONGER_WORD)
