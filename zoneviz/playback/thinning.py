"""The distant past of a recording in progress, in short: a reading now and then.

What remains is at multiples of a step that doubles with the age, so the moments that remain have remained before.
"""

from collections.abc import Generator

import numpy as np

from zoneviz.events import WIDTH, Kind
from zoneviz.playback.player import Player
from zoneviz.recording import Past, Recording
from zoneviz.state.figures import LEVELS, MAX_SIZE, UNKNOWN
from zoneviz.state.machine import NO_ZONE, MachineState
from zoneviz.state.rows import EXTRA, KIND, SEQ, SIZE, SUBJECT, TIME, Ints

PART = 1440
"""Two readings of the past are about this part of their age apart: a minute after a day, ten after ten days."""
_MOST_LEFT = 0.75
"""Share of the readings that may remain; if more do, dropping the others costs more than it is worth."""


def kept_times(begin: int, until: int, now: int, step: int) -> list[int]:
    """The moments from `begin` to `until` that remain at the time `now`, ascending; all in ns.

    They are multiples of `step`, and of twice, four times ... the step where that is at most 1/PART of the age.
    """
    at, found = until // step * step, list[int]()
    while at >= begin:
        found.append(at)
        wide = step << max((now - at) // (step * PART), 1).bit_length() - 1
        at = (at - 1) // wide * wide
    return found[::-1]


def shortened(recording: Recording, until: int, step: int) -> Generator[None, None, Past | None]:
    """The events up to the time `until`, a multiple of `step` ns, in short; None if that would not save enough.

    Of a recording that consists of readings, readings remain. Of one with events, the state at `until` and samples.
    Yields after each piece of work. Errors: InputError if the recording is damaged.
    """
    player = Player(recording)
    if recording.header.of_readings:
        return (yield from _readings(player, until, step))
    seq = recording.seq_at(until)
    if seq < recording.first_event:
        return None
    samples = recording.samples(0, seq, step=LEVELS[-1], figures=("in_use",))
    yield
    stays = samples.seqs % LEVELS[-1] == 0  # those that hold every zone
    at = np.searchsorted(samples.times[stays], kept_times(0, until, recording.last_time, step), side="right")
    return Past(player.seek(seq), np.zeros((0, WIDTH + 1), np.int64), samples.seqs[stays][np.unique(at[at > 0]) - 1])


def _readings(player: Player, until: int, step: int) -> Generator[None, None, Past | None]:
    recording = player.recording
    begin = player.seek(recording.first_event - 1 or recording.seq_at(0))
    times = kept_times(begin.time + 1, until, recording.last_time, step)
    last = player.seek(recording.seq_at(until))
    if len(times) > _MOST_LEFT * (last.reading.number - begin.reading.number):
        return None
    before, parts = begin, list[Ints]()
    for time in times:
        seq = recording.seq_at(time)
        if seq > before.seq:
            state = player.seek(seq)
            parts.append(_reading(time, before, state))
            before = state
        yield
    head = np.concatenate(parts) if parts else np.zeros((0, WIDTH + 1), np.int64)
    base, number = last.seq - len(head), last.reading.number - len(parts)
    if not parts or base <= begin.seq:
        return None
    head[:, SEQ] = np.arange(base + 1, last.seq + 1)
    head[head[:, KIND] == Kind.READING, SUBJECT] = np.arange(number + 1, last.reading.number + 1)
    return Past(_based(begin, base, number), head, head[:0, SEQ])


def _based(begin: MachineState, seq: int, number: int) -> MachineState:
    """The same state after another event, and after another reading (0: before the first)."""
    base = begin.copy()
    base.seq = seq
    row = list(base.last.pop(int(Kind.READING)))
    if number:
        row[SEQ], row[SUBJECT] = seq, number
        base.last[int(Kind.READING)] = tuple(row)
    return base


def _reading(time: int, before: MachineState, state: MachineState) -> Ints:
    """A reading (n, 10) at `time` in ns, without numbers, that turns the figures of one state into those of another."""
    zones, values = state.totals.zones, state.totals.figures
    at, figure = np.nonzero(zones != _wide(before.totals.zones, len(zones), 0))
    made = np.flatnonzero(state.elem_size != _wide(before.elem_size, len(state.elem_size), NO_ZONE))
    reported = np.flatnonzero(values != _wide(before.totals.figures, len(values), UNKNOWN))
    parts = (
        _rows(Kind.READING, np.zeros(1, np.int64)),
        _rows(Kind.ZINIT, made, state.elem_size[made], zones[made, MAX_SIZE]),
        _rows(Kind.ZONE_FIGURE, at, zones[at, figure], figure),
        _rows(Kind.MACHINE_FIGURE, reported, values[reported]),
    )
    rows = np.concatenate(parts)
    rows[:, TIME] = time
    return rows


def _rows(kind: Kind, subject: Ints, size: Ints | int = 0, extra: Ints | int = 0) -> Ints:
    """Events of one kind, (n, 10), without time and number."""
    out = np.zeros((len(subject), WIDTH + 1), np.int64)
    out[:, KIND], out[:, SUBJECT], out[:, SIZE], out[:, EXTRA] = int(kind), subject, size, extra
    return out


def _wide(table: Ints, ids: int, value: int) -> Ints:
    """A table (n, ...) with `ids` rows; the new ones hold `value`."""
    return np.concatenate([table, np.full((ids - len(table), *table.shape[1:]), value)])
