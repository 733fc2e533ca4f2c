"""What a stretch of the recording allocates and frees, counted in the background once a view asks."""

from collections.abc import Generator
from dataclasses import dataclass, field, replace

from zoneviz.gui.session.asking import Asking
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.kmem_stat import KmemStat, kmem_stat
from zoneviz.playback.kmem_tables import ORDER, POINTER, SITE, Row, groups, total

STOPS = 16
"""Counts are kept at about this many places, so that going back does not count from the beginning."""
SMALL = 1 << 24
"""Bytes of counts that are worth keeping."""


@dataclass(frozen=True, slots=True)
class Question:
    """Events first to last, grouped by one of `kmem_tables.BY`; `zone`: the id of the only one, 0: all; the `most` largest by `order`."""

    first: int
    last: int
    by: str = SITE
    zone: int = 0
    order: tuple[str, ...] = ORDER
    most: int = 1000


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows that a question asks for, the number of all groups and their total; `older`, `unseen` and `gaps` as in `KmemStat`."""

    question: Question
    rows: list[Row]
    groups: int
    total: Row
    older: int
    unseen: int
    gaps: int


@dataclass(slots=True)
class Kept:
    """Counts from event `first` on, by their last event; with pointers or without."""

    first: int = 0
    pointers: bool = False
    at: dict[int, KmemStat] = field(default_factory=dict)


class AllocationFeed(Asking[Question, Kept, Answer]):
    """What a stretch allocates and frees."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, _answer)


def _answer(own: Player, asked: Question, kept: Kept | None) -> Generator[tuple[int, int], None, tuple[Answer, Kept]]:
    """Count from the nearest counts that are kept. These are never changed, for another job may have them."""
    recording, pointers = own.recording, asked.by == POINTER
    if kept is None or kept.first != asked.first or (pointers and not kept.pointers):
        kept = Kept(asked.first, pointers)
    at = dict(kept.at)
    before = max((seq for seq in at if seq <= asked.last), default=-1)
    stat = at[before].copy() if before >= 0 else KmemStat(asked.first - 1, pointers=kept.pointers)
    apart = max((recording.event_count - recording.first_event + 1) // STOPS, 1)
    last = min(asked.last, recording.event_count)
    while stat.seq < last:
        stop = min((stat.seq // apart + 1) * apart, last)
        begin = stat.seq
        for done, _ in kmem_stat(own, stat, stop):
            yield begin + done - asked.first + 1, asked.last - asked.first + 1
        if stat.size < SMALL and stat.seq % apart == 0:
            at[stat.seq] = stat.copy()
    latest = {seq: one for seq, one in at.items() if seq % apart == 0} | {stat.seq: stat}
    catalog = recording.catalog
    found = groups(stat, catalog, asked.by, asked.zone)
    rows = found.rows(found.ordered(asked.order)[: asked.most])
    return Answer(asked, rows, len(found), total(stat, catalog, asked.zone), stat.older, stat.unseen, stat.gaps), replace(kept, at=latest)
