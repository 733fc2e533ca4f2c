"""A lazily merged table equals one merged at once, however often it is read."""

import numpy as np

from tests.recording import toy
from zoneviz.events import Kind
from zoneviz.state import merged
from zoneviz.state.merged import Merged
from zoneviz.state.rows import KIND, SEQ, ByKind, Ints

ROWS = toy.as_rows(toy.run(2000))


def table(select: bool = False) -> Merged[list[int]]:
    """Seqs of ZALLOC events; with `select` only the even ones."""
    even = (lambda rows: rows[rows[:, SEQ] % 2 == 0]) if select else None
    return Merged(list, lambda old, rows: [*old, *rows[:, SEQ].tolist()], (Kind.ZALLOC,), even)


def feed(made: Merged[list[int]], rows: Ints, size: int) -> None:
    for first in range(0, len(rows), size):
        part = rows[first : first + size]
        made.apply(part, ByKind(part))


def test_the_same_however_it_is_fed() -> None:
    seqs = ROWS[ROWS[:, KIND] == Kind.ZALLOC, SEQ]
    for size in (1, 100, 2000):
        made, even = table(), table(select=True)
        feed(made, ROWS, size)
        feed(even, ROWS, size)
        assert made.now() == made.now() == seqs.tolist() and even.now() == seqs[seqs % 2 == 0].tolist()


def test_a_copy_is_independent() -> None:
    made = table()
    feed(made, ROWS[:1000], 100)
    copy = made.copy()
    feed(made, ROWS[1000:], 100)
    assert len(copy.now()) == np.count_nonzero(ROWS[:1000, KIND] == Kind.ZALLOC) < len(made.now())


def test_few_rows_wait() -> None:
    merges: list[int] = []

    def merge(old: int, rows: Ints) -> int:
        merges.append(len(rows))
        return old + len(rows)

    made = Merged(lambda: 0, merge, (Kind.ZALLOC,))
    many = toy.as_rows([(int(Kind.ZALLOC), 0, 0, 0, 0, 1, 0, 0, 0)] * (merged._MOST_WAITING + 1))
    made.apply(many, ByKind(many))
    assert merges == [len(many)]
