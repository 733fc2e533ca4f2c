"""Two recordings beside each other: where they part, what each holds at moments that belong together, a verdict.

What is compared is what happened: kind of event and zone, map, message or text it is about, with sizes, and addresses up to
the place of the map they lie in. Ids that a recording only counts for itself are not compared, nor times.
"""

from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from zoneviz.errors import UsageError
from zoneviz.events import Kind
from zoneviz.playback.compare import differences, points, words
from zoneviz.playback.compare.aligned import NOTHING, Aligned, aligned, extended
from zoneviz.playback.compare.curves import Curve, curve
from zoneviz.playback.compare.differences import Hunk
from zoneviz.playback.compare.points import ALIGNMENTS, EVENT
from zoneviz.playback.compare.sequence import Told, Vocabulary, kinds_of, mixed
from zoneviz.playback.compare.tables import Tables, tables
from zoneviz.playback.compare.verdict import verdict
from zoneviz.playback.compare.words import Side
from zoneviz.playback.compare.work import Work
from zoneviz.playback.player import Player
from zoneviz.recording import Recording

__all__ = ["ALIGNMENTS", "EVENT", "Comparison", "Divergence", "Steps", "compare", "further", "steps"]

Steps = Generator[tuple[int, int], None, "Comparison"]
"""A comparison in steps of some milliseconds: yields (done, of) and returns it."""

_PARTS = 3 + points.PARTS + 2
FRAMES_MIXED = 3
"""A stream of the real kernel keeps at most nine frames, and none of the program: call paths are told apart by the innermost."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """The first place where two recordings differ in what happened ("event"), a "size" or a "place".

    `index`: compared events before it; `seqs`: the event's number in each, one past the end if that recording has ended.
    """

    kind: str
    index: int
    seqs: tuple[int, int]
    a: Side
    b: Side


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that `zoneviz compare` tells.

    `kinds`: names of the kinds compared. `lengths`: compared events of each; `prefix`: equal ones before the first difference in
    what happened; `equal`: equal ones in all; `hunks`: the differences, as ranges of compared events. `constant`: what must
    be added to A's addresses below all maps to get B's. `outcomes`, `panics`: how each ended. `tables`: at aligned points, in order.
    `more`: there are more differences than `hunks`; `further` goes on. `aligned`: which moments belong together.
    """

    files: tuple[str, str]
    align: str
    kinds: list[str]
    mixed: bool
    lengths: tuple[int, int]
    prefix: int
    equal: int
    hunks: list[Hunk]
    more: bool
    constant: int
    divergence: Divergence | None
    size: Divergence | None
    place: Divergence | None
    outcomes: tuple[str, str]
    panics: tuple[str, str]
    operations: tuple[int, int]
    tables: list[Tables]
    curves: tuple[Curve, Curve]
    aligned: Aligned
    verdict: str = ""

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values, without the curves and pairs of moments. Sizes in bytes, times in ns."""
        return {name: value for name, value in asdict(replace(self, aligned=NOTHING)).items() if name not in ("curves", "aligned")}


def compare(
    a: Recording, b: Recording, align: str = EVENT, only: Sequence[str] = (), frames: int | None = None, detail: bool = True
) -> Comparison:
    """Compare two recordings. `only`: names of kinds of event, such as "zalloc". `frames`: innermost frames by which call paths
    belong together, 0 for all, None for what suits the two. Without `detail` no machine is looked at: no tables, no zones.

    Memory grows by about 80 bytes an event. Errors: UsageError for an alignment they cannot have or an unknown kind;
    InputError if a recording is damaged.
    """
    going = steps(a, b, align, only, frames, detail)
    while True:
        try:
            next(going)
        except StopIteration as end:
            found: Comparison = end.value
            return found


def steps(
    a: Recording, b: Recording, align: str = EVENT, only: Sequence[str] = (), frames: int | None = None, detail: bool = True
) -> Steps:
    """The same in steps. Errors: as `compare`."""
    if align not in ALIGNMENTS:
        raise UsageError(f"There is no alignment {align!r}; there are: {', '.join(ALIGNMENTS)}.")
    told = _both(a, b, only)
    # A part keeps the numbers of the whole, so it is compared with the same stretch.
    start = 1 if mixed(a, b) else max(a.first_event, b.first_event)
    work = Work(told, (start, start))
    yield from work.read()
    prefix = differences.first_unequal(told[0].key, told[1].key)
    found = yield from work.find()
    whole = prefix == len(told[0]) == len(told[1])
    firsts = {"event": None if whole else prefix, **{what: differences.first_of(*told, what, prefix) for what in ("size", "place")}}
    diverged: dict[str, Divergence | None] = {}
    for what, index in firsts.items():
        yield work.last(len(diverged), _PARTS)
        diverged[what] = None if index is None else _divergence(what, *told, index, detail)
    shown = list[Tables]()
    for point in points.points(*told, align, firsts["event"]) if detail else ():
        yield work.last(len(diverged) + len(shown), _PARTS)
        shown.append(_table(*told, point, shown[-1] if shown else None, frames))
    yield work.last(_PARTS - 1, _PARTS)
    comparison = Comparison(
        files=(str(a.path), str(b.path)),
        align=align,
        kinds=[kind.name for kind in kinds_of(a, b, only)],
        mixed=mixed(a, b),
        lengths=(len(told[0]), len(told[1])),
        prefix=prefix,
        equal=found.equal,
        hunks=found.hunks,
        more=found.more,
        constant=told[1].anchors.low - told[0].anchors.low,
        divergence=diverged["event"],
        size=diverged["size"],
        place=diverged["place"],
        outcomes=(a.header.outcome, b.header.outcome),
        panics=(a.header.panic_text, b.header.panic_text),
        operations=(_operations(a), _operations(b)),
        tables=shown,
        curves=(curve(told[0], align), curve(told[1], align)),
        aligned=aligned(*told, align, found.hunks),
    )
    return replace(comparison, verdict=verdict(comparison))


def further(a: Recording, b: Recording, found: Comparison, until: int) -> Steps:
    """A comparison of the two with more of their differences: those it has, and all up to the first after event `until` of A, in
    steps. As it is if it has them already.

    Errors: InputError if a recording is damaged.
    """
    if not found.more or found.aligned.places[-1, 0] > until:
        return found
    # From the last difference on, which is found a second time: what lies before it need not be read again.
    base, starts = found.hunks[-1], found.aligned.places[-1]
    told = _both(a, b, found.kinds)
    work = Work(told, (int(starts[0]), int(starts[1])))
    yield from work.read()
    rest = yield from work.find(int(np.searchsorted(told[0].seq, until, side="right")))
    before = found.hunks[:-1]
    hunks = [Hunk(h.a + base.a, h.a_end + base.a, h.b + base.b, h.b_end + base.b) for h in rest.hunks]
    comparison = replace(
        found,
        equal=base.a - sum(hunk.a_end - hunk.a for hunk in before) + rest.equal,
        hunks=[*before, *hunks],
        more=rest.more,
        aligned=extended(found.aligned, base.a, told, rest.hunks),
    )
    return replace(comparison, verdict=verdict(comparison))


def _both(a: Recording, b: Recording, only: Sequence[str]) -> tuple[Told, Told]:
    kinds, vocabulary = kinds_of(a, b, only), Vocabulary()
    return Told(a, kinds, vocabulary), Told(b, kinds, vocabulary)


def _operations(recording: Recording) -> int:
    sql = "SELECT count(*) AS n FROM events WHERE kind = ? AND subject = 0"
    return int(recording.query(sql, (int(Kind.OPERATION),))[0]["n"])


def _divergence(kind: str, a: Told, b: Told, index: int, detail: bool) -> Divergence:
    rows = [_around(told, index) for told in (a, b)]
    zones: list[str] = []
    if detail:
        named = [words.zone_of(after[0], told.recording.catalog) for told, (_, after) in zip((a, b), rows, strict=True) if after]
        zones = [name for name in dict.fromkeys(named) if name]
    seqs = [int(told.seq[index]) if index < len(told) else told.recording.event_count + 1 for told in (a, b)]
    sides = [words.side(told.recording, before, after, zones) for told, (before, after) in zip((a, b), rows, strict=True)]
    return Divergence(kind, index, (seqs[0], seqs[1]), sides[0], sides[1])


def _around(told: Told, index: int) -> tuple[list[list[int]], list[list[int]]]:
    """The compared events before an index and from it on, as rows."""
    rows = [told.recording.events(seq, seq)[0].tolist() for seq in told.seq[max(index - words.AROUND, 0) : index + words.AROUND].tolist()]
    before = min(index, words.AROUND)
    return rows[:before], rows[before:]


def _table(a: Told, b: Told, point: points.Point, before: Tables | None, frames: int | None) -> Tables:
    by_order = mixed(a.recording, b.recording)
    depth = frames if frames is not None else FRAMES_MIXED if by_order else 0
    states = Player(a.recording).seek(point.a), Player(b.recording).seek(point.b)
    return tables(point.what, *states, before, by_order, depth)
