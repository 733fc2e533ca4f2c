"""What is counted from events, against the same counted one event at a time."""

from collections import defaultdict
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest

from zoneviz import resources
from zoneviz.app.parts import cut
from zoneviz.events import Catalog, Kind, ThreadInfo
from zoneviz.playback import Player, kmem_stat
from zoneviz.playback.kmem_stat import ALLOCATED, FREED, FREES, HITS, LAST, MOVED, KmemStat, processors
from zoneviz.playback.search import Filter
from zoneviz.recording import Recording
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SIZE, SUBJECT, THREAD, ZONE_ID_LIMIT, Ints

Key = tuple[int, ...]


def events(seed: int, count: int, addresses: int) -> Ints:
    """Allocations and frees at random, some of them twice in a row or of elements from before, and other events."""
    random, live = Random(seed), dict[int, tuple[int, int, int]]()
    rows = np.zeros((count, 10), np.int64)
    for seq, row in enumerate(rows, 1):
        address = 4096 * random.randint(1, addresses)
        alloc = (address not in live) != (random.random() < 0.05)
        if alloc:
            live[address] = (random.randint(1, 40), random.randint(1, 5), random.choice((32, 64)))
        path, zone, size = live.get(address, (7, 1, 32))
        kind = Kind.MARK if random.random() < 0.1 else Kind.ZALLOC if alloc else Kind.ZFREE
        asked = random.randint(0, size) if alloc else 0
        row[:] = (seq, kind, seq, 0, random.randint(0, 3), path, zone, address, size, asked << 1 | 1)
        if not alloc and kind == Kind.ZFREE:
            live.pop(address, None)
    return rows


def counted(rows: Ints) -> tuple[dict[Key, list[int]], dict[Key, list[int]], int]:
    """By (path, zone) and by (address, path, zone of its last allocation): the rows HITS to LAST; and the frees of older elements."""
    places: dict[Key, list[int]] = defaultdict(lambda: [0] * 8)
    pointers: dict[int, list[int]] = defaultdict(lambda: [0] * 8)
    of: dict[int, Key] = {}
    live: dict[int, tuple[int, int, int, int]] = {}
    older = 0
    for seq, kind, _, _, thread, path, zone, address, size, extra in rows.tolist():
        if kind == Kind.ZALLOC:
            live[address] = (path, zone, size, thread)
            of[address] = (path, zone)
            asked = extra >> 1
            new = (1, 0, asked, size if asked else 0, size, 0, 0)
        elif kind == Kind.ZFREE and address in live:
            path, zone, size, before = live.pop(address)
            new = (0, 1, 0, 0, 0, size, int(thread > 0 and before > 0 and thread != before))
        else:
            older += kind == Kind.ZFREE
            continue
        for sums in (places[path, zone], pointers[address]):
            sums[:] = [*(a + b for a, b in zip(sums[:7], new, strict=True)), seq]
    return dict(places), {(address, *of[address]): sums for address, sums in pointers.items()}, older


def found(stat: KmemStat) -> tuple[dict[Key, list[int]], dict[Key, list[int]], int]:
    keys, values = stat.places.sums()
    places: dict[Key, list[int]] = {(key // ZONE_ID_LIMIT, key % ZONE_ID_LIMIT): v[:8] for key, v in _pairs(keys, values)}
    assert all(tuple(v[8:]) == key for key, v in zip(places, values.T.tolist(), strict=True))
    assert stat.pointers is not None
    keys, values = stat.pointers.sums()
    return places, {(key, *v[8:]): v[:8] for key, v in _pairs(keys, values)}, stat.older


def _pairs(keys: Ints, values: Ints) -> list[tuple[int, list[int]]]:
    return list(zip(keys.tolist(), values.T.tolist(), strict=True))


@pytest.mark.parametrize(("count", "addresses", "piece"), [(3000, 40, 7), (3000, 40, 1000), (20_000, 9000, 500), (2000, 2000, 2000)])
def test_counts_are_those_of_single_events(monkeypatch: pytest.MonkeyPatch, count: int, addresses: int, piece: int) -> None:
    monkeypatch.setattr(kmem_stat, "_PENDING", 400)  # merge often
    rows, stat = events(1, count, addresses), KmemStat()
    for start in range(0, count, piece):
        stat.feed(rows[start : start + piece])
    assert found(stat) == counted(rows) and stat.seq == count
    assert stat.older and counted(rows)[2] == stat.older


def test_a_copy_counts_separately() -> None:
    rows, stat = events(2, 4000, 300), KmemStat()
    stat.feed(rows[:1000])
    copy = stat.copy()
    stat.feed(rows[1000:])
    assert found(copy) == counted(rows[:1000])
    copy.feed(rows[1000:2500])
    assert found(copy) == counted(rows[:2500])
    assert found(stat) == counted(rows)


def test_a_stretch_begins_with_nothing() -> None:
    rows = events(3, 2000, 50)
    stat = KmemStat(999)
    stat.feed(rows[999:])
    assert found(stat) == counted(rows[999:]) and stat.older > 10


def test_a_filter_selects_elements_with_their_frees() -> None:
    rows = events(4, 3000, 60)
    whole = counted(rows)
    zone, path, pointer = (KmemStat(match=m) for m in (Filter(zones=frozenset({2})), Filter(path=frozenset({3, 9})), Filter(address=8192)))
    for stat in (zone, path, pointer):
        stat.feed(rows)
        assert stat.older == 0
    assert found(zone)[0] == {key: sums for key, sums in whole[0].items() if key[1] == 2}
    assert found(path)[0] == {key: sums for key, sums in whole[0].items() if key[0] in (3, 9)}
    assert found(pointer)[1] == {key: sums for key, sums in whole[1].items() if key[0] == 8192}


def test_of_a_simulated_run_what_is_in_use_is_what_the_kernel_holds() -> None:
    path: Path = next(p for p in resources.recordings() if p.name.startswith("fork-bomb"))
    with Recording(path) as recording:
        player, stat = Player(recording), KmemStat()
        last = 90_000
        steps = list(kmem_stat.kmem_stat(player, stat, last))
        assert steps[-1] == (last, last) and len(steps) > 1 and stat.seq == last
        places, pointers, older = found(stat)
        state = player.seek(last)
        zones = {zone["name"]: zone["in_use"] for zone in state.machine()["zones"]}
        names = {zone.id: zone.name for zone in recording.catalog.zones}
        used: dict[str, int] = defaultdict(int)
        for (_, zone), sums in places.items():
            used[names[zone]] += sums[HITS] - sums[FREES]
        assert {name: n for name, n in used.items() if n} == {name: n for name, n in zones.items() if n}
        assert older == 0 and sum(s[ALLOCATED] - s[FREED] for s in pointers.values()) == state.element_sizes().sum()
        assert max(s[LAST] for s in pointers.values()) <= last
        assert not processors(recording.catalog)


@pytest.mark.parametrize(("last", "seq"), [(0, 0), (4000, 4000), (5000, 5000), (5100, 5100), (7000, 6000), (1 << 40, 6000)])
def test_of_an_excerpt_only_its_own_events_count(tmp_path: Path, last: int, seq: int) -> None:
    """A moment before the first event or after the last one has an answer, too."""
    whole = next(path for path in resources.recordings() if path.name.startswith("fork-bomb"))
    cut(whole, "5001", "6000", tmp_path / "part.zvz")
    with Recording(tmp_path / "part.zvz") as part:
        stat = KmemStat()
        steps = list(islice(kmem_stat.kmem_stat(Player(part), stat, last), 10))
        assert len(steps) < 10 and stat.seq == seq
        assert found(stat) == counted(part.events(1, last))


def test_threads_are_processors_where_they_are_named_so() -> None:
    catalog = Catalog()
    catalog.threads.append(ThreadInfo(1, 0, "CPU 0"))
    assert processors(catalog)
    rows = np.zeros((4, 10), np.int64)
    rows[:, SEQ], rows[:, KIND], rows[:, THREAD] = range(1, 5), [Kind.ZALLOC, Kind.ZFREE] * 2, [1, 2, 1, 0]
    rows[:, ADDRESS], rows[:, SIZE], rows[:, PATH], rows[:, SUBJECT], rows[:, EXTRA] = 4096, 8, 1, 1, 16
    stat = KmemStat()
    stat.feed(rows)
    assert stat.places.sums()[1][MOVED].tolist() == [1]  # an unknown processor does not count


def test_gaps_and_frees_that_were_not_seen() -> None:
    rows = np.zeros((4, 10), np.int64)
    rows[:, SEQ], rows[:, KIND] = range(1, 5), [Kind.ZALLOC, Kind.LOST, Kind.ZFREE, Kind.ZALLOC]
    rows[:, THREAD], rows[:, ADDRESS], rows[:, SIZE] = [1, 0, 0, 1], [64, 0, 64, 64], [8, 5, 8, 8]
    stat = KmemStat()
    stat.feed(rows)
    assert (stat.gaps, stat.unseen, stat.unseen_bytes, stat.older) == (1, 1, 8, 0)
    assert (stat.copy().gaps, stat.copy().unseen, stat.copy().unseen_bytes) == (1, 1, 8)


@pytest.mark.parametrize("address", [-1, 0, -(1 << 63), (1 << 63) - 1])
def test_a_damaged_file_has_any_address(address: int) -> None:
    rows = np.zeros((4, 10), np.int64)
    rows[:, SEQ], rows[:, KIND], rows[:, ADDRESS] = range(1, 5), [Kind.ZFREE, Kind.ZALLOC, Kind.ZFREE, Kind.ZFREE], address
    rows[:, SIZE], rows[:, PATH], rows[:, SUBJECT] = 8, -5, 1 << 40
    stat = KmemStat()
    for row in rows:
        stat.feed(row.reshape(1, 10))
    assert stat.older == 2 and stat.places.sums()[1][[HITS, FREES, FREED], 0].tolist() == [1, 1, 8]
