"""churn leaves nothing behind; messages_then_gc returns pages, which receive rights then take."""

from itertools import pairwise

import pytest

from tests.scenarios.running import Result, run
from zoneviz.events import Kind
from zoneviz.mach.sizes import PAGE

PROFILES = ["upstream-2007", "upstream-2005"]
REGIONS = 40


def zones(result: Result) -> dict[str, tuple[int, int]]:
    return {zone.name: (zone.in_use, zone.cur_size) for zone in result.kernel.zones.values()}


@pytest.mark.parametrize("profile", PROFILES)
def test_churn_gives_back_what_it_takes(profile: str) -> None:
    few, many = (run("kernel-loop", profile, operation="churn", count=count) for count in ("3", "20"))
    assert (many.ended.outcome, many.kernel.operations) == ("finished", 20)
    assert zones(few) == zones(many)
    assert few.kernel.kernel_map.used == many.kernel.kernel_map.used
    assert len(many.kernel.tasks) == 2


def test_a_round_of_churn_shadows_each_region_once() -> None:
    """Besides the regions: the stack of the parent, and the zero-fill segment of both tasks."""
    result = run("kernel-loop", operation="churn", count="5")
    events, objects = result.events, result.kernel.zones["objects"].id
    ends = [index for index, event in enumerate(events) if event[0] == Kind.OPERATION]
    for first, last in pairwise(ends):
        shadows = sum(event[0] == Kind.OBJECT_SHADOW for event in events[first:last])
        gone = sum(event[0] == Kind.ZFREE and event[5] == objects for event in events[first:last])
        assert shadows == gone == REGIONS + 3


@pytest.mark.parametrize("profile", PROFILES)
def test_receive_rights_take_the_pages_of_collected_messages(profile: str) -> None:
    count = 200
    result = run("kernel-loop", profile, kernel={"zone_map_size": "1536K"}, operation="messages_then_gc", count=str(count))
    assert result.ended.panic is not None
    assert result.ended.panic.text == "zalloc: zone ipc ports exhausted"
    freed = [e[6] for e in result.events if e[0] == Kind.KMEM_FREE and e[5] == result.kernel.zone_map.id]
    # The reply buffer comes first, its second page before its first; then the messages in the order in which they were received.
    assert freed[0] == freed[1] + PAGE
    assert len(freed) == 2 + count
    assert freed[2:] == sorted(freed[2:])
    assert sum(e[0] == Kind.ZCOLLECT for e in result.events) == 1 + count
    first = next(index for index, e in enumerate(result.events) if e[0] == Kind.ZCOLLECT)
    assert set(freed[2:]) <= {e[6] for e in result.events[first:] if e[0] == Kind.KMEM_ALLOC}
    assert result.kernel.zones["kalloc.4096"].cur_size == PAGE  # the one that the console took at boot


def test_messages_that_do_not_fit_end_before_the_collection() -> None:
    result = run("kernel-loop", kernel={"zone_map_size": "512K"}, operation="messages_then_gc")
    assert result.ended.panic is not None
    assert result.ended.panic.text == "zalloc: zone kalloc.4096 exhausted"
    assert not any(e[0] == Kind.ZONE_GC for e in result.events[-10:])
