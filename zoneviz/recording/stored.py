"""What the tables of a recording hold, read back to be compared with what the events make."""

from typing import NamedTuple

from zoneviz.recording.catalogs import integers
from zoneviz.recording.reader import Recording
from zoneviz.state.figures import LEVELS, MACHINE_FIGURES, ZONE_FIGURES
from zoneviz.state.rows import Ints

SAMPLE_TABLES = {
    "samples": ("seq", "time", *MACHINE_FIGURES),
    "zone_samples": ("seq", "zone", *ZONE_FIGURES),
    "figure_samples": ("seq", "figure", "value"),
}
"""The tables of samples and their columns."""
_KEYS = {"samples": "seq", "zone_samples": "seq, zone", "figure_samples": "seq, figure"}


class Span(NamedTuple):
    """Number of rows, lowest and highest seq; None in an empty table."""

    rows: int
    low: int | None
    high: int | None


def events_span(recording: Recording) -> Span:
    """The extent of the table `events`, as SQLite counts it."""
    (row,) = recording.query("SELECT count(*) AS rows, min(seq) AS low, max(seq) AS high FROM events")
    return Span(**row)


def samples_between(recording: Recording, table: str, first: int, last: int, most: int) -> Ints:
    """At most `most` rows of one of SAMPLE_TABLES after events first to last, (n, columns), in order.

    Errors: InputError if a value is not an integer.
    """
    columns = SAMPLE_TABLES[table]
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE seq BETWEEN ? AND ? ORDER BY {_KEYS[table]} LIMIT ?"
    return integers((tuple(row.values()) for row in recording.query(sql, (first, last, most))), len(columns))


def checkpoints_at(recording: Recording, step: int) -> set[int]:
    """The multiples of `step` after which there is a checkpoint."""
    sql = "SELECT seq FROM checkpoints WHERE seq % ? = 0 LIMIT ?"
    return {int(row["seq"]) for row in recording.query(sql, (step, recording.event_count // step + 1))}


def misplaced(recording: Recording, step: int) -> list[str]:
    """The tables with rows of events outside the recording, or with checkpoints off the multiples of `step`.

    Samples of events that were dropped may stay, at multiples of the coarsest level.
    """
    before, last = recording.first_event - 1, recording.event_count
    wrong = dict.fromkeys(SAMPLE_TABLES, f"seq < ? AND seq % {LEVELS[-1]}") | {
        "checkpoints": f"seq < ? OR (seq % {int(step)} AND seq != {int(before)})"
    }
    return [
        table
        for table, condition in wrong.items()
        if recording.query(f"SELECT 1 FROM {table} WHERE seq > ? OR {condition} LIMIT 1", (last, before))
    ]
