"""Locations of Gatekeeper's mutations, such as ``metadata.annotations."linkerd.io/inject"``.

Source: open-policy-agent.github.io/gatekeeper, "Mutation".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from autofix.linkerd.keys import is_linkerd_key
from autofix.readers.model import Fragment, Setting
from autofix.text.inner.decode import decode
from autofix.text.inner.settings import string_of, with_value
from autofix.text.inner.targets import target_of_path
from autofix.text.inner.walk import Step, value_of

_LOCATION: Final = re.compile(r"(?P<parents>[\w.:*\[\]-]+)\.(?P<quote>[\"'])(?P<key>[^\"']+)(?P=quote)\Z")


def location_fragments(step: Step, text: str) -> Iterator[Fragment]:
    """Read a mapping with a ``location`` and the value for it.

    Args:
        step: the mapping.
        text: the text that spans count in.
    """
    place = value_of(step.node, "location")
    match = _LOCATION.match(string_of(place))
    if place is None or match is None or not is_linkerd_key(match["key"]):
        return
    decoded = decode(place, text)
    if not decoded.is_exact:
        return
    parameters = value_of(step.node, "parameters")
    assign = value_of(parameters, "assign") if parameters is not None else None
    value = assign.entry("value") if assign is not None and assign.is_mapping else None
    setting = Setting(match["key"], decoded.span(*match.span("key")))
    setting = with_value(setting, value[1] if value else None, text)
    target = target_of_path(match["parents"].split("."), step.around.kind)
    yield Fragment(target, (setting,))
