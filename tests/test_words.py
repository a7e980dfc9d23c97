"""Each public class has a name of its own, and names are nouns, not pronouns and participles."""

from __future__ import annotations

import ast
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from paths import ROOT

SOURCES = sorted(path for package in ("autofix", "webhook") for path in (ROOT / package).rglob("*.py"))
# A reader cannot search for these, and they say of nothing what it is.
VAGUE_WORDS = {
    *("one", "found", "told", "seen", "said", "some"),
    *("wanted", "chosen", "given", "lacking", "held"),
}
MOST_VAGUE_NAMES = 150


def public_classes(path: Path) -> Iterator[str]:
    """The classes and type aliases of a module: what it calls in CamelCase."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                if name[0].isupper() and not name.isupper():
                    yield name


def test_the_name_of_a_public_class_is_unique() -> None:
    homes = defaultdict(list)
    for path in SOURCES:
        for name in public_classes(path):
            if not name.startswith("_"):
                homes[name].append(str(path.relative_to(ROOT)))
    assert len(homes) > 100
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_few_names_are_pronouns_or_participles() -> None:
    counts: Counter[str] = Counter()
    for path in SOURCES:
        with path.open("rb") as file:
            counts[str(path.relative_to(ROOT))] = sum(
                token.type == tokenize.NAME and token.string in VAGUE_WORDS
                for token in tokenize.tokenize(file.readline)
            )
    assert counts.total() < MOST_VAGUE_NAMES, f"most of them in {counts.most_common(10)}"
