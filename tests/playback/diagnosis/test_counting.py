"""Counts of a stretch, against counts by SQL and the state."""

import numpy as np

from tests.playback.diagnosis.conftest import Recorded
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.playback.diagnosis.counting import NO_REGIONS, Counts, counting


def test_counts_match_sql(recorded: Recorded) -> None:
    recording = recorded("fork-bomb")
    counts = next(step for step in counting(recording, 1000, recording.event_count) if isinstance(step, Counts))

    def by(kind: Kind, column: str) -> dict[int, int]:
        rows = recording.query(f"SELECT {column} AS id, count(*) AS n FROM events WHERE kind = ? AND seq > 1000 GROUP BY 1", (int(kind),))
        return {row["id"]: row["n"] for row in rows}

    assert counts.threads == by(Kind.THREAD_CREATE, "extra")
    assert counts.received == by(Kind.MSG_RECEIVE, "task")
    assert len(counts.parents) == sum(by(Kind.TASK_CREATE, "subject").values())
    used = Player(recording).at_end().machine()["kalloc_map"]["used"]
    number = next(m.id for m in recording.catalog.maps if m.name == "kalloc_map")
    assert int(counts.regions.size[counts.regions.map == number].sum()) == used


def test_the_last_event_of_an_address_decides_whether_it_is_allocated() -> None:
    alloc, free = int(Kind.KMEM_ALLOC), int(Kind.KMEM_FREE)
    rows = np.array(
        [
            [1, alloc, 0, 3, 0, 7, 1, 0x1000, 4096, 0],
            [2, alloc, 0, 3, 0, 7, 2, 0x2000, 8192, 0],
            [3, free, 0, 4, 0, 0, 1, 0x1000, 4096, 0],
            [4, int(Kind.ZALLOC), 0, 3, 0, 7, 1, 0x2000, 64, 0],
            [5, alloc, 0, 5, 0, 8, 1, 0x1000, 12288, 0],
        ]
    )
    first = NO_REGIONS.after(rows[:3])
    assert (first.address.tolist(), first.map.tolist(), first.size.tolist(), first.seq.tolist()) == ([0x2000], [2], [8192], [2])
    both = first.after(rows[3:])
    assert both.address.tolist() == [0x1000, 0x2000] and both.size.tolist() == [12288, 8192]
    assert both.task.tolist() == [5, 3] and both.path.tolist() == [8, 7]
    assert both.after(rows[:0]) is both
