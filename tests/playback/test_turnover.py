"""What a stretch allocates and frees is what `perf kmem stat` counts of it."""

from pathlib import Path

import pytest

from zoneviz import resources
from zoneviz.playback import Player
from zoneviz.playback.kmem_stat import KmemStat, kmem_stat
from zoneviz.playback.kmem_tables import WAY, groups, total
from zoneviz.playback.turnover import KEYS, PATH, Turnover, turnover
from zoneviz.recording import Recording

BOMB = next(p for p in resources.recordings() if p.name.startswith("fork-bomb"))


def counted(path: Path, first: int, last: int) -> Turnover:
    with Recording(path) as recording:
        work = turnover(Player(recording), first, last)
        while True:
            try:
                next(work)
            except StopIteration as end:
                found: Turnover = end.value
                return found


@pytest.mark.parametrize("path", resources.recordings(), ids=lambda path: path.name.partition(".")[0])
def test_allocations_and_frees_are_those_of_kmem_stat(path: Path) -> None:
    with Recording(path) as recording:
        third = (recording.event_count - recording.first_event + 1) // 3
        first, last = recording.first_event + third, recording.event_count - third
        stat = KmemStat(first - 1)
        list(kmem_stat(Player(recording), stat, last))
        whole = total(stat, recording.catalog)
    found = counted(path, first, last)
    for key in KEYS:
        allocs = int(found.allocs[key].count.sum())
        assert allocs == whole.hits
        assert found.before[key].count.sum() + allocs - found.after[key].count.sum() == whole.frees + stat.older


def test_by_call_path() -> None:
    with Recording(BOMB) as recording:
        stat = KmemStat(0)
        list(kmem_stat(Player(recording), stat, 30_000))
        rows = {row.name: row.hits for row in groups(stat, recording.catalog, WAY).rows(groups(stat, recording.catalog, WAY).ordered())}
        found = counted(BOMB, 1, 30_000)
        hits: dict[str, int] = {}
        for path, count in zip(found.allocs[PATH].other.tolist(), found.allocs[PATH].count.tolist(), strict=True):
            name = recording.catalog.paths.text(path)
            hits[name] = hits.get(name, 0) + count
    assert hits == rows


def test_a_moment_is_a_stretch_without_events() -> None:
    found = counted(BOMB, 20_001, 20_000)
    with Recording(BOMB) as recording:
        elements = Player(recording).seek(20_000).elements
    for key in KEYS:
        assert found.before[key].count.sum() == found.after[key].count.sum() == len(elements)
        assert not len(found.allocs[key].count)
