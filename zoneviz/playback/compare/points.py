"""Corresponding moments of two recordings: by event, by operation or mark, by simulated time, by use of zone_map."""

from typing import NamedTuple

import numpy as np

from zoneviz import words
from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.playback.compare.sequence import Compared
from zoneviz.recording import Recording
from zoneviz.state.rows import EXTRA, KIND, SEQ, SIZE, SUBJECT

EVENT, OPERATION, TIME, FILL = ALIGNMENTS = ("event", "operation", "time", "fill")
PARTS = 4
"""Points at each quarter of what both have, in addition to the first divergence."""


class Point(NamedTuple):
    """Corresponding moments: after event `a` of A and `b` of B; `what` they have in common."""

    what: str
    a: int
    b: int


def points(a: Compared, b: Compared, align: str, divergence: int | None) -> list[Point]:
    """The points to compare, in order; at least one.

    `divergence`: index of the first difference, an additional point if events are aligned.
    Errors: UsageError if the two have nothing to align by.
    """
    if align == OPERATION:
        shared = shared_operations(a.recording, b.recording)
        return [shared[n - 1] for n in _quarters(len(shared))]
    if align == TIME:
        return _times(a.recording, b.recording)
    if align == FILL:
        return _fills(a.recording, b.recording)
    shorter = min(len(a), len(b))
    if not shorter:
        return [Point("the end", a.recording.event_count, b.recording.event_count)]
    counts = set(_quarters(shorter))
    out = [Point(f"compared event {words.number(n)}", int(a.seq[n - 1]), int(b.seq[n - 1])) for n in sorted(counts)]
    if divergence:
        out.append(Point("before the first difference", int(a.seq[divergence - 1]), int(b.seq[divergence - 1])))
    return sorted(out, key=lambda point: point.a)


def _quarters(whole: int) -> list[int]:
    return sorted({max(1, whole * part // PARTS) for part in range(1, PARTS + 1)})


def shared_operations(a: Recording, b: Recording) -> list[Point]:
    """The operations that both recordings have, in order, or their shared marks if they share no operation.

    Errors: UsageError if they share neither.
    """
    done = [_operation_events(recording) for recording in (a, b)]
    both = sorted(done[0].keys() & done[1].keys())
    if both:
        return [Point(f"after operation {words.number(n)}", done[0][n], done[1][n]) for n in both]
    marks = [_marks(recording) for recording in (a, b)]
    found = [Point(f"at the mark {mark[0]} {mark[1]}", seq, marks[1][mark]) for mark, seq in marks[0].items() if mark in marks[1]]
    if not found:
        raise UsageError("These recordings share no operation and no mark. Align by event, time or fill.")
    return found


def need_clocks(a: Recording, b: Recording) -> None:
    """Check that both recordings have a clock.

    Errors: UsageError if the events of one have an order but no times.
    """
    for recording in (a, b):
        if recording.header.time_kind != "ns":
            raise UsageError(f"{recording.path} has no clock. Align by event, operation or fill.")


def _operation_events(recording: Recording) -> dict[int, int]:
    """seq by the number of the successful operation."""
    return dict(recording.events_of(Kind.OPERATION, subject=0)[:, [EXTRA, SEQ]].tolist())


def _marks(recording: Recording) -> dict[tuple[str, int, int], int]:
    """seq by (name, number, how many marks of that name and number precede it)."""
    found: dict[tuple[str, int, int], int] = {}
    texts = recording.catalog.names.strings
    for seq, name, number in recording.events_of(Kind.MARK)[:, [SEQ, SUBJECT, EXTRA]].tolist():
        if 0 <= name < len(texts):
            count = 0
            while (texts[name], number, count) in found:
                count += 1
            found[texts[name], number, count] = seq
    return found


def _times(a: Recording, b: Recording) -> list[Point]:
    need_clocks(a, b)
    shorter = min(a.last_time, b.last_time)
    return [Point(f"at {time / 1e9:.3f} s", a.seq_at(time), b.seq_at(time)) for time in _quarters(max(shorter, 1))]


def _fills(a: Recording, b: Recording) -> list[Point]:
    used = [recording.samples(figures=("in_use",)) for recording in (a, b)]
    curves = [np.maximum.accumulate(s.machine["zone_map_used"]) if len(s) else np.zeros(0, np.int64) for s in used]
    most = min((int(curve[-1]) if len(curve) else 0) for curve in curves)
    if not most:
        raise UsageError("These recordings cannot be aligned by fill: one of them never uses zone_map.")
    out = []
    for level in _quarters(most):
        seqs = []
        for recording, s, curve in zip((a, b), used, curves, strict=True):
            at = int(np.searchsorted(curve, level))
            before = (int(s.seqs[at - 1]), int(s.machine["zone_map_used"][at - 1])) if at else (0, 0)
            whole = at or recording.first_event == 1
            seqs.append(_reached(recording, level, before, int(s.seqs[at])) if whole else int(s.seqs[at]))
        out.append(Point(f"{words.size(level)} of zone_map in use", *seqs))
    return out


def _reached(recording: Recording, level: int, before: tuple[int, int], by: int) -> int:
    """The event at which zone_map has `level` bytes in use, between the sample `before` (seq, bytes) and the one at `by`."""
    number = next((made.id for made in recording.catalog.maps if made.name == "zone_map"), 0)
    rows = recording.events(before[0] + 1, by)
    ours = rows[:, SUBJECT] == number
    change = np.where(ours & (rows[:, KIND] == Kind.KMEM_ALLOC), rows[:, SIZE], 0)
    change -= np.where(ours & (rows[:, KIND] == Kind.KMEM_FREE), rows[:, SIZE], 0)
    reached = np.flatnonzero(before[1] + np.cumsum(change) >= level)
    return int(rows[reached[0], SEQ]) if len(reached) else by
