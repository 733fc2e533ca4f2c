"""Readings: which events form one, and that they come in order.

A reading is a READING event and the events after it at the same time. It counts as a whole: a sample between its events has the
figures of its end.
"""

from typing import NamedTuple

import numpy as np

from zoneviz.errors import InputError
from zoneviz.events import Kind
from zoneviz.state.rows import SEQ, SUBJECT, TIME, ByKind, Ints

READING_LIMIT = 1 << 15
"""Upper bound of the events of a reading: all figures of 4,000 zones, seen for the first time."""


class Reading(NamedTuple):
    """A reading: its number, the seq of its READING event, and its time in ns; number 0: before the first."""

    number: int = 0
    seq: int = 0
    time: int = -1


def of_row(row: tuple[int, ...] | None) -> Reading:
    """The reading that begins with a READING event (10 columns); None: before the first."""
    return Reading() if row is None else Reading(row[SUBJECT], row[SEQ], row[TIME])


def last_reading(kinds: ByKind, before: Reading) -> Reading:
    """The last reading that begins in a batch, or `before`, the last one before the batch.

    Errors: InputError if a reading does not have the next number or a later time.
    """
    begins = kinds[Kind.READING]
    if not len(begins):
        return before
    numbers, times = kinds.columns[SUBJECT, begins], kinds.columns[TIME, begins]
    wrong = np.diff(numbers, prepend=before.number) != 1
    wrong |= np.concatenate([[before.time], times[:-1]]) >= times
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InputError(f"Reading {numbers[first]} at event {kinds.columns[SEQ, begins[first]]} is out of order.")
    return Reading(int(numbers[-1]), int(kinds.columns[SEQ, begins[-1]]), int(times[-1]))


def beginnings(kinds: ByKind, before: Reading) -> Ints:
    """For each event of a batch the seq of the READING of its reading, (n,); its own seq outside readings.

    `before`: the last reading before the batch.
    Errors: InputError if a reading has more than READING_LIMIT events.
    """
    seqs, times, begins = kinds.columns[SEQ], kinds.columns[TIME], kinds[Kind.READING]
    which = np.searchsorted(begins, np.arange(len(seqs)), side="right")
    starts = np.concatenate([[before.seq], seqs[begins]])[which]
    inside = times == np.concatenate([[before.time], times[begins]])[which]
    inside &= starts > 0
    out: Ints = np.where(inside, starts, seqs)
    if (seqs - out >= READING_LIMIT).any():
        raise InputError(f"A reading has more than {READING_LIMIT:,} events.")
    return out
