"""Events that match a filter, found by a job."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from zoneviz.events import Catalog
from zoneviz.gui.session.jobs import Work
from zoneviz.playback import Player
from zoneviz.playback.search import parse_filter
from zoneviz.state.rows import KIND, SEQ, SUBJECT, ZONE_KINDS, Ints

CHUNK = 1 << 15
"""Events filtered in one step of the job."""


@dataclass(frozen=True, slots=True)
class Found:
    """`seqs`: numbers of the matching events, int64 (n,), ascending. `last`: the last event that was tested."""

    seqs: Ints
    last: int


def filter_work(words: str, first: int = 1) -> Work:
    """Work for a job: tests all events from `first` on with a filter (`parse_filter`); returns a Found.

    Errors of the work: UsageError for an invalid filter, InputError if the recording is damaged.
    """

    def work(player: Player) -> Generator[tuple[int, int], None, Found]:
        recording = player.recording
        match, last = parse_filter(words, recording.catalog), recording.event_count
        parts: list[Ints] = [np.zeros(0, np.int64)]
        start = max(first, recording.first_event)
        for begin in range(start, last + 1, CHUNK):
            rows = recording.events(begin, min(begin + CHUNK - 1, last))
            parts.append(rows[match(rows), SEQ])
            yield begin - start + len(rows), last - start + 1
        return Found(np.concatenate(parts), last)

    return work


def zone_of(row: Ints, catalog: Catalog) -> str:
    """Name of the zone that an event refers to; empty if it refers to no zone."""
    subject = int(row[SUBJECT])
    return catalog.zones[subject - 1].name if int(row[KIND]) in ZONE_KINDS and 0 < subject <= len(catalog.zones) else ""
