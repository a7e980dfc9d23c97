"""Commands as lists of words: ``[kubectl, annotate, namespace, shop, KEY=true]``.

Source: kubernetes.io/docs/reference/kubectl/generated/kubectl_annotate, kubectl_label and kubectl_run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from autofix.kubernetes.kinds import KINDS
from autofix.linkerd.keys import is_linkerd_key
from autofix.readers.model import Delivery, Fragment, Setting, Target
from autofix.readers.prefixes import prefix_of, target_of_property
from autofix.text.inner.decode import Decoded, decode
from autofix.text.inner.helm_paths import is_set_name
from autofix.text.inner.settings import pair, string_of
from autofix.text.inner.targets import target_of_kind
from autofix.text.inner.walk import Step
from autofix.text.yaml import Node

_VERBS: Final = ("annotate", "label")
_NAMESPACE_OPTIONS: Final = ("-n", "--namespace")
# Options of kubectl with a value behind them as a word of its own.
_WITH_VALUE: Final = frozenset(
    {
        *_NAMESPACE_OPTIONS,
        "-l",
        "--selector",
        "-f",
        "--filename",
        "--context",
        "--field-selector",
        "--kubeconfig",
    }
)
_ANNOTATION_OPTION: Final = re.compile(r"--[\w-]*annotations?\Z")
_KINDS: Final = {word: kind.kind for kind in KINDS for word in kind.words}


class _Word(NamedTuple):
    text: str
    decoded: Decoded


def argument_fragments(step: Step, text: str) -> Iterator[Fragment]:
    """Read a list of words that is one command.

    Args:
        step: the list.
        text: the text that spans count in.

    Yields:
        The annotations or labels that the command sets.
    """
    items = [node for node in step.node.items if node.target is None]
    if not any("linkerd" in string_of(node) for node in items):
        return
    words = [_Word(string_of(node), decode(node, text)) for node in items if _is_word(node)]
    verb = next((index for index, word in enumerate(words[:3]) if word.text in _VERBS), None)
    if verb is not None:
        yield from _of_kubectl(words[verb].text, words[verb + 1 :])
        return
    by_prefix: dict[str, list[Setting]] = {}
    for prefix, setting in _of_options(words):
        by_prefix.setdefault(prefix, []).append(setting)
    is_run = any(word.text == "run" for word in words[:2])
    for prefix, settings in by_prefix.items():
        target = Target.POD if is_run else target_of_property(prefix)
        yield Fragment(target, tuple(settings))


def _is_word(node: Node) -> bool:
    return isinstance(node.value, str) and "\n" not in node.value


def _of_kubectl(verb: str, words: Sequence[_Word]) -> Iterator[Fragment]:
    settings: list[Setting] = []
    objects: list[str] = []
    namespace, option = "", ""
    for word in words:
        if option:
            namespace = word.text if option in _NAMESPACE_OPTIONS else namespace
            option = ""
        elif word.text.startswith("-"):
            name, equals, value = word.text.partition("=")
            namespace = value if equals and name in _NAMESPACE_OPTIONS else namespace
            option = word.text if word.text in _WITH_VALUE else ""
        elif (setting := _setting(word)) is not None:
            settings.append(setting)
        else:
            objects.append(word.text)
    if not any(is_linkerd_key(setting.key) for setting in settings):
        return
    resource, slash, name = objects[0].partition("/") if objects else ("", "", "")
    kind = _KINDS.get(resource.lower().partition(".")[0], "")
    name = name if slash else "".join(objects[1:2])
    target = Target.LABELS if verb == "label" else target_of_kind(kind)
    namespace = name if kind == "Namespace" else namespace
    yield Fragment(target, tuple(settings), namespace=namespace, name=name, kind=kind)


def _setting(word: _Word) -> Setting | None:
    """Read ``KEY=VALUE``, or ``KEY-``, which removes the key."""
    if not word.decoded.is_exact or not word.text:
        return None
    middle = word.text.find("=")
    if middle > 0:
        return pair(word.decoded, 0, middle, len(word.text), Delivery.TEXT)
    if word.text.endswith("-") and len(word.text) > 1:
        key = word.text[:-1]
        return Setting(key, word.decoded.span(0, len(key)), delivery=Delivery.TEXT, is_set=False)
    return None


def _of_options(words: Sequence[_Word]) -> Iterator[tuple[str, Setting]]:
    """Read options that set an annotation, such as ``--annotations=KEY=true`` of ``kubectl run``.

    Yields:
        Each setting, and the prefix before its key, as Spark's properties have one.
    """
    before = ""
    for word in words:
        option, equals, _ = word.text.partition("=")
        start = len(option) + 1 if equals and option.startswith("--") else 0
        option, before = option if start else before, word.text
        middle = word.text.find("=", start)
        key = word.text[start:middle] if middle > start else ""
        if not is_linkerd_key(key) or not word.decoded.is_exact or is_set_name(option):
            continue
        prefix = prefix_of(key)
        if prefix or _ANNOTATION_OPTION.match(option):
            setting = pair(word.decoded, start + len(prefix), middle, len(word.text), Delivery.TEXT)
            yield prefix, setting
