"""What the HCL reader says of a text, short enough for tables in tests."""

from __future__ import annotations

from textwrap import dedent
from typing import NamedTuple

from autofix.kubernetes.scalars import Scalar
from autofix.readers.hcl import read
from autofix.readers.model import Branch, Delivery, Fragment, InnerText, Setting, Target, TextSpan


class KeyRow(NamedTuple):
    """A setting; ``written`` is what stands at its spans."""

    key: str
    value: Scalar
    delivery: Delivery = Delivery.TEXT
    is_set: bool = True
    written: tuple[str, str | None] = ("", "")


class FragmentRow(NamedTuple):
    """A fragment without its spans."""

    target: Target
    kind: str
    namespace: str
    name: str
    rows: tuple[KeyRow, ...]
    branch: Branch = Branch.ALWAYS
    reason: str = ""


def text_at(text: str, span: TextSpan | None) -> str | None:
    return None if span is None else text[slice(*span)]


def key_row(text: str, setting: Setting) -> KeyRow:
    written = (text_at(text, setting.key_span) or "", text_at(text, setting.value_span))
    value = None if setting.value is None else str(setting.value)
    is_plain = written == (setting.key, value)
    return KeyRow(
        setting.key,
        setting.value,
        setting.delivery,
        setting.is_set,
        ("", "") if is_plain else written,
    )


def fragment_row(text: str, fragment: Fragment) -> FragmentRow:
    rows = tuple(key_row(text, setting) for setting in fragment.settings)
    target, _, namespace, name, kind, branch, reason, *_ = fragment
    return FragmentRow(target, kind, namespace, name, rows, branch, reason)


def fragment_rows(text: str) -> list[FragmentRow]:
    """The fragments of a text, which may be indented."""
    text = dedent(text)
    return [fragment_row(text, fragment) for fragment in read(text).fragments]


def short_rows(text: str) -> list[tuple[Target, str, Delivery, Branch, str]]:
    """Each key of a text: its target, the key, how its value arrives, its branch and the reason."""
    return [
        (fragment.target, setting.key, setting.delivery, fragment.branch, fragment.reason)
        for fragment in read(dedent(text)).fragments
        for setting in fragment.settings
    ]


def inner_of(text: str) -> InnerText:
    """The one inner text of a text."""
    [inner] = read(dedent(text)).texts
    return inner
