"""The house has few rooms and few floors: a reader finds the room of a thing, and climbs little."""

from __future__ import annotations

import grimp

from bench.rooms import ENTRANCES, floors, imports_between_rooms, room_of

MOST_ROOMS = 22
MOST_FLOORS = 11


def test_the_house_has_few_rooms() -> None:
    rooms = sorted(imports_between_rooms())
    assert len(rooms) <= MOST_ROOMS, ", ".join(rooms)


def test_the_house_has_few_floors() -> None:
    chain = floors(imports_between_rooms())
    assert len(chain) <= MOST_FLOORS, " > ".join(chain)


def test_no_import_is_left_out_of_the_count() -> None:
    graph = grimp.build_graph("autofix", "webhook", cache_dir=None)
    expected: dict[str, set[str]] = {room_of(module): set() for module in graph.modules}
    for module in graph.modules:
        expected[room_of(module)] |= set(map(room_of, graph.find_modules_directly_imported_by(module)))
    rooms = imports_between_rooms()
    assert rooms.keys() == expected.keys() - ENTRANCES
    for room, targets in rooms.items():
        assert expected[room] - ENTRANCES - {room} <= targets
        # A public name of autofix counts as an import from its home, which only this count knows.
        assert targets <= expected[room] or "autofix" in expected[room]
