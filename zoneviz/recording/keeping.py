"""Dropping the oldest events of a recording in progress, in one transaction: a reader sees the file as it was before or after it.

The events that are kept keep their numbers, and a checkpoint carries in the state before them. What was summed from both is summed again.
"""

import math
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoneviz.events import COLUMNS, WIDTH, Catalog
from zoneviz.recording import trust
from zoneviz.recording.catalogs import integers
from zoneviz.recording.sqlite_pages import EventPages, Unplain
from zoneviz.recording.stream import EventStream
from zoneviz.state.checkpointer import Checkpointer
from zoneviz.state.figures import LEVELS
from zoneviz.state.machine import MachineState
from zoneviz.state.readings import READING_LIMIT
from zoneviz.state.rows import SEQ, Ints
from zoneviz.state.sampler import Sampler
from zoneviz.state.task_sampler import TaskSampler

_ROWS = f"SELECT seq, {', '.join(COLUMNS)} FROM events WHERE seq BETWEEN ? AND ? ORDER BY seq"
_INSERT = f"INSERT INTO events VALUES ({', '.join('?' * (WIDTH + 1))})"
_AT_ONCE = 1 << 16
_SAMPLES = ("samples", "zone_samples", "figure_samples")


@dataclass(frozen=True, slots=True)
class Past:
    """What replaces the oldest events: the state `base`, then `head` (n, 10), whose events end where those that are kept begin.

    `samples`: numbers of samples before `base` that stay, so that a chart shows what led there.
    """

    base: MachineState
    head: Ints
    samples: Ints

    @property
    def last(self) -> int:
        """The last event that is replaced."""
        return self.base.seq + len(self.head)


def settled(seq: int) -> int:
    """The last event whose samples depend on events up to `seq`: the next multiple of the coarsest level."""
    return -(-seq // LEVELS[-1]) * LEVELS[-1]


def replace(db: sqlite3.Connection, catalog: Catalog, past: Past, checkpoint_step: int) -> None:
    """Replace the events up to `past.last`, within the caller's transaction. Those up to `settled` of it are there, with their samples."""
    base, last, through = past.base, past.last, settled(past.last)
    db.execute("DELETE FROM events WHERE seq <= ?", (last,))
    db.executemany(_INSERT, past.head.tolist())
    db.execute("DELETE FROM details WHERE seq <= ?", (last,))
    stay = ", ".join(map(str, past.samples.tolist()))
    for table in (*_SAMPLES, "task_samples", "checkpoints"):
        db.execute(f"DELETE FROM {table} WHERE seq <= ? AND seq NOT IN ({stay if table in _SAMPLES else ''})", (through,))
    # A sample inside a reading has the figures of its end, which may lie beyond.
    rows = np.concatenate([past.head, integers(db.execute(_ROWS, (last + 1, through + READING_LIMIT)), WIDTH + 1)])
    sampler = Sampler(catalog, base)
    samples = sampler.last().joined(sampler.feed(rows))
    rows = rows[rows[:, SEQ] <= through]
    for table, made in (*samples._asdict().items(), ("task_samples", TaskSampler().feed(rows))):
        marks = ", ".join("?" * made.shape[1])
        db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", made[made[:, 0] <= through].tolist())
    checkpoints = [(base.seq, base.to_bytes()), *Checkpointer(catalog, checkpoint_step, base.copy()).feed(rows)]
    db.executemany("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)", checkpoints)
    db.execute("UPDATE recording SET first_event = ?, digest = ''", (base.seq + 1,))


def used(db: sqlite3.Connection) -> int:
    """Bytes of the database without its free pages, which are filled before it grows."""
    count, free, size = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size"))
    return (count - free) * size


def digest(db: sqlite3.Connection, path: Path, first: int, last: int) -> str:
    """The digest of the events first to last of the recording at `path`, which nobody else writes.

    Events are digested while they are recorded, but after some were dropped the digest of the rest is known only at the end.
    They are read without SQLite where the file allows it, which is several times as fast.
    """
    watch = trust.Watch()
    watch.limit(math.inf)
    pages = trust.Pages(path, watch)
    try:
        if db.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            raise Unplain  # a reader has kept the file from being a single one
        return _digest(EventPages(db, pages).read, first, last)
    except Unplain:
        return _digest(lambda one, other: integers(db.execute(_ROWS, (one, other)), WIDTH + 1), first, last)
    finally:
        pages.close()


def _digest(read: Callable[[int, int], Ints], first: int, last: int) -> str:
    stream = EventStream(last=first - 1)
    for start in range(first, last + 1, _AT_ONCE):
        stream.feed(read(start, min(start + _AT_ONCE - 1, last)))
    return stream.digest
