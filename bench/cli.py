"""The command line on trees of manifests, beside what reads the same bytes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from bench import languages
from bench.figure import Figure, Goal
from bench.inputs import manifests, small_files
from bench.measure import Contender, Rounds, Sample, command, interleaved
from bench.programs import go_decoder, kubeconform, kyverno

_FILES: Final = 100
# Of the tree, for programs that take minutes for all of it.
_SAMPLE: Final = 20
# Files of the tree in which every document is wrong.
_WRONG_FILES: Final = 10
_ROUNDS: Final = 5
_SLOW_ROUNDS: Final = 3
_USER: Final = "who previews a large repository before each commit"
_POLICY: Final = Path(__file__).with_name("kyverno.yaml")
_READ_AND_COUNT: Final = """\
import os, sys
found = 0
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            found += file.read().count(b"linkerd.io")
"""
_ROUND_TRIP: Final = """\
import io, pathlib, sys
from ruamel.yaml import YAML
for path in pathlib.Path(sys.argv[1]).rglob("*.yaml"):
    yaml = YAML()
    yaml.dump_all(list(yaml.load_all(path.read_text())), io.StringIO())
"""
_SAFE_LOAD: Final = """\
import pathlib, sys, yaml
for path in pathlib.Path(sys.argv[1]).rglob("*.yaml"):
    for _ in yaml.load_all(path.read_bytes(), Loader=yaml.CSafeLoader):
        pass
"""
_PEAK: Final = """\
import resource, subprocess, sys
subprocess.run(sys.argv[1:], capture_output=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def measure() -> list[Figure]:
    """Measure previews of large trees and of small files, and texts of other languages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        trees = [*_common(folder), *_all_wrong(folder), *_small(folder), _memory(folder)]
    return [*trees, *languages.measure()]


def _preview(tree: Path) -> Contender:
    return command(
        sys.executable, "-m", "autofix", "preview", tree, "--linkerd", "2.17", cwd=tree, codes=(0, 1)
    )


def _script(code: str, tree: Path) -> Contender:
    return command(sys.executable, "-c", code, tree)


def _ratio(rounds: Rounds, what: str, name: str, against: str, goal: Goal | None = None) -> Figure:
    ours, other = (f"{rounds.cpu(one) * 1000:.0f} ms" for one in (name, against))
    detail = f"{ours} to {other}; wall {rounds.wall_ratio(name, against):.3g} x"
    return Figure(what, rounds.ratio(name, against), "x", against, goal, detail=detail)


def _common(folder: Path) -> list[Figure]:
    tree = manifests(folder / "few", files=_FILES, wrong="few")
    plain = manifests(folder / "none", files=_FILES, wrong="none")
    contenders = {
        "few": _preview(tree),
        "none": _preview(plain),
        "read and count": _script(_READ_AND_COUNT, tree),
        "grep -c": command("grep", "-rc", "linkerd.io", tree),
    }
    rounds = interleaved(contenders, _ROUNDS)
    what = {"few": "preview, 40 MB, 10 % Linkerd, 1 % wrong", "none": "preview, 40 MB, nothing of Linkerd's"}
    # Most trees have nothing of Linkerd's. Where there is something, nobody feels a tenth of a second.
    goals = {("none", "read and count"): Goal(3, _USER), ("none", "grep -c"): Goal(8, _USER)}
    figures = [
        _ratio(rounds, what[name], name, against, goals.get((name, against)))
        for name in what
        for against in ("read and count", "grep -c")
    ]
    return [*figures, *_parsers(what["few"], contenders["few"], folder)]


def _parsers(what: str, ours: Contender, folder: Path) -> list[Figure]:
    """Measure those that parse on a part of the tree, and scale by bytes."""
    sample = manifests(folder / "sample", files=_FILES // _SAMPLE, wrong="few")
    files = sorted(sample.rglob("*.yaml"))
    program = partial(_beside_python, files)
    peer = Goal(30, "who adds a step to a pipeline beside such a program", "at least")
    slow: dict[str, tuple[Contender, Goal | None]] = {
        "PyYAML CSafeLoader": (_script(_SAFE_LOAD, sample), peer),
        "ruamel.yaml, round trip": (_script(_ROUND_TRIP, sample), peer),
        "yamllint": (program("yamllint", "-d", "relaxed"), peer),
        "yq (kislyuk)": (program("yq", "."), peer),
    }
    figures: list[Figure] = []
    if decoder := go_decoder():
        slow["Go yaml.v3"] = (command(decoder, sample), None)
    else:
        figures.append(_left_out(what, "Go yaml.v3", "no Go"))
    if checker := kubeconform():
        slow["kubeconform"] = (
            command(
                checker, "-ignore-missing-schemas", "-schema-location", f"{folder}/none", *files, codes=(0, 1)
            ),
            peer,
        )
    else:
        figures.append(_left_out(what, "kubeconform", "not built"))
    if repairer := kyverno():
        resources = (word for path in files for word in ("--resource", path))
        slow["kyverno apply"] = (command(repairer, "apply", _POLICY, *resources, codes=(0, 1)), peer)
    else:
        figures.append(_left_out(what, "kyverno", "not installed"))
    rounds = interleaved({"ours": ours, **{name: run for name, (run, _) in slow.items()}}, _SLOW_ROUNDS)
    for name, (_, goal) in slow.items():
        ratio = rounds.ratio(name, "ours") * _SAMPLE
        detail = f"1/{_SAMPLE} of the tree, scaled; wall {rounds.wall_ratio(name, 'ours') * _SAMPLE:.3g} x"
        figures.append(Figure(f"{name} to {what}", ratio, "x", "ours", goal, detail))
    return figures


def _left_out(what: str, name: str, why: str) -> Figure:
    return Figure(f"{name} to {what}", float("nan"), "x", "ours", detail=f"left out: {why}")


def _beside_python(files: list[Path], name: str, *options: str) -> Contender:
    return command(Path(sys.executable).with_name(name), *options, *files, codes=(0, 1))


def _all_wrong(folder: Path) -> list[Figure]:
    tree = manifests(folder / "all", files=_WRONG_FILES, wrong="all")
    contenders: dict[str, Contender] = {"preview": _preview(tree), "fix": _fix(tree, folder / "copy")}
    against: Mapping[str, Contender] = (
        {"Go yaml.v3": command(decoder, tree)} if (decoder := go_decoder()) else {}
    )
    rounds = interleaved({**contenders, **against}, _SLOW_ROUNDS)
    what = "{}, 4 MB, every document wrong"
    if not against:
        return [_left_out(what.format(name), "Go yaml.v3", "no Go") for name in contenders]
    return [_ratio(rounds, what.format(name), name, "Go yaml.v3") for name in contenders]


def _fix(tree: Path, copy: Path) -> Callable[[], Sample]:
    """Fix a fresh copy each time; the copying does not count."""
    run = command(sys.executable, "-m", "autofix", "fix", copy, "--linkerd", "2.17", codes=(0, 1))

    def fresh() -> Sample:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(tree, copy)
        return run()

    return fresh


def _small(folder: Path) -> list[Figure]:
    tree = small_files(folder / "small", files=10_000)
    ours, other = "preview, 10,000 files of 1 KB", "grep -rlF"
    rounds = interleaved({ours: _preview(tree), other: command("grep", "-rlF", "linkerd.io", tree)}, _ROUNDS)
    return [_ratio(rounds, ours, ours, other, Goal(5, _USER))]


def _memory(folder: Path) -> Figure:
    """Compare the peak of memory on a tree and on four times as much of it."""
    large = folder / "large"
    for number in range(4):
        shutil.copytree(folder / "few", large / str(number))
    small_peak, large_peak = (_peak_mb(tree) for tree in (folder / "few", large))
    detail = f"{large_peak:.0f} MB to {small_peak:.0f} MB"
    return Figure(
        "peak memory of preview, 160 MB",
        large_peak / small_peak,
        "x",
        "40 MB",
        Goal(1.3, "whose pipeline has little memory"),
        detail,
    )


def _peak_mb(tree: Path) -> float:
    words = (sys.executable, "-m", "autofix", "preview", tree, "--linkerd", "2.17")
    done = subprocess.run((sys.executable, "-c", _PEAK, *words), check=True, capture_output=True, text=True)
    return int(done.stdout) / 1000
