"""Pages of a trace ring buffer: every form of event, times, texts, gaps and damage."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.formats import captured
from tests.sources.pages import LAYOUT, discarded, event, extend, page, stamp
from zoneviz.errors import InputError
from zoneviz.sources.ringbuffer import Events, Field, decode, parse_format, parse_page_format, records, texts, values

NUMBER = Field(4, 8, False, False)
HEADER_PAGE = """\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;
"""
KMEM_CACHE_FREE = """name: kmem_cache_free
ID: 656
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:unsigned long call_site;\toffset:8;\tsize:8;\tsigned:0;
\tfield:const void * ptr;\toffset:16;\tsize:8;\tsigned:0;
\tfield:__data_loc char[] name;\toffset:24;\tsize:4;\tsigned:0;

print fmt: "call_site=%pS ptr=%p name=%s", (void *)REC->call_site, REC->ptr, __get_str(name)
"""


def numbered(number: int, id: int = 7) -> bytes:
    return struct.pack("<HHQ", id, 0, number)


def numbers(events: Events) -> list[int]:
    found: list[int] = values(events, events.at, NUMBER).tolist()
    return found


def test_times_add_up_and_pages_follow_each_other() -> None:
    found = decode([page(1000, event(0, numbered(1)), event(5, numbered(2))) + page(2000, event(1, numbered(3)))], LAYOUT)
    assert found.time.tolist() == [1000, 1005, 2001]
    assert numbers(found) == [1, 2, 3]
    assert found.id.tolist() == [7, 7, 7]


def test_events_name_their_processor_and_a_rest_of_one_does_not_move_the_next() -> None:
    first, second = page(10, event(0, numbered(1)), event(1, numbered(2))), page(5, event(0, numbered(3)), flags=1 << 31)
    found = decode([first + b"cut", b"", second], LAYOUT)
    assert found.processor.tolist() == [0, 0, 2]
    assert found.time.tolist() == [10, 11, 5]
    assert found.lost.processor.tolist() == [2]


def test_records_read_as_single_fields() -> None:
    form = parse_format(KMEM_CACHE_FREE)
    data = struct.pack("<HBBiQQI", 656, 0x10, 2, -5, 1, 1 << 63, 0)
    found = decode([page(0, event(0, data), event(1, data))], LAYOUT)
    record = records(found, found.at, form)
    for name in ("common_type", "common_flags", "common_pid", "call_site", "ptr"):
        assert record[name].tolist() == values(found, found.at, form.fields[name]).tolist(), name


def test_long_times_and_absolute_times() -> None:
    begin = 3 << 59
    parts = (event(1, numbered(1)), extend(1 << 40), event(2, numbered(2)), stamp(begin + 99), event(1, numbered(3)))
    found = decode([page(begin, *parts)], LAYOUT)
    assert found.time.tolist() == [begin + 1, begin + 3 + (1 << 40), begin + 100]


def test_long_events_and_discarded_ones() -> None:
    long = numbered(9) + bytes(300)
    found = decode([page(0, event(1, long), discarded(4, 24), event(2, numbered(3)), rest=True)], LAYOUT)
    assert numbers(found) == [9, 3]
    assert found.time.tolist() == [1, 7]


def test_an_empty_page_has_no_events_and_a_rest_of_a_page_is_ignored() -> None:
    assert len(decode([page(5)], LAYOUT).time) == 0
    assert len(decode([b""], LAYOUT).time) == 0
    assert len(decode([page(5, event(1, numbered(1)))[:-1]], LAYOUT).time) == 0


def test_a_gap_has_its_number_of_events_where_that_is_stored() -> None:
    missed, stored = 1 << 31, 1 << 30
    first = page(10, event(0, numbered(1)), flags=missed | stored, behind=struct.pack("<Q", 1234))
    found = decode([first + page(20, event(0, numbered(2)), flags=missed) + page(30, event(0, numbered(3)))], LAYOUT)
    assert found.lost.time.tolist() == [10, 20]
    assert found.lost.events.tolist() == [1234, -1]
    assert len(found.time) == 3


def test_signed_and_small_fields() -> None:
    data = struct.pack("<HBBiQ", 7, 3, 0, -5, 1 << 63)
    found = decode([page(0, event(0, data))], LAYOUT)
    assert values(found, found.at, Field(4, 4, True, False)).tolist() == [-5]
    assert values(found, found.at, Field(4, 4, False, False)).tolist() == [(1 << 32) - 5]
    assert values(found, found.at, Field(2, 1, False, False)).tolist() == [3]
    assert values(found, found.at, Field(8, 8, False, False)).tolist() == [-(1 << 63)]


@given(st.lists(st.tuples(st.text("abcdefghé-_0123", max_size=40), st.integers(0, 3)), min_size=1, max_size=40))
def test_texts_are_found_at_any_place_and_with_anything_around_them(placed: list[tuple[str, int]]) -> None:
    names, parts = [name for name, _ in placed], []
    for name, gap in placed:
        raw = name.encode() + b"\0"
        padded = b"\xaa" * gap + raw + b"\xff" * (-(len(raw) + gap) % 4)
        parts.append(event(1, struct.pack("<HHI", 7, 0, len(raw) << 16 | 8 + gap) + padded))
    found = decode([b"".join(page(0, part) for part in parts)], LAYOUT)
    index, distinct = texts(found, found.at, Field(4, 4, False, True))
    assert [distinct[i] for i in index.tolist()] == names
    assert len(set(distinct)) == len(distinct)


def test_arrays_of_characters_end_at_their_first_nul() -> None:
    names = (b"sh\0garbage", b"sh\0rubbish", b"sixteen letters!")
    found = decode([page(0, *(event(1, struct.pack("<HH16s", 7, 0, name)) for name in names))], LAYOUT)
    index, distinct = texts(found, found.at, Field(4, 16, False, False))
    assert [distinct[i] for i in index.tolist()] == ["sh", "sh", "sixteen letters!"]


@given(st.binary(min_size=0, max_size=200), st.integers(0, 4080))
def test_damaged_pages_end_early_and_raise_nothing(noise: bytes, commit: int) -> None:
    raw = struct.pack("<QQ", 5, commit) + noise
    found = decode([raw + bytes(LAYOUT.size - len(raw))], LAYOUT)
    assert len(found.time) == len(found.at) == len(found.id)
    assert ((found.at >= LAYOUT.data) & (found.at < LAYOUT.size)).all()


def test_format_files() -> None:
    found = parse_format(KMEM_CACHE_FREE)
    assert (found.name, found.id) == ("kmem_cache_free", 656)
    assert found.fields["ptr"] == Field(16, 8, False, False)
    assert found.fields["name"] == Field(24, 4, False, True)
    assert found.fields["common_pid"].signed
    assert parse_page_format(HEADER_PAGE) == LAYOUT


@pytest.mark.parametrize("parse", [parse_format, parse_page_format])
def test_other_text_is_refused(parse: object) -> None:
    assert callable(parse)
    with pytest.raises(InputError):
        parse("hello\n")


def test_many_pages_decode_as_one_by_one() -> None:
    rng = np.random.default_rng(1)
    pages = [
        page(i * 100_000, *(event(int(rng.integers(0, 50)), numbered(int(rng.integers(0, 99)))) for _ in range(int(rng.integers(0, 100)))))
        for i in range(30)
    ]
    whole, single = decode([b"".join(pages)], LAYOUT), [decode([one], LAYOUT) for one in pages]
    assert whole.time.tolist() == [time for one in single for time in one.time.tolist()]
    assert numbers(whole) == [number for one in single for number in numbers(one)]


def test_pages_of_a_real_machine() -> None:
    pages, layout, forms, _ = captured()
    found = decode(pages, layout)
    counts = {name: int((found.id == form.id).sum()) for name, form in forms.items()}
    assert counts == {
        "kmalloc": 32, "kmem_cache_alloc": 864, "kfree": 372, "kmem_cache_free": 933, "task_newtask": 4, "task_rename": 4,
        "sched_process_exec": 4, "sched_process_exit": 7, "kernel_stack": 32,
    }  # fmt: skip
    assert np.bincount(found.processor).tolist() == [1131, 1121], "entries of per_cpu/cpu*/stats"
    assert found.lost.events.tolist() == [2932, 1210], "overrun of per_cpu/cpu*/stats"
    assert found.time[[0, 1131]].tolist() == found.lost.time.tolist() == [23_494_069_076_119, 23_494_068_677_999]
    assert all((np.diff(found.time[found.processor == number]) >= 0).all() for number in (0, 1))
    index, names = texts(found, found.at[found.id == forms["kmem_cache_free"].id], forms["kmem_cache_free"].fields["name"])
    assert np.bincount(index)[names.index("names_cache")] == 466
