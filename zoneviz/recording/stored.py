"""What the tables of a recording hold, read back to be compared with what the events make."""

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


def samples_between(recording: Recording, table: str, first: int, last: int, most: int) -> Ints:
    """At most `most` rows of one of SAMPLE_TABLES after events first to last, (n, columns), in order.

    Errors: InputError if a value is not an integer.
    """
    columns = SAMPLE_TABLES[table]
    sql = f"SELECT {', '.join(columns)} FROM {table} WHERE seq BETWEEN ? AND ? ORDER BY {_KEYS[table]} LIMIT ?"
    return integers((tuple(row.values()) for row in recording.query(sql, (first, last, most))), len(columns))


def checkpoints_at(recording: Recording, step: int) -> set[int]:
    """The multiples of `step` after which there is a checkpoint."""
    seqs = recording.checkpoint_seqs()
    return {*seqs[seqs % step == 0].tolist()}


def misplaced(recording: Recording, step: int) -> list[str]:
    """The tables with rows of events outside the recording, or with checkpoints off the multiples of `step`.

    Samples of events that were dropped may stay, at multiples of the coarsest level.
    """
    before, last = recording.first_event - 1, recording.event_count
    sql = f"SELECT 1 FROM {{}} WHERE seq > ? OR (seq < ? AND seq % {LEVELS[-1]}) LIMIT 1"
    found = [table for table in SAMPLE_TABLES if recording.query(sql.format(table), (last, before))]
    seqs = recording.checkpoint_seqs()
    wrong = (seqs < before) | (seqs > last) | ((seqs % step != 0) & (seqs != before))
    return [*found, "checkpoints"] if wrong.any() else found
