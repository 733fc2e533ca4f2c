"""Pages against the state's own figures: every byte is counted once, at any moment."""

from pathlib import Path

import numpy as np
import pytest

from zoneviz import resources
from zoneviz.events import Catalog, Kind, MapInfo, ZoneInfo
from zoneviz.playback import Player
from zoneviz.playback.cuts import LOST, Cuts, Places, cuts_of
from zoneviz.playback.pagemap import FREE, LIVE, TAIL, changed_pages, owners, page_map
from zoneviz.recording import Recording
from zoneviz.state.elements import COLUMNS
from zoneviz.state.machine import MachineState
from zoneviz.state.pages import PAGE
from zoneviz.state.rows import Ints


def places_of(player: Player) -> Places:
    steps = cuts_of(player, Cuts())
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: Places = end.value
            return found


@pytest.fixture(params=["fork-bomb", "real-messages"])
def player(request: pytest.FixtureRequest) -> Player:
    path: Path = next(p for p in resources.recordings() if p.name.startswith(request.param))
    return Player(Recording(path))


def test_pages_add_up_to_the_zones(player: Player) -> None:
    places = places_of(player)
    for share in (0.0, 0.02, 0.3, 0.7, 1.0):
        player.seek(int(player.recording.event_count * share))
        machine = player.state.machine()
        found = page_map(player.state, places)
        assert found.live.sum() == sum(z["in_use"] * z["elem_size"] for z in machine["zones"])
        assert found.free.sum() == sum(z["free"] * z["elem_size"] for z in machine["zones"])
        assert found.lost.sum() == machine["zone_map"]["wasted"]
        assert (found.owner[found.boot :] >= 0).sum() * PAGE == machine["zone_map"]["used"]
        assert ((found.live + found.free + found.lost) <= PAGE).all()
        assert (found.address[1:] > found.address[:-1]).all()


def test_the_sums_of_groups_are_the_zones(player: Player) -> None:
    player.at_end()
    found = page_map(player.state, places_of(player))
    live = np.where(found.pieces.kind == LIVE, found.pieces.zone, -1)
    by_zone = found.sums(live, len(player.recording.catalog.zones) + 1).sum(axis=0)
    for zone in player.recording.catalog.zones:
        figures = player.state.zone(zone.name)
        assert figures is None or by_zone[zone.id] == figures["in_use"] * figures["elem_size"]
    assert owners(found, player.recording.catalog)[0].name in {"ipc ports", "kalloc.4096"}


def told(*events: tuple[int, ...]) -> Ints:
    return np.array([[i, kind, i, 1, 1, 0, *rest] for i, (kind, *rest) in enumerate(events, 1)], np.int64)


START = 1 << 20


@pytest.fixture
def small() -> tuple[MachineState, Places]:
    """One shared page with a live element that runs into the next, a free one and a lost tail; one page of a collectable zone."""
    catalog = Catalog()
    catalog.zones += [ZoneInfo(1, "bits", 3000, 0, 4096, ""), ZoneInfo(2, "pages", 4096, 0, 4096, "collectable")]
    catalog.maps += [MapInfo(1, "kernel_map", 0, 1 << 24, 0), MapInfo(2, "zone_map", START, START + 8 * PAGE, 1)]
    rows = told(
        (Kind.ZINIT, 1, 0, 3000, 0), (Kind.ZINIT, 2, 0, 4096, 0), (Kind.KMEM_SUBALLOC, 2, START, 8 * PAGE, 1),
        (Kind.KMEM_ALLOC, 2, START, 2 * PAGE, 0), (Kind.ZALLOC, 1, START, 3000, 1), (Kind.ZALLOC, 1, START + 3000, 3000, 1),
        (Kind.KMEM_ALLOC, 2, START + 2 * PAGE, PAGE, 0), (Kind.ZCRAM, 2, START + 2 * PAGE, PAGE, 1),
        (Kind.ZALLOC, 2, START + 2 * PAGE, PAGE, 1), (Kind.ZFREE, 2, START + 2 * PAGE, PAGE, 0),
        (Kind.KMEM_ALLOC, 2, START + 3 * PAGE, PAGE, 0), (Kind.ZEXTEND, 0, START + 4 * PAGE, PAGE, 2192),
        (Kind.ZFREE, 1, START, 3000, 0),
    )  # fmt: skip
    state, cuts = MachineState(catalog), Cuts()
    state.apply(rows)
    cuts.feed(rows, catalog)
    return state, cuts.places()


def test_straddling_free_lost_and_returnable(small: tuple[MachineState, Places]) -> None:
    found = page_map(*small)
    assert found.live[:4].tolist() == [1096, 1904, 0, 0]
    assert found.free[:4].tolist() == [3000, 0, PAGE, 0]
    assert found.lost[:4].tolist() == [0, 2192, 0, 0]
    assert found.collectable.tolist() == [False, False, True, False, False, False, False, False]
    assert found.owner.tolist() == [0, 0, 2, 0, -1, -1, -1, -1]
    assert found.of_page(1).kind.tolist() == [LIVE, TAIL] and found.of_page(0).kind.tolist() == [FREE, LIVE]
    assert np.flatnonzero(changed_pages(found, np.array([START + PAGE, START - 1]))).tolist() == [1]


def test_an_element_of_an_impossible_size_takes_no_time(small: tuple[MachineState, Places]) -> None:
    state, places = small
    state.elem_size[1] = 1 << 60
    assert page_map(state, places).live.sum() > 0


def test_later_cuts_are_ignored(small: tuple[MachineState, Places]) -> None:
    state, places = small
    assert places.before(5).address.tolist() == [START]
    assert len(page_map(MachineState(state.catalog), places)) == 0


SLABS = 0x8880_0000_0000


def scattered(*elements: tuple[int, int]) -> MachineState:
    """A machine without a zone map; elements as (zone, address): of 96 bytes in zone 1, of 5000 in zone 2."""
    catalog = Catalog()
    catalog.zones += [ZoneInfo(1, "kmalloc-96", 96, 0, 0, ""), ZoneInfo(2, "large", 5000, 0, 0, "")]
    state = MachineState(catalog)
    made = [(Kind.ZINIT, zone.id, 0, zone.elem_size, 0) for zone in catalog.zones]
    state.apply(told(*made, *((Kind.ZALLOC, zone, address, catalog.zones[zone - 1].elem_size, 0) for zone, address in elements)))
    return state


def test_without_a_zone_map_there_are_the_pages_with_elements() -> None:
    far = SLABS + (1 << 40)
    found = page_map(scattered((1, SLABS), (1, SLABS + 96), (2, far), (1, SLABS + 7 * PAGE), (2, SLABS + 7 * PAGE + 2048)))
    assert found.scattered and not found.boot
    assert found.address.tolist() == [SLABS, SLABS + 7 * PAGE, SLABS + 8 * PAGE, far, far + PAGE]
    assert found.owner.tolist() == [1, 0, 2, 2, 2]
    assert found.live.tolist() == [192, 96 + 2048, 5000 - 2048, PAGE, 5000 - PAGE]
    assert found.page_of(np.array([far + 4999, SLABS + PAGE, SLABS + 100, 5])).tolist() == [4, -1, 0, -1]
    assert found.of_page(4).size.tolist() == [5000]


def test_a_machine_without_elements_has_no_pages() -> None:
    found = page_map(scattered())
    assert found.scattered and not len(found) and found.page_of(np.array([SLABS])).tolist() == [-1]


@pytest.mark.parametrize("name", ["fork-bomb", "dev-null-throttled", "linux-sockets"])
def test_the_pieces_are_the_live_elements_and_the_free_places(name: str) -> None:
    """Against a count by dictionaries, at moments in any order."""
    with Recording(next(path for path in resources.recordings() if path.name.startswith(name))) as recording:
        player = Player(recording)
        places = places_of(player)
        for part in (1.0, 0.3, 0.31, 0.9, 0.0, 0.6):
            state = player.seek(int(recording.event_count * part))
            sizes = dict(zip(state.elements.address.tolist(), state.element_sizes().tolist(), strict=True))
            expected = {
                address: (address, size, TAIL if zone == LOST else FREE, zone, 0, 0, 0)
                for address, size, zone, seq in zip(*(column.tolist() for column in places), strict=True)
                if seq <= state.seq
            }
            for address, zone, seq, task, path, _ in zip(*(getattr(state.elements, c).tolist() for c in COLUMNS), strict=True):
                expected[address] = (address, sizes[address], LIVE, zone, task, seq, path)
            found = page_map(state, places).pieces
            assert [*zip(*(column.tolist() for column in found), strict=True)] == [expected[address] for address in sorted(expected)]
