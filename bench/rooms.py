"""How many rooms the house has, and how many modules one object passes: ``python -m bench.rooms``.

A room is a package or a loose module directly in ``autofix/`` or ``webhook/``. The entrances are not rooms:
the two packages themselves, which pass on names, and the modules that start a process. A public name of
``autofix`` counts as an import from its home. The floors are the longest chain of imports between rooms. A
module counts as passed when code of it runs; what runs only at import time does not count. The rules' own
modules do not count either: a finding is free to come from any of them.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PACKAGES: Final = ("autofix", "webhook")
ENTRANCES: Final = frozenset({"autofix", "autofix.__main__", "webhook", "webhook.__main__"})
# The rules' own modules: single rules, and the fixes that they share.
_RULES: Final = ("autofix.rules.afx", "autofix.rules._")
_WRONG: Final = "config.linkerd.io/proxy-native-sidecar"
# One call beforehand, so that what is imported late is there.
_CALLS: Final = 2


def room_of(module: str) -> str:
    """Return the room of a module: the package itself for what stands in its ``__init__``."""
    return ".".join(module.split(".")[:2])


def imports_between_rooms() -> dict[str, set[str]]:
    """Return for each room the rooms that its modules import, also late and for types only."""
    names = {_name_of(path): path for package in PACKAGES for path in ROOT.glob(f"{package}/**/*.py")}
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in names.items()}
    homes = {target.rpartition(".")[2]: target for target in _imported(trees["autofix"])}
    rooms: dict[str, set[str]] = {room_of(name): set() for name in names if room_of(name) not in ENTRANCES}
    for name, tree in trees.items():
        for target in _imported(tree) | {homes[word] for word in _public_names(tree) & homes.keys()}:
            # ``from a import b`` may name a module or something in one.
            known = next((part for part in (target, target.rpartition(".")[0]) if part in names), None)
            if known and {room_of(name), room_of(known)}.isdisjoint(ENTRANCES):
                rooms[room_of(name)].add(room_of(known))
    return {room: targets - {room} for room, targets in rooms.items()}


def floors(rooms: Mapping[str, set[str]]) -> list[str]:
    """Return the longest chain of imports between rooms, from the top down; rooms in a circle are one."""

    @cache
    def below(room: str) -> frozenset[str]:
        reached: set[str] = set()
        stack = list(rooms[room])
        while stack:
            target = stack.pop()
            if target not in reached:
                reached.add(target)
                stack.extend(rooms[target])
        return frozenset(reached)

    @cache
    def chain(room: str) -> tuple[str, ...]:
        lower = [target for target in rooms[room] if room not in below(target)]
        return (room, *max(map(chain, lower), key=len, default=()))

    longest_of_all = max(map(chain, rooms), key=len)
    return list(longest_of_all)


def modules_passed(call: Callable[[int], object]) -> list[str]:
    """Return the modules of ours, single rules apart, in which code runs during a call.

    Args:
        call: makes the call; it is given another number each time, so that no answer is remembered.
    """
    paths: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        # The body of a module runs at its import.
        if event == "call" and not _is_body(frame.f_code):
            paths.add(frame.f_code.co_filename)

    for number in range(_CALLS):
        if number == _CALLS - 1:
            sys.setprofile(note)
        try:
            call(number)
        finally:
            sys.setprofile(None)
    ours = (Path(path) for path in paths if path.endswith(".py") and Path(path).is_relative_to(ROOT))
    names = (_name_of(path) for path in ours if path.relative_to(ROOT).parts[0] in PACKAGES)
    return sorted(name for name in names if not name.startswith(_RULES))


def fix_a_pod(number: int) -> object:
    """Fix a pod like no other."""
    import autofix

    return autofix.fix(_pod(number), release="2.17").patch


def answer_a_review() -> Callable[[int], object]:
    """Return what answers a review like no other, from its bytes to the bytes of the answer."""
    import msgspec

    from webhook.admission.cache import make_answerer, write_answer
    from webhook.admission.codec import decode
    from webhook.admission.state import static_provider
    from webhook.settings import Settings

    state, answered = static_provider(Settings(linkerd="2.17")), make_answerer(mutate_workloads=False)

    def answer(number: int) -> bytes:
        request = {"uid": str(number), "kind": {"group": "", "kind": "Pod"}, "operation": "CREATE"}
        review = {
            "apiVersion": "admission.k8s.io/v1",
            "kind": "AdmissionReview",
            "request": {**request, "namespace": "shop", "object": _pod(number)},
        }
        decoded = decode(msgspec.json.encode(review))
        return write_answer(decoded, answered(decoded, state()))

    return answer


def _pod(number: int) -> dict[str, Any]:
    annotations = {_WRONG: "true", "config.linkerd.io/proxy-cpu-request": f"{number}m"}
    metadata = {"name": f"web-{number}", "namespace": "shop", "annotations": annotations}
    spec = {"containers": [{"name": "app", "image": "app"}]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _imported(tree: ast.AST) -> set[str]:
    targets: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            targets.update(f"{node.module}.{name.name}" for name in node.names)
    return targets


def _public_names(tree: ast.AST) -> set[str]:
    """Return the names that a module takes from ``autofix`` itself."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id == "autofix"
        ):
            names.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and node.module == "autofix":
            names.update(name.name for name in node.names)
    return names


def _is_body(code: CodeType) -> bool:
    return code.co_name == "<module>"


def _name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def table() -> Iterator[str]:
    """Yield the figures as a small table, and below it what they count."""
    rooms = imports_between_rooms()
    chain = floors(rooms)
    passed = {
        "modules that fix(obj) passes": modules_passed(fix_a_pod),
        "modules that a review passes": modules_passed(answer_a_review()),
    }
    lists = {"rooms": sorted(rooms), "floors": chain, **passed}
    yield from (f"{what:30} {len(names):4}" for what, names in lists.items())
    yield from (f"\n{what}: {', '.join(names)}" for what, names in lists.items())


if __name__ == "__main__":
    print("\n".join(table()))
