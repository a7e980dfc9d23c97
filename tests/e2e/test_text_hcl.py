"""HashiCorp's library says the same of HCL texts before and after a fix, but for the key and its value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from round_trip_texts import RIGHT
from text_forms import BY_NAME, CASES, KEY, WORDS, forms, is_native, reduced
from text_oracles import check_annotations, hcl_pairs, without_native
from texts import check

Pair = tuple[str, Any]


@pytest.mark.parametrize("name", [name for name in BY_NAME if name.endswith(".tf")])
def test_hcl_says_what_was_meant(name: str) -> None:
    every = forms(BY_NAME[name], 90)
    assert len(every) > 40
    # The library does not say what it cannot know.
    before = hcl_pairs([form.before.replace("${var.size}", "8Gi") for form in every])
    after = hcl_pairs([form.after.replace("${var.size}", "8Gi") for form in every])
    for old, new, form in zip(before, after, every, strict=True):
        assert plain_pairs(old) == plain_pairs(new)
        said = list(native_values(new))
        assert said
        for key, value in said:
            check_annotations({}, {key: value}, form.release, form.intent, is_namespace=is_namespace(name))


def is_namespace(name: str) -> bool:
    return BY_NAME[name].is_namespace


def native_values(pairs: list[Pair]) -> Iterator[tuple[str, Any]]:
    """The keys for native sidecars among the pairs of an HCL text, with their values as strings."""
    for number, (key, value) in enumerate(pairs):
        if is_native(key):
            yield key, as_string(value)
        elif key == "name" and isinstance(value, str) and (path := KEY.search(value)):
            values = [inner for other, inner in pairs[number:] if other == "value"]
            yield path[0].replace("\\", ""), as_string(values[0])
        elif isinstance(value, str) and "\n" in value:
            yield from yaml.safe_load(value)["podAnnotations"].items()


def as_string(value: object) -> object:
    """A value of a map of strings: Terraform makes strings of booleans."""
    return str(value).lower() if isinstance(value, bool) else value


def plain_pairs(pairs: list[Pair]) -> list[Pair]:
    """The pairs without what a fix may change: keys for native sidecars, their values, and a type."""
    return [
        ("<key>", None) if is_native(key) else (key, plain(value))
        for key, value in pairs
        if (key, value) != ("type", "string") and value != "string"
    ]


def plain(value: Any) -> Any:
    """A value without what a fix may change in it."""
    if isinstance(value, str) and "\n" in value:
        return without_native(yaml.safe_load(value))
    if isinstance(value, str) and KEY.search(value):
        return reduced((value,))
    if isinstance(value, str | bool):
        return "<value>" if str(value).lower() in WORDS else value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return dict(plain_pairs(list(value.items())))
    return value


@pytest.mark.parametrize(
    "path",
    [
        *("c37/main.tf", "c44/ns.tf", "c54/repo/infra/ledger.tf", "c54/repo/infra/main.tf"),
        "text/10-namespace-beta.tf",
    ],
)
def test_nothing_else_changes_for_hcl_in_real_files(path: str) -> None:
    text = (CASES / path).read_text(encoding="utf-8")
    fixed = [check("main.tf", text, release=release).text for release in RIGHT]
    before, *after = hcl_pairs([text, *fixed])
    for pairs in after:
        assert plain_pairs(pairs) == plain_pairs(before)
