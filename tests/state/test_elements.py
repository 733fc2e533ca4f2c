"""Live elements: allocated and not yet freed."""

from tests.recording import toy
from zoneviz.events import Event, Kind
from zoneviz.state import elements
from zoneviz.state.rows import Ints


def rows(*events: tuple[Kind, int, int]) -> Ints:
    """Events (kind, zone, address) of 64 bytes, 20 requested, by task 5 at path 3."""
    out: list[Event] = [(int(kind), 0, 5, 6, 3, zone, address, 64, 20 << 1 | 1) for kind, zone, address in events]
    return toy.as_rows(out)


def test_an_allocation_adds_an_element() -> None:
    found = elements.merge(elements.NONE, rows((Kind.ZALLOC, 2, 128), (Kind.ZALLOC, 1, 64)))
    assert [getattr(found, name).tolist() for name in elements.COLUMNS] == [[64, 128], [1, 2], [2, 1], [5, 5], [3, 3], [20, 20]]
    assert (found.at(64), found.at(100), found.at(128), found.at(1 << 40), found.at(0)) == (0, 0, 1, 1, None)
    assert found.take(found.zone == 2).address.tolist() == [128]


def test_the_last_event_of_an_address_decides() -> None:
    old = elements.merge(elements.NONE, rows((Kind.ZALLOC, 1, 64), (Kind.ZALLOC, 1, 128)))
    found = elements.merge(old, rows((Kind.ZFREE, 1, 64), (Kind.ZALLOC, 2, 64), (Kind.ZFREE, 1, 128), (Kind.ZFREE, 1, 999)))
    assert found.address.tolist() == [64] and found.zone.tolist() == [2]
    assert old.address.tolist() == [64, 128]
