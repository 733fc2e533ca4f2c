"""Counts by call site, call path, pointer and zone, in order, with their totals."""

import numpy as np
import pytest

from zoneviz.events import Catalog, ThreadInfo, ZoneInfo
from zoneviz.playback.kmem_stat import KmemStat
from zoneviz.playback.kmem_tables import BY, ORDERS, POINTER, SITE, WAY, ZONE, Row, groups, total
from zoneviz.state.rows import Ints

EVENTS = [
    # allocation or free, processor + 1, path, zone, address, size, bytes requested
    (2, 1, "a", 1, 0x1000, 64, 50), (2, 1, "b", 2, 0x2000, 192, 184), (2, 2, "b", 2, 0x3000, 192, 184), (3, 2, "x", 1, 0x1000, 64, 0),
    (2, 1, "c", 1, 0x1000, 64, 60), (3, 1, "x", 2, 0x2000, 192, 0), (2, 1, "b", 1, 0x4000, 64, 0), (3, 1, "x", 2, 0x9000, 192, 0),
]  # fmt: skip


@pytest.fixture
def catalog() -> Catalog:
    made = Catalog()
    made.zones += [ZoneInfo(1, "kmalloc-64", 64, 0, 0, ""), ZoneInfo(2, "dentry", 192, 0, 0, "")]
    made.threads += [ThreadInfo(1, 0, "CPU 0"), ThreadInfo(2, 0, "CPU 1")]
    return made


@pytest.fixture
def stat(catalog: Catalog) -> KmemStat:
    """The paths a and c have the same call site."""
    paths = {"a": catalog.paths[catalog.paths[0, "open"], "alloc"], "c": catalog.paths[catalog.paths[0, "stat"], "alloc"]}
    paths |= {"b": catalog.paths[0, "new"], "x": catalog.paths[0, "put"]}
    rows: Ints = np.array(
        [(seq, kind, seq, 0, cpu, paths[path], zone, address, size, asked << 1)
         for seq, (kind, cpu, path, zone, address, size, asked) in enumerate(EVENTS, 1)]
    )  # fmt: skip
    made = KmemStat()
    made.feed(rows)
    return made


def by(stat: KmemStat, catalog: Catalog, what: str, *order: str, zone: int = 0) -> list[Row]:
    found = groups(stat, catalog, what, zone)
    return found.rows(found.ordered(order or ("bytes",)))


def test_by_call_site(stat: KmemStat, catalog: Catalog) -> None:
    new, alloc = by(stat, catalog, SITE)
    assert (new.name, new.zone, new.hits, new.frees, new.in_use, new.allocated, new.freed, new.in_use_bytes) == (
        "new", 2, 3, 1, 2, 448, 192, 256,
    )  # fmt: skip
    # one of its allocations does not say what was requested: that one is left out
    assert (new.asked, new.lost, new.moved, new.last) == (368, 16, 0, 7) and new.fragmentation == pytest.approx(100 * 16 / 384)
    assert (alloc.name, alloc.hits, alloc.frees, alloc.asked, alloc.lost, alloc.moved) == ("alloc", 2, 1, 110, 18, 1)


def test_by_call_path_and_zone(stat: KmemStat, catalog: Catalog) -> None:
    ways = [(row.name, row.hits) for row in by(stat, catalog, WAY, "hits", "frag")]
    assert ways == [("new", 3), ("open > alloc", 1), ("stat > alloc", 1)]
    assert [(row.name, row.hits, row.in_use) for row in by(stat, catalog, ZONE)] == [("dentry", 2, 1), ("kmalloc-64", 3, 2)]
    assert [(row.name, row.allocated) for row in by(stat, catalog, SITE, zone=1)] == [("alloc", 128), ("new", 64)]


def test_a_pointer_is_of_its_last_allocation(stat: KmemStat, catalog: Catalog) -> None:
    first = by(stat, catalog, POINTER, "hits")[0]
    assert (first.name, first.hits, first.in_use, first.last) == ("0x1000", 2, 1, 5)
    assert catalog.paths.text(first.path) == "stat > alloc" and first.zone == 1
    unknown = next(row for row in by(stat, catalog, POINTER) if row.name == "0x4000")
    assert (unknown.asked, unknown.lost, unknown.fragmentation) == (None, None, None)


def test_every_order_is_descending(stat: KmemStat, catalog: Catalog) -> None:
    figure = {"bytes": "allocated", "frag": "fragmentation", "pingpong": "moved", "in-use": "in_use_bytes", "rounding": "lost"}
    for what in BY:
        for order in ORDERS:
            shown = [getattr(row, figure.get(order, order)) for row in by(stat, catalog, what, order)]
            known = [value for value in shown if value is not None]
            assert known == sorted(known, reverse=True) and len(known) >= len(shown) - 1


def test_totals(stat: KmemStat, catalog: Catalog) -> None:
    row = total(stat, catalog)
    assert (row.hits, row.frees, row.asked, row.allocated, row.freed, row.lost, row.moved) == (5, 2, 478, 576, 256, 34, 1)
    assert stat.older == 1 and total(stat, catalog, zone=2).hits == 2
    assert total(KmemStat(), catalog).hits == 0 and not len(groups(KmemStat(), catalog))


def test_without_processors_ping_pong_is_unknown(stat: KmemStat, catalog: Catalog) -> None:
    catalog.threads.clear()
    assert total(stat, Catalog()).moved is None
    assert all(row.moved is None for what in BY for row in by(stat, catalog, what))
    assert by(stat, Catalog(), SITE)[0].name == "unknown" and by(stat, Catalog(), ZONE)[0].name == "zone 2"
