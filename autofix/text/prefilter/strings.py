"""Documents in which a key of Linkerd's may stand in a string, or in a longer word."""

from __future__ import annotations

from typing import Final

from autofix.linkerd.keys import is_linkerd_key, key_within

# Linkerd's domain as it stands, and with the escapes of Helm's paths.
_DOMAINS: Final = ("linkerd.io", "linkerd\\")
# In text that is Helm values of Linkerd's own; they name no domain.
_HELM_VALUE: Final = "ativeSidecar"


def names_key_in_string(value: object) -> bool:
    """Tell whether a string in a document, or a key that is no whole key, may name a key of Linkerd's.

    Args:
        value: the document.
    """
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            # The engine sees the keys of mappings that are whole.
            if any(_has_domain(key) and not _is_whole(key) for key in node):
                return True
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
        elif isinstance(node, str) and (_has_domain(node) or _HELM_VALUE in node):
            return True
    return False


def _has_domain(text: str) -> bool:
    return any(domain in text for domain in _DOMAINS)


def _is_whole(key: str) -> bool:
    return is_linkerd_key(key) and key_within(key) == key
