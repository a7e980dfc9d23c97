"""The house has few rooms and few floors: a reader finds the room of a thing, and climbs little."""

from __future__ import annotations

import grimp

from bench.rooms import floors, imports_between_rooms, room_of

MOST_ROOMS = 18
MOST_FLOORS = 10


def test_the_house_has_few_rooms() -> None:
    rooms = sorted(imports_between_rooms())
    assert len(rooms) <= MOST_ROOMS, ", ".join(rooms)


def test_the_house_has_few_floors() -> None:
    chain = floors(imports_between_rooms())
    assert len(chain) <= MOST_FLOORS, " > ".join(chain)


def test_no_import_is_left_out_of_the_count() -> None:
    graph = grimp.build_graph("autofix", "webhook", cache_dir=None)
    expected = {
        (room_of(module), room_of(target))
        for module in graph.modules
        for target in graph.find_modules_directly_imported_by(module)
    }
    rooms = imports_between_rooms()
    assert {room_of(module) for module in graph.modules} == set(rooms)
    assert {(room, target) for room, target in expected if room != target} == {
        (room, target) for room, targets in rooms.items() for target in targets
    }
