"""All events that reach a goal (goals.py), to mark them on a time axis."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

import numpy as np

from zoneviz.playback.goals import is_filter
from zoneviz.playback.player import BLOCK, Player
from zoneviz.playback.points import Points
from zoneviz.playback.search import parse_filter
from zoneviz.playback.watch import parse_watch
from zoneviz.state.rows import SEQ, TIME, Ints

MOST = 1 << 20
"""Upper bound of the hits kept, about; a search with more of them ends there."""


@dataclass(frozen=True, slots=True)
class Hits:
    """n events in order: `seqs`, `times` (n,) in ns. `whole`: there are no more; `until`: the last event looked at."""

    seqs: Ints
    times: Ints
    whole: bool
    until: int

    @property
    def points(self) -> Points:
        """The hits as points without figures, for their places on an axis."""
        return replace(Points.none(), seqs=self.seqs, times=self.times)


def hits(player: Player, goal: str) -> Generator[tuple[int, int], None, Hits]:
    """All events that match a filter, or that make a condition true, in slices: yields (done, of) in events, returns the hits.

    `player` is at the beginning of its recording, and moves.
    Errors: UsageError if `goal` is invalid; InputError if the recording is damaged.
    """
    recording = player.recording
    find = _finder(player, goal)
    seqs, times, count = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    begin, last = recording.first_event, recording.event_count
    first = begin
    while first <= last and count < MOST:
        rows = player.rows(first, min(first + BLOCK - 1, last))
        if not len(rows):
            break
        found = rows[find(rows)]
        seqs.append(found[:, SEQ].copy())
        times.append(found[:, TIME].copy())
        count += len(found)
        first = int(rows[-1, SEQ]) + 1
        yield first - begin, last - begin + 1
    return Hits(np.concatenate(seqs), np.concatenate(times), first > last, first - 1)


def _finder(player: Player, goal: str) -> Callable[[Ints], Ints]:
    """Indices of the hits among events (n, 10)."""
    catalog = player.recording.catalog
    if is_filter(goal):
        match = parse_filter(goal, catalog)
        return lambda rows: np.flatnonzero(match(rows))
    watch = parse_watch(goal.strip(), catalog)
    return lambda rows: watch.turns_true(player.seek(int(rows[0, SEQ]) - 1), rows)
