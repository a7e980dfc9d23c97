"""How much one object may hold: whoever may create objects must not keep everybody else's waiting.

Reviews are answered one after the other, and what takes a second holds up all that come meanwhile. Work grows
with Linkerd's keys and with pod templates, of which a real object has some dozens at most.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from webhook.shapes import JsonObject

# What stays below takes 0.25 s at worst. The API server stores 1.5 MB at most, which real objects fill with
# some 50,000 values, and no longer key: a domain of 253 characters, "/" and a name of 63.
MOST_KEYS: Final = 1_000
MOST_VALUES: Final = 100_000
LONGEST_KEY: Final = 317


def excess(obj: JsonObject, namespace: Mapping[str, Any] | None) -> str | None:
    """Say what an object has too much of to be looked at.

    Args:
        obj: the object.
        namespace: annotations of its Namespace, as far as they are known. They are looked at once for every
            pod template, and count as often.

    Returns:
        What it is; None for an object that can be looked at in a moment.
    """
    keys, values = 0, 0
    around = 1 + len(_concerning(namespace or ()))
    stack: list[Any] = [obj]
    while stack:
        node = stack.pop()
        values += len(node)
        if values > MOST_VALUES:
            return f"more than {MOST_VALUES:,} values"
        if isinstance(node, dict):
            found = _concerning(node)
            if any(len(key) > LONGEST_KEY for key in found):
                return f"a key with more than {LONGEST_KEY} characters"
            keys += len(found) + (around if _holds_pods(node) else 0)
            if keys > MOST_KEYS:
                return f"more than {MOST_KEYS:,} keys of Linkerd's and pod templates"
            node = node.values()
        stack.extend([child for child in node if isinstance(child, dict | list)])
    return None


def _concerning(keys: Iterable[str]) -> list[str]:
    """Choose the keys that may be anything to Linkerd: all that the library takes a closer look at."""
    text = "\n".join(keys)
    if "linkerd" in text or "idecar" in text or "IDECAR" in text:
        return [key for key in keys if "linkerd" in key or "idecar" in key or "IDECAR" in key]
    return []


def _holds_pods(node: JsonObject) -> bool:
    spec = node.get("spec")
    return isinstance(spec, dict) and "containers" in spec
