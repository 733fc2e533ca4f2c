"""Columns give back the events exactly, unpack only what is asked for, and refuse what does not fit."""

import numpy as np
import pytest
import zstandard

from tests.recording import toy
from zoneviz.events import WIDTH
from zoneviz.recording import columns
from zoneviz.recording.columns import Block, Column, Damaged
from zoneviz.state.rows import EXTRA, KIND, PATH, SUBJECT, TASK, THREAD, TIME, Ints

EDGES = [0, 1, -1, 127, 128, 255, 256, -128, -129, 65535, 1 << 31, -(1 << 31), 1 << 40, (1 << 63) - 1, -(1 << 63)]


def block(made: list[Column], count: int, first: int = 1, read: list[int] | None = None) -> Block:
    """The packed columns as a block; the places of those that are unpacked are appended to `read`."""

    def data(index: int) -> bytes:
        if read is not None:
            read.append(index)
        return made[index].data

    return Block(first, count, [(column.first, column.width) for column in made], data)


def test_events_come_back() -> None:
    chance = np.random.default_rng(1)
    tables: list[Ints] = [chance.choice(EDGES, (count, WIDTH)) for count in (1, 2, 3, 17, 1000) for _ in range(10)]
    tables += [chance.integers(-(1 << 63), (1 << 63) - 1, (300, WIDTH)), np.full((50, WIDTH), 7), toy.as_rows(toy.run(2000))[:, 1:]]
    for values in tables:
        rows = block(columns.encode(values), len(values), 12).rows()
        assert (rows[:, 1:] == values).all() and (rows[:, 0] == np.arange(12, 12 + len(values))).all()
        assert not rows.flags.writeable


def test_the_bytes_of_a_difference() -> None:
    values = np.zeros((3, WIDTH), np.int64)
    values[1] = [0, 1, 127, 128, 1 << 15, 1 << 23, 1 << 31, 1 << 55, -(1 << 63)]
    widths = [column.width for column in columns.encode(values)]
    # 2^63 is its own negative; its zigzag is 2^64 - 1. The columns are put in order, but the differences of 0, x, 0 have one size.
    assert widths == [0, 1, 1, 2, 3, 4, 5, 8, 8]


def test_only_what_is_asked_for_is_unpacked() -> None:
    values = toy.as_rows(toy.run(1000))[:, 1:]
    made = columns.encode(values)
    for column, needed in ((KIND, {0}), (TIME, {1}), (PATH, {4}), (TASK, {2, 3}), (SUBJECT, {0, 5}), (EXTRA, {0, 4, 5, 8})):
        read: list[int] = []
        assert (block(made, 1000, read=read).column(column) == values[:, column - 1]).all()
        assert set(read) == needed and len(read) == len(needed)


def test_events_that_resemble_are_neighbours() -> None:
    """By kind mod 256, then subject mod 256, then path mod 65,536; tasks by thread mod 65,536; subjects by kind mod 256."""
    chance = np.random.default_rng(2)
    values = chance.integers(0, 1 << 18, (500, WIDTH))
    values[:, :6] &= 0x10101
    kind, _, _, thread, path, subject = values[:, :6].T
    by = {
        TASK: np.lexsort((thread % 65536,)),
        SUBJECT: np.lexsort((kind % 256,)),
        EXTRA: np.lexsort((path % 65536, subject % 256, kind % 256)),
    }
    made = columns.Block(1, 500, [(c.first, c.width) for c in columns.encode(values)], lambda i: columns.encode(values)[i].data)
    for column, order in by.items():
        there = made.order(column)
        assert there is not None and (there == order).all()
    assert all(made.order(column) is None for column in (KIND, TIME, THREAD, PATH))


@pytest.mark.parametrize(
    "data",
    [b"", b"no frame", zstandard.compress(bytes(999)), zstandard.compress(bytes(1001)), zstandard.compress(bytes(1000))[:-2],
     zstandard.compress(bytes(1000)) + b"more", zstandard.ZstdCompressor(write_content_size=False).compress(bytes(1000))],
)  # fmt: skip
def test_a_frame_that_does_not_fit_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged):
        columns.unpack(data, 1000)
    assert columns.unpack(zstandard.compress(b"x" * 1000), 1000) == b"x" * 1000
    assert columns.unpack(zstandard.compress(b"x" * 1000), 1000, 10) == b"x" * 10
    with pytest.raises(Damaged):
        columns.unpack(zstandard.compress(bytes(1000))[:12], 1000, 900)
