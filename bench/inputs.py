"""The trees of manifests that the command line is measured on, the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

Wrong = Literal["none", "few", "all"]

_SEED: Final = 20
# Bytes of one document, about.
_SIZE: Final = 4000
_WORDS: Final = "alpha beta gamma delta queue worker cache proxy ledger order stock price audit batch".split()
_RIGHT: Final = (
    "linkerd.io/inject: enabled",
    'config.linkerd.io/proxy-cpu-request: "100m"',
    "config.linkerd.io/proxy-memory-limit: 250Mi",
    'config.linkerd.io/skip-outbound-ports: "4222"',
)
_WRONG: Final = 'config.linkerd.io/proxy-native-sidecar: "true"'


def manifests(folder: Path, *, files: int, wrong: Wrong, documents: int = 100) -> Path:
    """Write a tree of files with many documents of 4 KB each.

    Args:
        folder: where; it is made.
        files: how many.
        wrong: ``none`` has nothing of Linkerd's; ``few`` has right annotations in 10 % of the documents, and
            wrong ones in 1 %; ``all`` has a wrong one in every document.
        documents: how many in a file.

    Returns:
        The folder.
    """
    chance = random.Random(_SEED)  # noqa: S311  # nothing secret
    for number in range(files):
        path = folder / f"team-{number % 10}" / f"manifests-{number:04}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        parts = (_document(chance, f"{number}-{one}", wrong) for one in range(documents))
        path.write_text("---\n".join(parts), encoding="utf-8")
    return folder


def small_files(folder: Path, *, files: int) -> Path:
    """Write a tree of small files, 1 KB each: right annotations in 10 %, wrong ones in 1 %.

    Args:
        folder: where; it is made.
        files: how many.

    Returns:
        The folder.
    """
    chance = random.Random(_SEED)  # noqa: S311  # nothing secret
    for number in range(files):
        path = folder / f"app-{number // 100:03}" / f"part-{number % 100:02}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_workload(chance, str(number), _annotations(chance, "few"), 1000), encoding="utf-8")
    return folder


def _annotations(chance: random.Random, wrong: Wrong) -> list[str]:
    if wrong == "all":
        return [_WRONG]
    drawn = chance.random()
    if wrong == "none" or drawn >= 0.1:
        return []
    return [_WRONG] if drawn < 0.01 else chance.sample(_RIGHT, chance.randint(1, 3))


def _document(chance: random.Random, name: str, wrong: Wrong) -> str:
    annotations = _annotations(chance, wrong)
    if annotations or chance.random() < 0.5:
        return _workload(chance, name, annotations, _SIZE)
    return _config_map(chance, name) if chance.random() < 0.7 else _definition(chance, name)


def _workload(chance: random.Random, name: str, annotations: list[str], size: int) -> str:
    kind, version = chance.choice([("Deployment", "apps/v1"), ("Job", "batch/v1")])
    head = f"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {_word(chance)}-{name}\n  namespace: shop\n"
    head += f"  labels:\n    app: {_word(chance)}\nspec:\n"
    head += "  replicas: 3\n  selector:\n    matchLabels:\n      app: web\n" if kind == "Deployment" else ""
    lines = "".join(f"        {line}\n" for line in annotations)
    head += f"  template:\n    metadata:\n      labels:\n        app: web\n      annotations:\n        team: core\n{lines}"
    head += f"    spec:\n      containers:\n      - name: main\n        image: registry.test/{name}:1.4\n        env:\n"
    variables = (f'        - name: {_word(chance).upper()}\n          value: "{_word(chance)}"\n' for _ in iter(int, 1))
    return _filled(head, variables, size)


def _config_map(chance: random.Random, name: str) -> str:
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  namespace: shop\ndata:\n  settings.ini: |\n"
    return _filled(head, (f"    {_word(chance)}.{_word(chance)} = {_word(chance)}\n" for _ in iter(int, 1)), _SIZE)


def _definition(chance: random.Random, name: str) -> str:
    head = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    head += f"metadata:\n  name: things-{name}.example.test\nspec:\n  group: example.test\n  versions:\n"
    head += "  - name: v1\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n"
    fields = (
        f"          {_word(chance)}{number}:\n            type: string\n            description: The {_word(chance)}.\n"
        for number in range(_SIZE)
    )
    return _filled(head, fields, _SIZE)


def _filled(head: str, parts: Iterator[str], size: int) -> str:
    held, length = [head], len(head)
    while length < size:
        held.append(next(parts))
        length += len(held[-1])
    return "".join(held)


def _word(chance: random.Random) -> str:
    return chance.choice(_WORDS)
