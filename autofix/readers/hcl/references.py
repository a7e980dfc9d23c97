"""Local values: what uses a map says whose annotations it holds.

Source: "Local Values" in Terraform's documentation: ``local.NAME`` stands for the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from autofix.kubernetes.scalars import as_written, resolve
from autofix.readers.hcl.maps import HclReference
from autofix.readers.hcl.places import HclDestination, HclUse, destination, use_at
from autofix.readers.hcl.syntax import HclText
from autofix.readers.model import Delivery, Fragment, Setting, Target

_QUOTES: Final = ('"', '"')
_LOCAL: Final = re.compile(r"local\.([A-Za-z_][\w-]*)")


def name_of_local(text: str) -> str:
    """Return the name of the local value that an expression is; empty if it is something else."""
    match = _LOCAL.fullmatch(text)
    return "" if match is None else match[1]


def uses_of(text: str, names: Iterable[str]) -> tuple[int, ...]:
    """Return the positions where a text asks for one of some local values.

    Args:
        text: the text.
        names: the names of the local values.
    """
    known = frozenset(names)
    return tuple(match.start() for match in _LOCAL.finditer(text) if match[1] in known)


def resolve_locals(
    syntax: HclText, fragments: Mapping[int, str], all_fragments: list[Fragment], uses: list[HclReference]
) -> list[Fragment]:
    """Give fragments of local values the target that their uses have.

    Args:
        syntax: the text.
        fragments: the names of local values, by the index of their fragments.
        all_fragments: all fragments of the text.
        uses: the places that use a local value.

    Returns:
        All fragments. A target is known if all uses agree; where one use keeps the types of values, a boolean
        is a boolean.
    """
    resolved = list(all_fragments)
    by_name: dict[str, list[HclReference]] = {}
    for use in uses:
        by_name.setdefault(use.name, []).append(use)
    for index, name in fragments.items():
        places = [use.place for use in by_name.get(name, ())]
        targets = [whose for whose in map(destination, places) if not whose.reason]
        fragment = resolved[index]
        if fragment.target is Target.UNKNOWN and len({whose.target for whose in targets}) == 1:
            fragment = _aimed(fragment, targets)
        kinds = {use_at(place) for place in places}
        if not kinds.isdisjoint({HclUse.VALUES, HclUse.OBJECT}):
            is_object = HclUse.VALUES not in kinds
            settings = tuple(_typed(syntax, setting, is_object=is_object) for setting in fragment.settings)
            fragment = fragment._replace(settings=settings)
        resolved[index] = fragment
    return resolved


def _aimed(fragment: Fragment, targets: list[HclDestination]) -> Fragment:
    """Give a fragment the target of its uses, and the owner if there is only one."""
    first = targets[0]
    fragment = fragment._replace(target=first.target)
    if {whose.kind for whose in targets} == {first.kind}:
        fragment = fragment._replace(kind=first.kind)
    if len(set(targets)) == 1:
        fragment = fragment._replace(namespace=first.namespace, name=first.name)
    return fragment


def _typed(syntax: HclText, setting: Setting, *, is_object: bool) -> Setting:
    """Make a boolean or a number of a value without quotes."""
    if setting.value_span is None or setting.delivery is not Delivery.TEXT:
        return setting
    start, end = setting.value_span
    text = syntax.text[start:end]
    # Behind "tostring(" or in quotes it is a string.
    if syntax.text[start - 1 : start] in {'"', "("} or isinstance(value := resolve(text), str):
        return setting
    delivery = Delivery.WRITTEN if is_object else Delivery.TYPED
    return setting._replace(value=as_written(value, text), delivery=delivery, quotes=_QUOTES)
