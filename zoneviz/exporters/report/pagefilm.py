"""The pages of zone memory at some moments of a run, as small pictures: every page is a column of slots, each of one group of bytes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoneviz.playback import Player
from zoneviz.playback.cuts import Cuts, Places, cuts_of
from zoneviz.playback.pagemap import FREE, LIVE, TAIL, PageMap, page_map
from zoneviz.state.pages import MISSING, PAGE
from zoneviz.state.rows import Ints

Slots = npt.NDArray[np.uint8]
MOMENTS = 24
"""Moments at which the pages are drawn."""
BUDGET = 1 << 14
"""Most slots of a moment; the pages of a large zone_map are added up in groups."""
MOST_SLOTS, LEAST_SLOTS = 16, 4
"""Slots of a page."""


@dataclass(frozen=True, slots=True)
class PageFilm:
    """The pages of boot memory, then those of zone_map, at k moments.

    `seqs` (k,): the events, ascending; the last is the moment of the report. `x` (k,): their places on the axis. `slots` (k, c, s): the
    group of each slot of c cells, each of `per` pages: 0 to z for the bands of the chart, the last of which is the other zones, then
    `free`, `lost` and `unused`. `addresses` (c,): of the first page of each cell; `boot`: cells before zone_map.
    """

    seqs: list[int]
    x: list[float]
    slots: Slots
    per: int
    addresses: Ints
    boot: int
    bands: int

    @property
    def free(self) -> int:
        """The group of free elements."""
        return self.bands + 1

    @property
    def lost(self) -> int:
        """The group of unusable page ends."""
        return self.bands + 2

    @property
    def unused(self) -> int:
        """The group of memory that no zone has."""
        return self.bands + 3


def film(player: Player, moments: Sequence[tuple[int, float]], bands: list[str]) -> PageFilm | None:
    """The pages at these moments, (event, place on the axis) each, ascending; None if the recording has no zone map.

    `bands`: names of the zones with a band in the chart; all others are one group. Moves the player.
    Errors: InputError if the recording is damaged.
    """
    catalog = player.recording.catalog
    if "maps" not in player.recording.header.shows or not any(each.name == "zone_map" for each in catalog.maps):
        return None
    places = _places(player)
    last = page_map(player.seek(moments[-1][0]), places)
    if not len(last):
        return None
    groups = {zone.id: bands.index(zone.name) if zone.name in bands else len(bands) for zone in catalog.zones}
    of_zone = np.array([groups.get(i, len(bands)) for i in range(max(groups, default=0) + 1)], np.int64)
    boot, mapped = last.boot, len(last) - last.boot
    per = -(-len(last) * LEAST_SLOTS // BUDGET)
    cells = -(-boot // per) + -(-mapped // per)
    slots = int(np.clip(BUDGET // cells, LEAST_SLOTS, MOST_SLOTS))
    cell = np.concatenate([np.arange(boot) // per, -(-boot // per) + np.arange(mapped) // per])
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    frames = []
    for seq, _ in moments[:-1]:
        frames.append(_frame(page_map(player.seek(seq), places), last.address, cell, of_zone, len(bands), slots))
    frames.append(_frame(last, last.address, cell, of_zone, len(bands), slots))
    numbers, x = [seq for seq, _ in moments], [place for _, place in moments]
    return PageFilm(numbers, x, np.array(frames), per, last.address[first], -(-boot // per), len(bands))


def _places(player: Player) -> Places:
    work = cuts_of(player, Cuts())
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Places = end.value
            return found


def _frame(found: PageMap, pages: Ints, cell: Ints, of_zone: Ints, bands: int, slots: int) -> Slots:
    """The slots (c, s) of one moment; `pages` (p,): the addresses to draw, `cell` (p,): the cell of each."""
    pieces = found.pieces
    group = of_zone[np.clip(pieces.zone, 0, len(of_zone) - 1)]
    group = np.where(pieces.kind == LIVE, group, np.where(pieces.kind == FREE, bands + 1, np.where(pieces.kind == TAIL, bands + 2, group)))
    count = bands + 4
    sums = found.sums(group, count)
    # Pages that one zone owns are free where they are not in use; what is left of the others no zone has.
    own = found.owner > 0
    rest = np.maximum(PAGE - sums.sum(axis=1), 0)
    sums[own, bands + 1] += rest[own]
    sums[~own, bands + 3] += rest[~own]
    sums[found.owner == MISSING] = [0] * (count - 1) + [PAGE]
    whole = np.zeros((len(pages), count), np.int64)
    whole[:, -1] = PAGE
    at = np.searchsorted(pages, found.address)
    there = (at < len(pages)) & (pages[np.minimum(at, len(pages) - 1)] == found.address)
    whole[at[there]] = sums[there]
    joined = np.zeros((int(cell[-1]) + 1, count), np.int64)
    np.add.at(joined, cell, whole)
    ends = np.cumsum(joined, axis=1)
    levels = (np.arange(slots) + 0.5) / slots * ends[:, -1:]
    group_of: Slots = (levels[:, :, np.newaxis] >= ends[:, np.newaxis, :]).sum(axis=2).clip(0, count - 1).astype(np.uint8)
    return group_of
