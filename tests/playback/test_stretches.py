"""The figures of a stretch are the differences of the states at its ends."""

import numpy as np
import pytest

from zoneviz import resources
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.playback.readings import Readings
from zoneviz.playback.stretches import Stretched, stretched
from zoneviz.recording import Recording
from zoneviz.state.rows import KIND, SUBJECT

GOLDEN = {path.name.partition(".")[0]: path for path in resources.recordings()}


def _figures(recording: Recording, first: int, last: int) -> Stretched:
    work = stretched(Player(recording), first, last)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Stretched = end.value
            return found


STRETCHES = [("fork-bomb", 1, 400), ("fork-bomb", 50_000, 90_000), ("dev-null-storm", 520_000, 530_000)]


@pytest.mark.parametrize(("name", "first", "last"), STRETCHES)
def test_growth_allocations_and_frees_are_those_of_the_events(name: str, first: int, last: int) -> None:
    with Recording(GOLDEN[name]) as recording:
        found = _figures(recording, first, last)
        rows = recording.events(first, last)
        sizes = [
            {zone["name"]: zone["cur_size"] for zone in Player(recording).seek(seq).machine()["zones"]} for seq in (first - 1, last)
        ]
        for zone in recording.catalog.zones:
            mine = next((z for z in found.zones if z.name == zone.name), None)
            of = rows[rows[:, SUBJECT] == zone.id]
            allocs, frees = (int(np.count_nonzero(of[:, KIND] == kind)) for kind in (Kind.ZALLOC, Kind.ZFREE))
            growth = sizes[1][zone.name] - sizes[0].get(zone.name, 0)
            assert (growth, allocs, frees) == ((mine.growth, mine.allocs, mine.frees) if mine else (0, 0, 0)), zone.name
        assert found.counted and found.allocs == sum(z.allocs for z in found.zones) > 0
        assert [z.growth for z in found.zones] == sorted((z.growth for z in found.zones), reverse=True)
        assert found.ns == Player(recording).seek(last).time - Player(recording).seek(first - 1).time


def test_a_stretch_of_readings_compares_its_first_and_last() -> None:
    with Recording(GOLDEN["linux-sockets"]) as recording:
        ends = Readings(recording).ends.tolist()
        found = _figures(recording, ends[9] + 1, ends[39])
        sizes = [{z["name"]: z["cur_size"] for z in Player(recording).seek(seq).machine()["zones"]} for seq in (ends[10], ends[39])]
        grown = {name: size - sizes[0].get(name, 0) for name, size in sizes[1].items() if size != sizes[0].get(name, 0)}
        assert {zone.name: zone.growth for zone in found.zones} == grown
        assert not found.counted and found.from_readings == (10, 39)
        assert _figures(recording, ends[9] + 1, ends[10]).zones == []
