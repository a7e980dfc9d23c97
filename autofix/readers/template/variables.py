"""Variables such as ``${NAME}``: which of them are holes, and which of them YAML could not read.

YAML reads most variables as a part of a plain scalar, and a shell script inside the YAML needs them as they
are. So a variable is masked only where YAML would read something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from autofix.readers.template.actions import Action, Family

# Variables of envsubst, Flux and the like, with what stands for a variable that is not set.
_SIMPLE: Final = re.compile(r"[A-Za-z_][\w.]*(?::?[-=+?][^{}\n]*)?\Z")
# What only a shell understands.
_SHELL: Final = re.compile(r"[!#]?\w+(?:\[[@*]\])?(?:[#%/^,@:].*)?\Z|[@*#?$!-]\Z", re.DOTALL)
_OTHERS: Final = frozenset({Family.BRACES, Family.JINJA, Family.ERB})
# A variable behind one of these would be read as a mapping.
_FLOW: Final = ("[", ",", "{")
_QUALIFIED_BEFORE: Final = re.compile(r"\.[\w-]+/[\w.-]*\Z")
_QUALIFIED_BEHIND: Final = re.compile(r"[\w.-]*\.[\w-]+/")
# How far around a variable is looked: longer than a key.
_NEAR: Final = 120


def variables_of(text: str, actions: Sequence[Action]) -> tuple[list[Action], list[Action]]:
    """Sort the variables of a template.

    Args:
        text: the template.
        actions: all its actions.

    Returns:
        The variables to mask, and those that YAML reads as they are; both are holes. Others are left out: a
        shell's own, and Terraform's expressions in a template of another language.
    """
    families = {action.family for action in actions}
    is_terraform = Family.DIRECTIVE in families or Family.FREEMARKER in families
    may_be_terraform = is_terraform or families.isdisjoint(_OTHERS)
    masked: list[Action] = []
    plain: list[Action] = []
    for action in actions:
        if action.family is not Family.VARIABLE:
            continue
        is_simple = _SIMPLE.match(action.body) is not None
        if is_terraform or (is_simple and _must_be_masked(text, action)):
            masked.append(action)
        elif is_simple:
            plain.append(action)
        elif may_be_terraform and not _SHELL.match(action.body):
            masked.append(action)
    return masked, plain


def _must_be_masked(text: str, action: Action) -> bool:
    before = text[max(action.start - _NEAR, 0) : action.start]
    behind = text[action.end : action.end + _NEAR]
    if _QUALIFIED_BEFORE.search(before) or _QUALIFIED_BEHIND.match(behind):
        return True
    line = before.rstrip(" ")
    is_first = line.endswith("\n") or not line
    is_alone = is_first and behind.lstrip(" ")[:1] in ("", "\n", "\r")
    return is_alone or line.endswith(_FLOW) or (line.endswith(":") and _is_flow(before))


def _is_flow(before: str) -> bool:
    """Tell whether a value may stand in brackets: its line has some, or is long."""
    _, line_break, line = before.rpartition("\n")
    return "{" in line or "[" in line or (not line_break and len(before) == _NEAR)
