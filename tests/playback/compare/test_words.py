"""Every event in words."""

import pytest

from zoneviz.events import Catalog, FigureInfo, Kind, MapInfo, TaskInfo, ZoneInfo
from zoneviz.playback.compare.words import SAY, describe, line, zone_of


@pytest.fixture
def catalog() -> Catalog:
    found = Catalog()
    found.zones.append(ZoneInfo(1, "ports", 64, 4096, 4096, ""))
    found.maps.append(MapInfo(1, "zone_map", 0x1000, 0x9000, 0))
    found.figures.append(FigureInfo(1, "SUnreclaim", "bytes"))
    found.names.intern("out of memory")
    found.tasks.append(TaskInfo(8, "null"))
    return found


def event(kind: int, subject: int = 1) -> list[int]:
    return [7, kind, 0, 2, 3, 0, subject, 0x1000, 4096, 8192]


def test_every_kind_has_different_words(catalog: Catalog) -> None:
    said = {kind: describe(event(kind), catalog) for kind in Kind}
    assert len(set(said.values())) == len(said) == len(SAY)
    assert all(words and "{" not in words and "unknown" not in words for words in said.values())
    assert [kind.name for kind, words in said.items() if words.startswith("refuses an element")] == ["ZREFUSE"]


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        (200, 1, "records an event of unknown kind 200"),
        (Kind.ZFREE, 99, "frees the element of unknown zone 99 (4,096 B) at 0x1000"),
        (Kind.ZEMPTY, 1, "lets the fixed zone ports grow 4 KiB past its limit"),
        (Kind.KMEM_FREE, 1, "frees 4 KiB of zone_map at 0x1000"),
        (Kind.KMEM_ALLOC, -1, "allocates 4 KiB of unknown map -1 at 0x1000"),
        (Kind.MACHINE_FIGURE, 1, "sets the figure SUnreclaim to 4,096"),
        (Kind.MACHINE_FIGURE, 2, "sets the figure unknown figure 2 to 4,096"),
        (Kind.PANIC, 1, "panics: out of memory"),
        (Kind.PANIC, 5, "panics: unknown text 5"),
        (Kind.NOTIFY, 70, "sends a notification: no senders"),
        (Kind.NOTIFY, 4, "sends a notification: msgh_id 4"),
        (Kind.PORT_CREATE, 0, "creates a port for the kernel"),
        (Kind.PORT_CREATE, 3, "creates a port for task 3"),
        (Kind.RIGHT_INSERT, 8, "gives null (task 8) a right"),
        (Kind.PAGE_GRAB, 1, "allocates 1 physical page"),
        (Kind.PAGE_RELEASE, 2, "frees 2 physical pages"),
    ],
)
def test_what_a_number_stands_for_is_named_or_called_unknown(catalog: Catalog, kind: int, subject: int, words: str) -> None:
    assert describe(event(kind, subject), catalog) == words


def test_a_line_names_who_ran(catalog: Catalog) -> None:
    found = line(event(Kind.ZFREE), catalog)
    assert (found.seq, found.who) == (7, "task 2, thread 3")
    assert zone_of(event(Kind.ZFREE), catalog) == "ports" and zone_of(event(Kind.KMEM_FREE), catalog) == zone_of(event(200), catalog) == ""
