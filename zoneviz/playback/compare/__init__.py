"""Two recordings compared: where they diverge, what each holds at corresponding moments, and a verdict.

Compared is what happened: the kind of event, the zone, map, message or text it is about, its size, and its address relative to
the map it is in. Ids that number something within one recording are not compared, nor are times.
"""

from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np

from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.playback.compare import differences, points
from zoneviz.playback.compare.aligned import aligned, extended
from zoneviz.playback.compare.curves import curve
from zoneviz.playback.compare.differences import Hunk
from zoneviz.playback.compare.listings import listings
from zoneviz.playback.compare.points import ALIGNMENTS, EVENT
from zoneviz.playback.compare.results import Comparison, Divergence
from zoneviz.playback.compare.sequence import Compared, Vocabulary, kinds_of, mixed
from zoneviz.playback.compare.sides import divergence
from zoneviz.playback.compare.tables import Tables, tables
from zoneviz.playback.compare.verdict import verdict
from zoneviz.playback.compare.work import Work
from zoneviz.playback.player import Player
from zoneviz.recording import Recording

__all__ = ["ALIGNMENTS", "EVENT", "FRAMES_MIXED", "Comparison", "Divergence", "Steps", "compare", "further", "steps"]

Steps = Generator[tuple[int, int], None, Comparison]
"""A comparison in steps of some milliseconds: yields (done, of) and returns it."""

_PARTS = 3 + points.PARTS + 2
FRAMES_MIXED = 3
"""Innermost frames that identify a call path when a real kernel's stream is compared: it keeps at most nine, without the program's."""


def compare(
    a: Recording, b: Recording, align: str = EVENT, only: Sequence[str] = (), frames: int | None = None, detail: bool = True
) -> Comparison:
    """Compare two recordings.

    `align`: one of ALIGNMENTS. `only`: names of the kinds of event to compare, such as "zalloc". `frames`: innermost frames that
    identify a call path, 0 for all, None for what suits the two recordings. Without `detail` no machine state is looked at: no
    tables, no zones. Needs about 80 bytes of memory per event.
    Errors: UsageError for an unknown kind, or an alignment the two cannot have; InputError if a recording is damaged.
    """
    work = steps(a, b, align, only, frames, detail)
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Comparison = end.value
            return found


def steps(
    a: Recording, b: Recording, align: str = EVENT, only: Sequence[str] = (), frames: int | None = None, detail: bool = True
) -> Steps:
    """The same in steps. Errors: as `compare`."""
    if align not in ALIGNMENTS:
        raise UsageError(f"Unknown alignment {align!r}. Use: {', '.join(ALIGNMENTS)}.")
    if not only and a.header.has_readings and b.header.has_readings:
        return (yield from listings(a, b, align))
    both = _compared(a, b, only)
    # An excerpt keeps the event numbers of the whole, so it is compared with the same range.
    start = 1 if mixed(a, b) else max(a.first_event, b.first_event)
    work = Work(both, (start, start))
    yield from work.read()
    prefix = differences.first_unequal(both[0].key, both[1].key)
    found = yield from work.find()
    whole = prefix == len(both[0]) == len(both[1])
    firsts = {"event": None if whole else prefix, **{what: differences.first_of(*both, what, prefix) for what in ("size", "place")}}
    diverged: dict[str, Divergence | None] = {}
    for what, index in firsts.items():
        yield work.last(len(diverged), _PARTS)
        diverged[what] = None if index is None else divergence(what, *both, index, detail)
    shown = list[Tables]()
    for point in points.points(*both, align, firsts["event"]) if detail else ():
        yield work.last(len(diverged) + len(shown), _PARTS)
        shown.append(_table(*both, point, shown[-1] if shown else None, frames))
    yield work.last(_PARTS - 1, _PARTS)
    comparison = Comparison(
        files=(str(a.path), str(b.path)),
        align=align,
        kinds=[kind.name for kind in kinds_of(a, b, only)],
        mixed=mixed(a, b),
        lengths=(len(both[0]), len(both[1])),
        prefix=prefix,
        equal=found.equal,
        hunks=found.hunks,
        more=found.more,
        constant=both[1].anchors.low - both[0].anchors.low,
        divergence=diverged["event"],
        size=diverged["size"],
        place=diverged["place"],
        outcomes=(a.header.outcome, b.header.outcome),
        panics=(a.header.panic_text, b.header.panic_text),
        operations=(_operations(a), _operations(b)),
        tables=shown,
        curves=(curve(both[0], align), curve(both[1], align)),
        aligned=aligned(*both, align, found.hunks),
    )
    return replace(comparison, verdict=verdict(comparison))


def further(a: Recording, b: Recording, found: Comparison, until: int) -> Steps:
    """`found` with more differences, in steps: all up to the first one after event `until` of A. `found` itself if it has them.

    Errors: InputError if a recording is damaged.
    """
    if not found.more or found.aligned.places[-1, 0] > until:
        return found
    # Start at the last known difference, which is found again; nothing before it needs to be read.
    base, starts = found.hunks[-1], found.aligned.places[-1]
    both = _compared(a, b, found.kinds)
    work = Work(both, (int(starts[0]), int(starts[1])))
    yield from work.read()
    rest = yield from work.find(int(np.searchsorted(both[0].seq, until, side="right")))
    before = found.hunks[:-1]
    hunks = [Hunk(h.a + base.a, h.a_end + base.a, h.b + base.b, h.b_end + base.b) for h in rest.hunks]
    comparison = replace(
        found,
        equal=base.a - sum(hunk.a_end - hunk.a for hunk in before) + rest.equal,
        hunks=[*before, *hunks],
        more=rest.more,
        aligned=extended(found.aligned, base.a, both, rest.hunks),
    )
    return replace(comparison, verdict=verdict(comparison))


def _compared(a: Recording, b: Recording, only: Sequence[str]) -> tuple[Compared, Compared]:
    kinds, vocabulary = kinds_of(a, b, only), Vocabulary()
    return Compared(a, kinds, vocabulary), Compared(b, kinds, vocabulary)


def _operations(recording: Recording) -> int:
    return len(recording.events_of(Kind.OPERATION, subject=0))


def _table(a: Compared, b: Compared, point: points.Point, before: Tables | None, frames: int | None) -> Tables:
    by_order = mixed(a.recording, b.recording)
    depth = frames if frames is not None else FRAMES_MIXED if by_order else 0
    states = Player(a.recording).seek(point.a), Player(b.recording).seek(point.b)
    return tables(point.what, *states, before, by_order, depth)
