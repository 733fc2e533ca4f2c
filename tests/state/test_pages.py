"""The pages of zone_map: free, shared, or one zone's."""

from tests.recording import toy
from zoneviz.events import Event, Kind, MapInfo
from zoneviz.state.pages import MISSING, PAGE, SHARED, ZonePages
from zoneviz.state.rows import ByKind


def feed(pages: ZonePages, *events: tuple[Kind, int, int, int]) -> None:
    """Events (kind, subject, address, size)."""
    out: list[Event] = [(int(kind), 0, 0, 0, 0, subject, address, size, 0) for kind, subject, address, size in events]
    rows = toy.as_rows(out)
    pages.apply(rows, ByKind(rows))


def test_pages_are_allocated_crammed_and_freed() -> None:
    catalog = toy.catalog()
    catalog.maps[toy.ZONE_MAP - 1] = MapInfo(toy.ZONE_MAP, "zone_map", toy.BASE, toy.BASE + 4 * PAGE, 1)
    pages = ZonePages(catalog)
    feed(pages, (Kind.KMEM_ALLOC, toy.ZONE_MAP, toy.BASE, 2 * PAGE), (Kind.ZCRAM, 3, toy.BASE + PAGE, PAGE))
    feed(pages, (Kind.KMEM_ALLOC, toy.KERNEL_MAP, toy.BASE + 2 * PAGE, PAGE))
    assert pages.start == toy.BASE and pages.zone.tolist() == [SHARED, 3, MISSING, MISSING]
    copy = pages.copy()
    feed(pages, (Kind.KMEM_FREE, toy.ZONE_MAP, toy.BASE, 2 * PAGE))
    assert (pages.zone == MISSING).all() and copy.zone[1] == 3


def test_a_huge_zone_map_allocates_no_memory() -> None:
    catalog = toy.catalog()
    catalog.maps[toy.ZONE_MAP - 1] = MapInfo(toy.ZONE_MAP, "zone_map", 0, 1 << 62, 1)
    pages = ZonePages(catalog)
    feed(pages, (Kind.KMEM_ALLOC, toy.ZONE_MAP, 1 << 61, PAGE))
    assert len(pages.zone) == 1 << 18 and (pages.zone == MISSING).all()
