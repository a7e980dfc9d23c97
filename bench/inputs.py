"""The trees of manifests that the command line is measured on, the same on every machine."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Final, Literal

Wrong = Literal["none", "few", "all"]

_SEED: Final = 20
# Bytes of one document, about.
_SIZE: Final = 4000
_WORDS: Final = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "queue",
    "worker",
    "cache",
    "proxy",
    "ledger",
    "order",
    "stock",
    "price",
    "audit",
]
_RIGHT: Final = (
    "linkerd.io/inject: enabled",
    'config.linkerd.io/proxy-cpu-request: "100m"',
    "config.linkerd.io/proxy-memory-limit: 250Mi",
    'config.linkerd.io/skip-outbound-ports: "4222"',
)
_WRONG: Final = 'config.linkerd.io/proxy-native-sidecar: "true"'


_WORKLOAD: Final = """\
apiVersion: {version}
kind: {kind}
metadata:
  name: {app}-{name}
  namespace: shop
  labels:
    app: {app}
spec:
  template:
    metadata:
      labels:
        app: {app}
      annotations:
        team: core
{lines}    spec:
      restartPolicy: Never
      containers:
      - name: main
        image: registry.test/{name}:1.4
        env:
"""
_VARIABLE: Final = """\
        - name: {}
          value: "{}"
"""
_CONFIG_MAP: Final = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  namespace: shop
data:
  settings.ini: |
"""
_DEFINITION: Final = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things-{name}.example.test
spec:
  group: example.test
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        type: object
        properties:
"""
_FIELD: Final = """\
          {}{}:
            type: string
            description: The {}.
"""


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
    lines = "".join(f"        {line}\n" for line in annotations)
    head = _WORKLOAD.format(version=version, kind=kind, name=name, app=_word(chance), lines=lines)
    return _filled(head, (_VARIABLE.format(_word(chance).upper(), _word(chance)) for _ in count()), size)


def _config_map(chance: random.Random, name: str) -> str:
    lines = (f"    {_word(chance)}.{_word(chance)} = {_word(chance)}\n" for _ in count())
    return _filled(_CONFIG_MAP.format(name=name), lines, _SIZE)


def _definition(chance: random.Random, name: str) -> str:
    fields = (_FIELD.format(_word(chance), number, _word(chance)) for number in count())
    return _filled(_DEFINITION.format(name=name), fields, _SIZE)


def _filled(head: str, parts: Iterator[str], size: int) -> str:
    held, length = [head], len(head)
    while length < size:
        held.append(next(parts))
        length += len(held[-1])
    return "".join(held)


def _word(chance: random.Random) -> str:
    return chance.choice(_WORDS)
