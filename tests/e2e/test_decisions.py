"""The stand-in against Linkerd's own answers, and ``decide`` against the stand-in through the API server."""

from __future__ import annotations

import json
import random
import subprocess

import pytest
from assets import build
from builders import ALPHA, BETA, GA, WAIT
from looking import CONTAINER, NATIVE, NONE, pod_of, proxies
from mesh import RELEASES, Mesh
from paths import DATA
from reviews import tried

import autofix

CASES = [json.loads(line) for line in (DATA / "decision_cases.jsonl").read_text().splitlines()]
# The last three break the injector's patch where a pod inherits them.
VALUES = ["true", "false", "1", "F", "yes", "", " true", "TRUE", '"true"', "true\n", "\tfalse"]
COMBINATIONS = 20
SEED = 20261123


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("release", RELEASES)
def test_the_stand_in_answers_as_linkerd_does(release: str) -> None:
    # The table's newest release is of the same era as the newest stand-in.
    column = "edge-26.8.3" if release == "edge-26.6.3" else release
    lines = "\n".join(json.dumps({**case, "release": release}) for case in CASES)
    found = subprocess.run(
        [build.folder("injector") / "injector", "-cases"],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in found.stdout.splitlines()]
    assert answers == [case[column] for case in CASES]


def some_annotations(chance: random.Random) -> dict[str, str]:
    keys = chance.sample([ALPHA, BETA, GA], chance.choice([0, 1, 1, 2, 3]))
    found = {key: chance.choice(VALUES) for key in keys}
    if not chance.randrange(3):
        found[WAIT] = chance.choice(["0", "5", "x", "-1", "00", "1"])
    return found


@pytest.mark.parametrize(("native", "wait"), [(False, 0), (True, 0), (False, 5), (True, 5)])
def test_decide_agrees_with_the_injector_on_random_pods(mesh: Mesh, native: bool, wait: int) -> None:
    chance = random.Random(f"{SEED} {mesh.release} {native} {wait}")  # noqa: S311  # not a secret
    cases = {f"r{n}": (some_annotations(chance), some_annotations(chance)) for n in range(COMBINATIONS)}
    with (
        mesh.linkerd(native=native, wait=wait),
        mesh.namespaces(**{name: ns for name, (_, ns) in cases.items()}) as spaces,
    ):
        pods = [pod_of(name, spaces[name], own) for name, (own, _) in cases.items()]
        answer = tried(mesh.cluster, pods)
    created = proxies(answer.objects)
    for name, (own, outer) in cases.items():
        said = autofix.decide(own, outer, release=mesh.release, default=native, wait_before_exit=wait)
        told = f"seed {SEED}, {mesh.release}: pod {own}, Namespace {outer}: {answer.err}"
        assert said.denied == (name not in created), told
        meant = NONE if said.broken else NATIVE if said.native else CONTAINER
        assert said.denied or created[name] == meant, told
