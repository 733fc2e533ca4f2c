"""Task samples do not depend on how events are batched, and sum to all events."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.recording import toy
from zoneviz.events import Kind
from zoneviz.state.rows import SIZE, TASK, Ints, Rows
from zoneviz.state.task_sampler import TaskSampler

ROWS = toy.as_rows(toy.run(10_000))


def sampled(rows: Ints) -> Rows:
    """All rows of task samples, fed at once."""
    sampler = TaskSampler()
    return [*sampler.feed(rows).tolist(), *sampler.last().tolist()]


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=6))
def test_samples_do_not_depend_on_batches(sizes: list[int]) -> None:
    parts, expected = TaskSampler(), sampled(ROWS)
    found, at, turn = list[list[int]](), 0, 0
    while at < len(ROWS):
        size = sizes[turn % len(sizes)]
        found += parts.feed(ROWS[at : at + size]).tolist()
        at, turn = at + size, turn + 1
    assert found + parts.last().tolist() == expected
    assert sorted({row[0] for row in expected}) == [4096, 8192, 10_000]


def test_each_figure() -> None:
    for seq, task, events, allocs, alloc_bytes, frees, free_bytes, rpcs, messages in sampled(ROWS):
        first = (seq - 1) // 4096 * 4096
        mine = [row for row in ROWS[first:seq].tolist() if row[3] == task]
        kinds = [row[1] for row in mine]
        assert events == len(mine) and (rpcs, messages) == (kinds.count(Kind.RPC), kinds.count(Kind.MSG_SEND))
        assert (allocs, alloc_bytes) == (kinds.count(Kind.ZALLOC), sum(row[8] for row in mine if row[1] == Kind.ZALLOC))
        assert (frees, free_bytes) == (kinds.count(Kind.ZFREE), sum(row[8] for row in mine if row[1] == Kind.ZFREE))


def test_tasks_with_any_ids() -> None:
    """Ids far apart, which are sorted instead of counted, and sizes whose sum no float holds."""
    ids, rows = np.array([-(1 << 63), 7, (1 << 63) - 1]), ROWS.copy()
    rows[:, TASK] = ids[ROWS[:, TASK]]
    rows[:, SIZE] = (1 << 48) - 1 - ROWS[:, SIZE]
    near = ROWS.copy()
    near[:, SIZE] = rows[:, SIZE]
    found = sampled(rows)
    assert found == [[seq, int(ids[task]), *figures] for seq, task, *figures in sampled(near)]
    allocs = rows[rows[:, 1] == Kind.ZALLOC, SIZE].tolist()
    assert sum(row[4] for row in found) == sum(allocs) > 1 << 53


def test_the_stretches_of_an_excerpt_are_those_of_the_whole() -> None:
    found, expected = sampled(ROWS[6000:]), sampled(ROWS)
    assert sorted({row[0] for row in found}) == [8192, 10_000]
    assert [row for row in found if row[0] > 8192] == [row for row in expected if row[0] > 8192]
