"""The stream of events: numbered, counted and digested the same whether events come singly or as arrays."""

import hashlib
import struct

import numpy as np
import pytest

from tests.recording import toy
from zoneviz.recording import Batch, EventStream


def test_the_digest_is_that_of_the_columns_as_little_endian_integers() -> None:
    events = toy.run(700)
    stream = EventStream()
    for event in events[:300]:
        stream.sink(event)
    stream.commit()
    for event in events[300:]:
        stream.sink(event)
    expected = hashlib.blake2b(b"".join(struct.pack("<9q", *event) for event in events), digest_size=16).hexdigest()
    assert (stream.digest, stream.events, stream.pending) == (expected, 300, 400), "pending events are in the digest"
    stream.commit()
    assert (stream.digest, stream.events, stream.pending, stream.time) == (expected, 700, 0, events[-1][1])


def test_arrays_and_single_events_give_the_same_batches() -> None:
    rows, batches = toy.as_rows(toy.run(700)), list[Batch]()
    stream = EventStream(batches.append)
    for event in toy.run(700)[:300]:
        stream.sink(event)
    stream.feed(rows[300:500])
    stream.feed(rows[500:, 1:])
    alone = EventStream()
    alone.feed(rows)
    assert (np.concatenate([batch.rows for batch in batches]) == rows).all()
    assert [len(batch.rows) for batch in batches] == [300, 200, 200] and batches[-1].digest == stream.digest == alone.digest


def test_a_stream_may_begin_after_an_event() -> None:
    rows, batches = toy.as_rows(toy.run(50), first=201), list[Batch]()
    stream = EventStream(batches.append, last=200, time=7)
    assert (stream.events, stream.time) == (200, 7)
    stream.feed(rows)
    assert stream.events == 250 and (batches[0].rows == rows).all()
    with pytest.raises(ValueError, match="event 251 comes next"):
        stream.feed(rows)


def test_a_batch_that_cannot_be_taken_stays_pending() -> None:
    def refuse(batch: Batch) -> None:
        raise OSError("full")

    stream = EventStream(refuse)
    for event in toy.run(20):
        stream.sink(event)
    digest = stream.digest
    with pytest.raises(OSError, match="full"):
        stream.commit()
    assert (stream.events, stream.pending, stream.digest) == (0, 20, digest)
