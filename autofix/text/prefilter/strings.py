"""Documents in which a key of Linkerd's may stand in a string, or in a longer word."""

from __future__ import annotations

import re
from typing import Final

from autofix.linkerd.keys import is_linkerd_key, key_within

# Linkerd's domain as it stands, and with the escapes of Helm's paths.
_DOMAINS: Final = ("linkerd.io", "linkerd\\")
# What each of them holds.
_NAME: Final = "linkerd"
# In text that is Helm values of Linkerd's own; they name no domain.
_HELM_VALUE: Final = "ativeSidecar"


# A whole key; the line reader takes no scalar of several lines but one behind a bar.
_KEY: Final = re.compile(r"""linkerd\.io/[\w.-]*\w["']?:""")
_SUBDOMAINS: Final = frozenset({"", "config.", "config.alpha.", "config.beta.", "viz."})
_BAR: Final = "|"


def names_key_in_string(value: object, text: str | None = None) -> bool:
    """Tell whether a string in a document, or a key that is no whole key, may name a key of Linkerd's.

    Args:
        value: the document.
        text: its text, if the line reader has read it: what the text says occurs in the value at most once.
    """
    is_plain = text is not None and "\\" not in text and _HELM_VALUE not in text
    if text is not None and is_plain and _BAR not in text and _has_key_lines_only(text):
        return False
    # Most documents say this name only in keys near the top: when all of them are found, nothing is left.
    remaining = text.count(_NAME) if text is not None and is_plain else -1
    level: list[object] = [value]
    while level and remaining:
        deeper: list[object] = []
        for node in level:
            if isinstance(node, dict):
                for key in node:
                    if _NAME in key:
                        if _has_domain(key) and not _is_whole(key):
                            return True
                        remaining -= key.count(_NAME)
                deeper.extend(node.values())
            elif isinstance(node, list):
                deeper.extend(node)
            elif isinstance(node, str) and ((_NAME in node and _has_domain(node)) or _HELM_VALUE in node):
                return True
        level = deeper
    return False


def _has_key_lines_only(text: str) -> bool:
    """Tell whether Linkerd's domain stands only where a line begins with a whole key."""
    keys = 0
    for match in _KEY.finditer(text):
        start = match.start()
        if text[text.rfind("\n", 0, start) + 1 : start].lstrip(" -\"'") not in _SUBDOMAINS:
            return False
        keys += 1
    return keys == text.count(_DOMAINS[0])


def _has_domain(text: str) -> bool:
    return any(domain in text for domain in _DOMAINS)


def _is_whole(key: str) -> bool:
    return is_linkerd_key(key) and key_within(key) == key
