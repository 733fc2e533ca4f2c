"""What happened in a stretch of events: growth, allocations and frees by zone."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from zoneviz.playback.player import Player
from zoneviz.playback.readings import Readings
from zoneviz.state.figures import ALLOCS, CUR_SIZE, FREES
from zoneviz.state.rows import Ints


@dataclass(frozen=True, slots=True)
class ZoneStretch:
    """A zone in a stretch: bytes it grew by, negative if it shrank; allocations and frees, 0 if the recording has no data on them."""

    name: str
    growth: int
    allocs: int
    frees: int


@dataclass(frozen=True, slots=True)
class Stretched:
    """Events `first` to `last`, `ns` apart: the zones that changed, largest growth first. `counted`: allocations and frees are known.

    `from_readings`: the two readings it compares, counted from 0; of a recording of events None.
    """

    first: int
    last: int
    ns: int
    zones: list[ZoneStretch]
    counted: bool
    from_readings: tuple[int, int] | None = None

    @property
    def growth(self) -> int:
        """Bytes by which all zones together grew."""
        return sum(zone.growth for zone in self.zones)

    @property
    def allocs(self) -> int:
        """Allocations from all zones."""
        return sum(zone.allocs for zone in self.zones)

    @property
    def frees(self) -> int:
        """Frees to all zones."""
        return sum(zone.frees for zone in self.zones)


def stretched(player: Player, first: int, last: int) -> Generator[tuple[int, int], None, Stretched]:
    """The figures of events `first` to `last`, both included: yields (done, of) and returns them.

    Of readings, the growth is that from the first to the last reading in the stretch.
    Errors: InputError if the recording is damaged.
    """
    recording = player.recording
    readings = Readings(recording)
    before = readings.whole(first) if len(readings) else first - 1
    player.seek(before)
    old, start = player.state.totals.zones.copy(), player.state.time
    yield 1, 2
    player.seek(max(last, before))
    new = player.state.totals.zones
    wide = np.zeros_like(new)
    wide[: len(old)] = old
    change: Ints = new - wide
    born = {zone: readings.born[zone] for zone in readings.born if readings.number(first) < readings.born[zone]}
    for zone in born:  # its first reading says nothing about its growth
        if zone < len(change):
            change[zone, CUR_SIZE] = 0
    zones = [
        ZoneStretch(zone.name, *(int(change[zone.id, figure]) for figure in (CUR_SIZE, ALLOCS, FREES)))
        for zone in recording.catalog.zones
        if zone.id < len(change) and change[zone.id, [CUR_SIZE, ALLOCS, FREES]].any()
    ]
    counted = not recording.header.of_readings
    ends = (readings.number(first), readings.number(last)) if len(readings) else None
    return Stretched(first, last, player.state.time - start, sorted(zones, key=lambda zone: -zone.growth), counted, ends)
