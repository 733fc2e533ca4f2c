"""Single rows as events, and rows that are skipped and counted."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zoneviz.errors import InputError
from zoneviz.events import Catalog, Kind
from zoneviz.importers.gnumach_stream import read
from zoneviz.importers.gnumach_stream.ledger import Map, Skip

Reading = Callable[..., Any]
HEADER = "n,time_us,event,zone_or_map,size,address,task,thread,call_path,detail"


def test_boot_rows(reading: Reading, boot: str) -> None:
    result = reading(boot)
    path = result.catalog.paths
    assert [event[0] for event in result.events] == [
        Kind.ZINIT, Kind.ZALLOC, Kind.ZINIT, Kind.ZALLOC, Kind.ZINIT, Kind.KMEM_ALLOC, Kind.KMEM_SUBALLOC, Kind.TASK_CREATE, Kind.ZALLOC,
    ]  # fmt: skip
    assert path.text(result.events[1][4]) == "boot > zinit"
    assert [(zone.name, zone.flags) for zone in result.catalog.zones] == [("zones", ""), ("tasks", ""), ("kalloc.4096", "collectable")]
    assert [tuple(m) for m in result.catalog.maps] == [(1, "kernel_map", 0, 0x200000, 0), (2, "zone_map", 0x100000, 0x110000, 1)]
    assert result.events[7][5:] == (1, 0x2000, 0, 0)
    assert result.events[8][5:] == (2, 0x2000, 132, 1)
    assert result.flushes >= 1


SKIPPED = [
    ("zalloc,zones,48,1030,,,,fresh", "allocations of elements in use"),
    ("zalloc,tasks,132,1030,,,,fresh", "allocations of elements in use"),
    ("zfree,zones,48,9990,,,,", "frees of elements not in use"),
    ("zfree,zones,48,2000,,,,", "frees of elements not in use"),
    ("zalloc,nothing,48,9990,,,,fresh", "rows of unknown zones"),
    ("zcram,nothing,48,9990,,,,", "rows of unknown zones"),
    ("zalloc,zones,52,9990,,,,fresh", "rows with a wrong element size"),
    ("zcram,zones,96,9990,,,,elements=3", "rows with a wrong element size"),
    ("zinit,zones,48,9990,,,,", "second creations of a zone or map"),
    ("kmem_suballoc,zone_map,4096,180000,,,,", "second creations of a zone or map"),
    ("kmem_alloc,other_map,4096,180000,,,,", "rows of unknown maps"),
    ("kmem_alloc,kernel_map,4096,ff000,,,,", "allocations of pages in use"),
    ("kmem_alloc,kernel_map,8192,10f000,,,,", "allocations of pages in use"),
    ("kmem_free,kernel_map,4096,190000,,,,", "frees of pages not in use"),
    ("kmem_free,zone_map,4096,100000,,,,", "frees of pages not in use"),
    ("kmem_alloc,kernel_map,-4096,180000,,,,", "unreadable rows"),
    ("kmem_alloc,kernel_map,,180000,,,,", "unreadable rows"),
    ("kmem_alloc,kernel_map,4096,-180000,,,,", "unreadable rows"),
    ("kmem_alloc,kernel_map,4096,ffffffffffffffffff,,,,", "unreadable rows"),
    ("kmem_alloc,kernel_map,99999999999999999999,180000,,,,", "unreadable rows"),
    ("kmem_suballoc,huge_map,1099511627776,180000,,,,", "unreadable rows"),
    ("zalloc,zones,many,9990,,,,", "unreadable rows"),
    ("zalloc,zones,48,wxyz,,,,", "unreadable rows"),
    ("zalloc,zones,48,9990,-1,,,", "unreadable rows"),
    ("zalloc,zones,48,9990,,99999999,,", "unreadable rows"),
    ("zalloc,tasks,132,9990,,,,fresh task=-7", "unreadable rows"),
    ("round,,,,,,,-3", "unreadable rows"),
    ("MARK,a\0b,,,,,,", "unreadable rows"),
    ("zalloc,zones,48,9990,,,", "unreadable rows"),
    ("zalloc,zones,48,9990,,,,,,,", "unreadable rows"),
    (",,,,,,,", "unreadable rows"),
    ("MARK," + "x" * 5000 + ",,,,,,", "unreadable rows"),
    ("MARK,m,,,,," + "x" * 5000 + ",", "unreadable rows"),
]


@pytest.mark.parametrize(("row", "reason"), SKIPPED)
def test_impossible_rows_are_skipped_and_counted(reading: Reading, boot: str, row: str, reason: str) -> None:
    result = reading(f"{boot}\n{row}\nMARK,after,,,,,,5")
    report = result.report
    assert (report.lines, report.events, report.skipped.count) == (11, 10, 1)
    assert {why: skips.first for why, skips in report.reasons.items()} == {reason: [11]}
    assert report.sentences()[:2] == ["Skipped 1 of 11 lines: 11.", f"{reason.capitalize()} (1): 11."]
    assert result.events[-1][0] == Kind.MARK
    assert report.as_json()["skipped"] == {"count": 1, "first": [11]}


def test_many_skipped_lines_are_counted_and_ten_are_named(reading: Reading, boot: str) -> None:
    rows = boot + "\nzfree,zones,48,9990,,,," * 500 + "\nMARK,m,,,,,,1" * 500
    report = reading(rows).report
    assert report.sentences()[0] == "Skipped 500 of 1,009 lines: 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, ...."


def test_a_mostly_unreadable_stream_is_refused(reading: Reading, boot: str) -> None:
    with pytest.raises(InputError, match="inconsistent: of its first 2,009 lines 2,000 were skipped, mostly frees of elements not in use"):
        reading(boot + "\nzfree,zones,48,9990,,,," * 2000)
    with pytest.raises(InputError, match="a header but no events"):
        reading("")


def test_columns_in_any_order_and_unknown_ones(reading: Reading) -> None:
    whole = (
        b"\xef\xbb\xbfaddress,colour,event,size,zone_or_map,call_path,task,thread\r\n"
        b"1000,red,zinit,48,zones,a>b,,\r\n"
        b"1030,,zalloc,48,zones,a>b,0,3\r\n"
        b",blue,MARK,,hello,,0,3\r\n"
    )
    result = reading(whole=whole)
    assert [event[:4] for event in result.events] == [(Kind.ZINIT, 0, 0, 0), (Kind.ZALLOC, 0, 1, 4), (Kind.MARK, 0, 1, 4)]
    assert result.details == [(1, "colour=red"), (3, "colour=blue")]


@pytest.mark.parametrize("column", ["event", "zone_or_map", "size", "address"])
def test_a_missing_column_is_named(reading: Reading, column: str) -> None:
    header = ",".join(name for name in HEADER.split(",") if name != column)
    with pytest.raises(InputError, match=f"lacks the column '{column}'"):
        reading(whole=header.encode() + b"\n1,2,3\n")


def test_a_column_named_twice(reading: Reading) -> None:
    with pytest.raises(InputError, match="repeats the column 'size'"):
        reading(whole=(HEADER + ",size\n").encode())


def test_quotes_crlf_and_a_last_line_without_end(reading: Reading) -> None:
    result = reading(whole=(HEADER + '\r\n1,5,"MARK","a, b",,,,,,7\r\n2,6,MARK,c,,,,,,8').encode())
    assert [result.catalog.names.strings[event[5]] for event in result.events] == ["a, b", "c"]


def test_a_panic_with_a_comma_is_not_lost(reading: Reading, boot: str) -> None:
    result = reading(boot + "\nPANIC,,,,0,0,boot>panic,thread_invoke: a, b, c")
    assert result.report.panic["text"] == "thread_invoke: a, b, c"
    assert (result.report.panic["memory"], result.report.panic["zone"]) == ("", "")


def test_invalid_utf8_costs_its_own_line_only(reading: Reading) -> None:
    result = reading(whole=HEADER.encode() + b"\n1,1,MARK,\xff\xfe,,,,,,1\n2,2,MARK,\xc3\xbc,,,,,,2\n")
    assert result.report.skipped.first == [2]
    assert result.catalog.names.strings[result.events[0][5]] == "\u00fc"


def test_gaps_and_a_clock_that_goes_back(reading: Reading) -> None:
    result = reading(whole=(HEADER + "\n1,50,MARK,a,,,,,,1\n2,40,MARK,a,,,,,,1\n9,60,MARK,a,,,,,,1\n").encode())
    assert [event[1] for event in result.events] == [50_000, 50_000, 60_000]
    assert result.report.notes == [
        "Column n has 1 gaps: rows are missing before lines 4.",
        "The clock goes backwards 1 times, at lines 3; the last time was kept.",
    ]


def test_pages_collected_from_a_zone(reading: Reading, boot: str) -> None:
    """kmem_free on zone_map is zone_gc: the free elements in the page vanish."""
    rows = boot + (
        "\nkmem_alloc_wired,zone_map,4096,100000,0,0,,\nzcram,kalloc.4096,4096,100000,0,0,,elements=1"
        "\nkalloc,kalloc.4096,4096,100000,0,0,,fresh req=4000\nkfree,kalloc.4096,4096,100000,0,0,,req=4000"
        "\nkmem_free,zone_map,4096,100000,0,0,zone_gc,"
    )
    final = {"name": "kalloc.4096", "in_use": 0, "free": 0, "cur_size": 0}
    result = reading(rows, companion={"final_zones": [final], "final_maps": {"zone_map": {"used": 0}}})
    assert [event[0] for event in result.events[-3:]] == [Kind.ZFREE, Kind.ZCOLLECT, Kind.KMEM_FREE]
    assert result.events[-2][5:] == (3, 0x100000, 4096, 1)
    assert result.events[-4][8] == 4000 << 1 | 1
    assert len(result.report.checks) == 6
    assert [check.what for check in result.report.mismatches] == ["zones: zones of that name", "tasks: zones of that name"]


def test_growth_refusal_and_failure(reading: Reading, boot: str) -> None:
    rows = boot + (
        "\nkmem_alloc_wired,zone_map,4096,100000,0,0,,\nzget_space_extend,,,fe0,0,0,,space_end=101000 wasted=32"
        "\nzone_max_grow,tasks,202752,,0,0,,max 135168->202752"
        "\nkmem_alloc_wired,zone_map,4096,0,0,0,,\nkmem_alloc_FAILED,zone_map,4096,,0,0,,kr=3"
        "\nzalloc,tasks,132,0,0,0,,fresh none\nPANIC,,,,0,0,,something new"
    )
    result = reading(rows)
    assert [event[0] for event in result.events[9:]] == [
        Kind.KMEM_ALLOC, Kind.ZEXTEND, Kind.ZGROW, Kind.OTHER, Kind.KMEM_FAIL, Kind.ZREFUSE, Kind.PANIC,
    ]  # fmt: skip
    assert result.events[10][5:] == (0, 0x101000, 4096, 32)
    assert result.events[11][5:] == (2, 0, 202752, 135168)
    assert result.events[13][5:] == (2, 0, 4096, 3)
    assert result.events[14][5:] == (2, 0, 132, 0)
    assert (result.report.panic["memory"], result.report.panic["zone"]) == ("tasks", "tasks")


def test_a_task_creation_without_an_element_is_kept_as_other(reading: Reading, boot: str) -> None:
    result = reading(boot + "\ntask_create,,,,0,5,,parent=0 inherit=1\ntask_create,,,,0,5,,parent=0 inherit=1\nPANIC,,,,0,5,,zalloc")
    assert [event[0] for event in result.events[-3:]] == [Kind.OTHER, Kind.OTHER, Kind.PANIC]
    strings = result.catalog.names.strings
    assert (strings[result.events[-2][5]], strings[result.events[-2][8]]) == ("task_create", "parent=0")
    assert (result.report.panic["memory"], result.report.outcome) == ("zone_map", "panic")


def test_rows_of_unknown_kind_are_kept_whole(reading: Reading, boot: str) -> None:
    result = reading(
        boot + "\nsched_state,queue,733184,ab,1,7,,runq=3 sched_load=128"
        "\nrpc,,,,1,7,,msgh_id=3206 ikm_size=256 target=task:1 routine=mach_port_deallocate"
        "\ncontext_switch,,,,1,7,,old=0 old_pri=12 new=1 new_pri=11 runq=6"
    )
    strings = result.catalog.names.strings
    other = result.events[9]
    assert (other[0], strings[other[5]], other[6], other[7], strings[other[8]]) == (
        Kind.OTHER, "sched_state", 0xAB, 733184, "zone_or_map=queue runq=3 sched_load=128",
    )  # fmt: skip
    assert result.events[10][5:] == (3206, 0, 256, 2)
    assert result.events[11][5:] == (2, 0, 11, 1)
    assert result.details == [
        (8, "inherit=0"),
        (11, "target=task:1 routine=mach_port_deallocate"),
        (12, "old_pri=12 runq=6"),
    ]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20), st.integers(1, 6)), max_size=60))
def test_ranges_agree_with_a_set_of_pages(steps: list[tuple[bool, int, int]]) -> None:
    ranges, pages = Map(1), set[int]()
    for alloc, start, size in steps:
        changed = set(range(start, start + size))
        possible = not changed & pages if alloc else changed <= pages
        try:
            (ranges.alloc if alloc else ranges.release)(start, size)
        except Skip:
            assert not possible
        else:
            assert possible
            pages = pages | changed if alloc else pages - changed
        assert ranges.used == len(pages)


EVENTS = """zinit zalloc zget kfree zcram zone_max_grow zget_space_extend kmem_init kmem_suballoc kmem_alloc kmem_free
round MARK PANIC task_create thread_create task_destroyed pmap_create pmap_destroy stack_handoff rpc vm_object_shadow
context_switch kmem_alloc_FAILED"""
DETAILS = "fresh|freelist req=5|fresh task=1|task=1|thread=2|elements=1|max 1->2|refs=2|old=1 new=2|x=1=2|"
ROWS = st.one_of(
    st.text(max_size=80),
    st.builds(
        lambda event, name, size, address, who, detail: f"1,2,{event},{name},{size},{address},{who},a>b,{detail}",
        st.sampled_from(EVENTS.split()),
        st.sampled_from(["", "zones", "tasks", "pmap", "objects", "kernel_map", "zone_map", "kalloc.4096"]),
        st.sampled_from(["", "0", "48", "4096", "1048576", "-1", "99999999999999"]),
        st.sampled_from(["", "0", "1030", "100000", "101000", "7fffffffffffffff", "-5"]),
        st.sampled_from([",", "0,0", "0,1", "1,2"]),
        st.sampled_from(DETAILS.split("|")),
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(ROWS, max_size=60))
def test_any_rows_give_events_or_one_sentence(rows: list[str]) -> None:
    events: list[tuple[int, ...]] = []
    blocks = [(HEADER + "\n").encode(), *((row + "\n").encode() for row in rows)]
    try:
        report = read(blocks, {}, Catalog(), events.append, lambda: None)
    except InputError as error:
        assert str(error).endswith(".") and "\n" not in str(error)
        return
    assert report.events == len(events) >= report.lines - report.skipped.count
    assert all(len(event) == 9 and all(-(1 << 63) <= number < 1 << 63 for number in event) for event in events)
    assert [event[1] for event in events] == sorted(event[1] for event in events)
