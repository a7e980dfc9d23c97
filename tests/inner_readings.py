"""Reads YAML for the tests, and shows what it says."""

from __future__ import annotations

from typing import NamedTuple

from autofix.readers.model import Delivery, Fragment, InnerText, Target
from autofix.text.inner import fragments, inner_texts
from autofix.text.yaml import lay_out_text

KEY = "config.linkerd.io/proxy-native-sidecar"
RIGHT = "config.linkerd.io/proxy-enable-native-sidecar"
POINTER = KEY.replace("/", "~1")
PATH = KEY.replace(".", "\\.")


class Shown(NamedTuple):
    """A setting, and what stands at its spans."""

    key: str
    written_key: str
    value: object = None
    written_value: str | None = None
    delivery: Delivery = Delivery.WRITTEN
    is_set: bool = True


def texts_of(text: str) -> list[InnerText]:
    return [inner for root in lay_out_text(text) for inner in inner_texts(root, text)]


def fragments_of(text: str) -> list[Fragment]:
    return [fragment for root in lay_out_text(text) for fragment in fragments(root, text)]


def shown(fragment: Fragment, text: str) -> list[Shown]:
    return [
        Shown(
            setting.key,
            text[slice(*setting.key_span)],
            setting.value,
            None if setting.value_span is None else text[slice(*setting.value_span)],
            setting.delivery,
            setting.is_set,
        )
        for setting in fragment.settings
    ]


def read(text: str) -> list[tuple[Target, str, list[Shown]]]:
    """The target, the reason and the settings of each fragment."""
    return [(fragment.target, fragment.reason, shown(fragment, text)) for fragment in fragments_of(text)]
