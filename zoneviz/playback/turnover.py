"""What a stretch of events allocates, and what is in use at its ends, by call path and by task.

What the stretch frees follows: in use before, plus allocated, minus in use after. A free so counts for the call path and task of the
allocation.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from zoneviz.events import Kind
from zoneviz.playback.player import Player, at_once
from zoneviz.state import rows
from zoneviz.state.elements import Counts
from zoneviz.state.rows import Ints

PATH, TASK = KEYS = ("path", "task")
_COLUMNS = {PATH: rows.PATH, TASK: rows.TASK}


@dataclass(frozen=True, slots=True)
class Turnover:
    """Events `first` to `last`, both included; elements in use `before` and `after`, and allocations, by one of KEYS.

    `sizes`: bytes of an element by zone id. If `last` is `first` - 1 it is a single moment.
    """

    first: int
    last: int
    before: dict[str, Counts]
    allocs: dict[str, Counts]
    after: dict[str, Counts]
    sizes: Ints


def turnover(player: Player, first: int, last: int) -> Generator[tuple[int, int], None, Turnover]:
    """Counts events `first` to `last`: yields (done, of) in events and returns the counts. Moves the player.

    Errors: InputError if the recording is damaged.
    """
    recording = player.recording
    elements = player.seek(first - 1).elements
    before = {key: elements.counts(key) for key in KEYS}
    none = np.zeros(0, np.int64)
    allocs = {key: Counts.of(none, none) for key in KEYS}
    begin, step = max(first, recording.first_event), 4 * at_once(recording)
    for seq in range(begin, last + 1, step):
        yield seq - begin, last - begin + 1
        read = recording.events(seq, min(seq + step - 1, last))
        made = read[read[:, rows.KIND] == Kind.ZALLOC]
        for key in KEYS:
            new = Counts.of(made[:, rows.SUBJECT], made[:, _COLUMNS[key]])
            allocs[key] = allocs[key].changed(new.zone, new.other, new.count)
    state = player.seek(max(last, first - 1))
    after = {key: state.elements.counts(key) for key in KEYS}
    return Turnover(first, last, before, allocs, after, state.sizes_of(np.arange(len(state.elem_size) + 1)))
