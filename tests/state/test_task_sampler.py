"""Task samples do not depend on how events are batched, and sum to all events."""

from hypothesis import given
from hypothesis import strategies as st

from tests.recording import toy
from zoneviz.events import Kind
from zoneviz.state.task_sampler import TaskSampler

ROWS = toy.as_rows(toy.run(10_000))


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=6))
def test_samples_do_not_depend_on_batches(sizes: list[int]) -> None:
    whole, parts = TaskSampler(), TaskSampler()
    expected = [*whole.feed(ROWS), *whole.last()]
    found, at, turn = [], 0, 0
    while at < len(ROWS):
        size = sizes[turn % len(sizes)]
        found += parts.feed(ROWS[at : at + size])
        at, turn = at + size, turn + 1
    assert found + parts.last() == expected
    assert sorted({row[0] for row in expected}) == [4096, 8192, 10_000]


def test_each_figure() -> None:
    sampler = TaskSampler()
    for seq, task, events, allocs, alloc_bytes, frees, free_bytes, rpcs, messages in [*sampler.feed(ROWS), *sampler.last()]:
        first = (seq - 1) // 4096 * 4096
        mine = [row for row in ROWS[first:seq].tolist() if row[3] == task]
        kinds = [row[1] for row in mine]
        assert events == len(mine) and (rpcs, messages) == (kinds.count(Kind.RPC), kinds.count(Kind.MSG_SEND))
        assert (allocs, alloc_bytes) == (kinds.count(Kind.ZALLOC), sum(row[8] for row in mine if row[1] == Kind.ZALLOC))
        assert (frees, free_bytes) == (kinds.count(Kind.ZFREE), sum(row[8] for row in mine if row[1] == Kind.ZFREE))
