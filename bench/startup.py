"""How long a run takes that has next to nothing to do."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from bench.figure import Figure, Goal
from bench.measure import Contender, command, interleaved

_ROUNDS: Final = 15
_USER: Final = "who runs preview before each commit"
_POD: Final = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n"
_HIT: Final = '  annotations:\n    config.linkerd.io/proxy-native-sidecar: "true"\n'


def measure() -> list[Figure]:
    """Measure previews of a folder with one small file, without and with something of Linkerd's in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        goals = {"without a hit": ("", 3.0), "with a hit": (_HIT, 5.0)}
        contenders: dict[str, Contender] = {}
        for what, (more, _) in goals.items():
            path = folder / what / "pod.yaml"
            path.parent.mkdir()
            path.write_text(_POD + more, encoding="utf-8")
            contenders[what] = _preview(path.parent)
        base = command(sys.executable, "-c", "pass", cwd=folder)
        rounds = interleaved({**contenders, "python -c pass": base}, _ROUNDS)
    return [
        Figure(
            f"cold start of preview, a folder with one small file, {what}",
            rounds.ratio(what, "python -c pass"),
            "x",
            "python -c pass",
            Goal(goal, _USER),
            detail=f"{rounds.cpu(what) * 1000:.0f} ms; "
            f"wall {rounds.wall_ratio(what, 'python -c pass'):.3g} x",
        )
        for what, (_, goal) in goals.items()
    ]


def _preview(folder: Path) -> Contender:
    words = (sys.executable, "-m", "autofix", "preview", ".", "--linkerd", "2.17")
    return command(*words, cwd=folder, codes=(0, 1))
