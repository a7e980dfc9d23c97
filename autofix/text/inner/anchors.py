"""Anchors of Kyverno around keys: ``+(KEY)``, ``=(KEY)``, ``X(KEY)``.

Sources: kyverno.io/docs/policy-types/cluster-policy/validate and /mutate, "Anchors".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autofix.linkerd.keys import is_linkerd_key
from autofix.readers.model import NOT_SET, Fragment, Setting
from autofix.text.inner.decode import decode
from autofix.text.inner.settings import with_value
from autofix.text.inner.targets import target_of_path
from autofix.text.inner.walk import Step

_ANCHOR: Final = re.compile(r"(?P<sign>[+=^<X]?)\((?P<key>[^()]*)\)\Z")
_ADDS: Final = "+"
_FORBIDS: Final = "X"


def anchor_fragments(step: Step, text: str) -> Iterator[Fragment]:
    """Read the keys of a mapping that stand in anchors.

    Args:
        step: the mapping.
        text: the text that spans count in.

    Yields:
        One fragment for the keys that a rule adds or forbids, and one for those that it only asks for.
    """
    by_use: dict[bool, list[Setting]] = {}
    for key, value in step.node.entries:
        match = _ANCHOR.match(key.key or "") if "linkerd" in (key.key or "") else None
        if match is None or not is_linkerd_key(match["key"]):
            continue
        decoded = decode(key, text)
        if not decoded.is_exact:
            continue
        setting = with_value(Setting(match["key"], decoded.span(*match.span("key"))), value, text)
        if match["sign"] == _FORBIDS:
            setting = setting._replace(is_set=False)
        by_use.setdefault(match["sign"] in (_ADDS, _FORBIDS), []).append(setting)
    names = [_bare(name) for name in step.names()]
    target = target_of_path(names, step.around.kind)
    for is_use, settings in by_use.items():
        yield Fragment(target, tuple(settings), reason="" if is_use else NOT_SET)


def _bare(name: str) -> str:
    match = _ANCHOR.match(name)
    return name if match is None else match["key"]
