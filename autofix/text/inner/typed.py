"""How a value reaches Helm as a string where a tool would give it a type."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from autofix.readers.model import TextSpan
from autofix.text.inner.settings import json_text
from autofix.text.inner.walk import Step, value_of
from autofix.text.yaml import Node, resolved

# Sources: argo-cd.readthedocs.io, user-guide/helm (forceString); helmfile.readthedocs.io (setString);
# skaffold.dev, skaffold.yaml (overrides); uds.defenseunicorns.com, bundle overrides (valuesFiles).
_WAYS_OUT: Final = {
    "--set": "use --set-string",
    "args": "use --set-string",
    "command": "use --set-string",
    "parameters": "set forceString: true",
    "set": "move it to setString",
    "setTemplate": "move it to setStringTemplate",
    "setValues": "set it under overrides, in quotes",
    "setValueTemplates": "set it under overrides, in quotes",
    "set_values": "set value_type: string",
    "values": "set it in one of the valuesFiles, in quotes",
    "variables": "set it in one of the valuesFiles, in quotes",
}


def way_out(name: str) -> str:
    """Say what a person does to have a value delivered as a string.

    Args:
        name: the name of the list or mapping, or the option of Helm.
    """
    return _WAYS_OUT.get(name, "have it delivered as a string")


def to_string(name: str, item: Node, text: str) -> tuple[TextSpan, str] | None:
    """Find the change by which Argo CD hands a parameter to Helm as a string.

    Args:
        name: the name of the list.
        item: the parameter.
        text: the text that spans count in.

    Returns:
        The span and its new text; None if no short change does it.
    """
    if name != "parameters":
        return None
    force = value_of(item, "forceString")
    if force is not None:
        return ((force.start, force.end), "true") if force.value is False and force.style == "" else None
    entry = item.entry("value")
    if entry is None or entry[1].style not in ("", "'", '"') or entry[1].target is not None:
        return None
    key, value = entry
    at, added = _flag(item, key, value, text)
    if isinstance(value.value, str):
        return (at, at), added
    # The parameter takes only strings, too.
    quoted = f'"{json_text(value.value, text[value.start : value.end])}"'
    return (value.start, at), f"{quoted}{text[value.end : at]}{added}"


def _flag(item: Node, key: Node, value: Node, text: str) -> tuple[int, str]:
    """Find the place for the flag behind a value, and write it in the style of the parameter."""
    if item.style == "{":
        quote = key.style if key.style == '"' else ""
        return value.end, f", {quote}forceString{quote}: true"
    column = " " * (key.start - text.rfind("\n", 0, key.start) - 1)
    line_end = text.find("\n", value.end)
    if line_end < 0:
        return len(text), f"\n{column}forceString: true"
    line_break = "\r\n" if text[line_end - 1] == "\r" else "\n"
    return line_end + 1, f"{column}forceString: true{line_break}"


def option_before(step: Step) -> Node | None:
    """Return the item before an item of a list."""
    if not step.is_item or step.above is None:
        return None
    items = step.above.node.items
    index = bisect_left(items, step.node.start, key=lambda item: item.start)
    return resolved(items[index - 1]) if index else None
