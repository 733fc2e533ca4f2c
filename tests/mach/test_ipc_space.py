"""Names: tables and their growth, tree entries, user references (ipc_space.c, ipc_entry.c, ipc_right.c)."""

import itertools

import pytest

from tests.mach.bench import Bench
from zoneviz.events import DEAD_NAME, RECEIVE, SEND, Kind
from zoneviz.mach import traps
from zoneviz.mach.ipc_space import (
    KERN_INVALID_NAME,
    KERN_INVALID_RIGHT,
    KERN_INVALID_VALUE,
    KERN_NAME_EXISTS,
    KERN_RESOURCE_SHORTAGE,
    KERN_RIGHT_EXISTS,
)
from zoneviz.mach.kalloc import kalloc
from zoneviz.mach.mach_port import RIGHT_DEAD_NAME, RIGHT_PORT_SET, RIGHT_RECEIVE, RIGHT_SEND
from zoneviz.mach.message import COPY_SEND, MAKE_SEND
from zoneviz.mach.sizes import IPC_TABLE_SIZES, PAGE


@pytest.fixture
def bench() -> Bench:
    return Bench()


def receive_right(bench: Bench, task: int = 0) -> int:
    kr, name = bench.call(traps.port_allocate(task or bench.me))
    assert kr == 0
    assert isinstance(name, int)
    return name


def with_send(bench: Bench) -> int:
    """A name with a receive right and one send right."""
    name = receive_right(bench)
    assert bench.call(traps.port_insert_right(bench.me, name, name, MAKE_SEND)) == 0
    return name


def empty_task(bench: Bench) -> int:
    kr, task = bench.call(traps.task_create(bench.me, False))
    assert kr == 0
    assert isinstance(task, int)
    return task


def test_a_table_grows_for_the_first_name_beyond_it(bench: Bench) -> None:
    child = empty_task(bench)
    space = bench.task_of(child).space
    since = len(bench.events)
    sizes = [space.size]
    names = []
    for _ in range(300):
        names.append(receive_right(bench, child))
        if space.size != sizes[-1]:
            sizes.append(space.size)
    # Name 0 is reserved, so the fourth port needs the second table, and so on.
    assert names == list(range(1, 301))
    assert sizes == [4, 8, 16, 32, 64, 128, 256, 512]
    grown = [e for e in bench.kinds(Kind.TABLE_GROW, since=since) if e[5] == space.task_id]
    assert [(e[8], e[7]) for e in grown] == list(itertools.pairwise(sizes))


@pytest.mark.parametrize(("ports", "size"), [(4, 128), (8, 256), (16, 512), (32, 1024), (64, 2048)])
def test_small_tables_are_in_kalloc_zones(bench: Bench, ports: int, size: int) -> None:
    child = empty_task(bench)
    for _ in range(ports - 1):
        receive_right(bench, child)
    before = bench.in_use()
    receive_right(bench, child)
    after = bench.in_use()
    # The old table is freed, the new one is in the next zone, and the port is one more element.
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        f"kalloc.{size}": 1,
        f"kalloc.{size // 2}": -1,
        "ipc ports": 1,
    }


def test_tables_of_a_page_are_in_kalloc_map_with_an_object(bench: Bench) -> None:
    child = empty_task(bench)
    for _ in range(127):
        receive_right(bench, child)
    before, used = bench.in_use(), bench.kernel.kalloc_map.used
    receive_right(bench, child)
    after = bench.in_use()
    assert bench.kernel.kalloc_map.used - used == PAGE
    change = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert change == {"kalloc.2048": -1, "objects": 1, "kernel map entries": 1, "ipc ports": 2}
    # At the next steps the new range takes over the object; the old range is freed.
    for _ in range(128):
        receive_right(bench, child)
    assert bench.kernel.kalloc_map.used - used == 2 * PAGE
    final = bench.in_use()
    assert (final["objects"], final["kernel map entries"]) == (after["objects"], after["kernel map entries"])
    assert final["pv_list"] == after["pv_list"] + 1  # the old page was mapped twice for a moment
    assert bench.call(traps.task_terminate(child)) == 0
    assert bench.call(traps.port_deallocate(bench.me, child)) == 0
    assert bench.kernel.kalloc_map.used == used


def test_a_full_kalloc_map_is_error_6_without_a_leak(bench: Bench) -> None:
    child = empty_task(bench)
    for _ in range(127):
        receive_right(bench, child)
    while bench.kernel.kalloc_map.size - bench.kernel.kalloc_map.used >= 16384:
        assert kalloc(bench.kernel, 16384)
    before, used = bench.held(), bench.kernel.kalloc_map.used
    assert bench.call(traps.port_allocate(child))[0] == KERN_RESOURCE_SHORTAGE
    assert bench.held() == before
    assert bench.kernel.kalloc_map.used == used
    assert bench.kernel.ended is None


def test_freed_names_are_reused_last_in_first_out(bench: Bench) -> None:
    names = [receive_right(bench) for _ in range(6)]
    for name in (names[1], names[4], names[2]):
        assert bench.call(traps.port_destroy(bench.me, name)) == 0
    assert [receive_right(bench) for _ in range(3)] == [names[2], names[4], names[1]]


def test_a_chosen_name_beyond_the_table_is_a_tree_entry(bench: Bench) -> None:
    child = empty_task(bench)
    before = bench.in_use("ipc tree entries")["ipc tree entries"]
    assert bench.call(traps.port_allocate_name(child, RIGHT_DEAD_NAME, 65536)) == 0
    assert bench.in_use("ipc tree entries")["ipc tree entries"] == before + 1
    space = bench.task_of(child).space
    assert (space.size, space.entries[65536].bits) == (4, DEAD_NAME)
    assert bench.call(traps.port_allocate_name(child, RIGHT_DEAD_NAME, 65536)) == KERN_NAME_EXISTS
    assert bench.call(traps.port_deallocate(child, 65536)) == 0
    assert bench.in_use("ipc tree entries")["ipc tree entries"] == before


def test_a_chosen_name_within_the_table_allocates_nothing(bench: Bench) -> None:
    child = empty_task(bench)
    before = bench.in_use()
    assert bench.call(traps.port_allocate_name(child, RIGHT_DEAD_NAME, 3)) == 0
    assert bench.in_use() == before
    # Names that the kernel chooses leave it out.
    assert [receive_right(bench, child) for _ in range(3)] == [1, 2, 4]


def test_tree_entries_that_fit_a_grown_table_move_in(bench: Bench) -> None:
    child = empty_task(bench)
    before = bench.in_use("ipc tree entries")["ipc tree entries"]
    assert bench.call(traps.port_allocate_name(child, RIGHT_DEAD_NAME, 5)) == 0
    assert bench.in_use("ipc tree entries")["ipc tree entries"] == before + 1
    names = [receive_right(bench, child) for _ in range(5)]
    assert names == [1, 2, 3, 4, 6]
    assert bench.in_use("ipc tree entries")["ipc tree entries"] == before
    assert bench.task_of(child).space.entries[5].bits == DEAD_NAME


def test_tree_entries_grow_the_table_if_they_cost_more(bench: Bench) -> None:
    child = empty_task(bench)
    space, since = bench.task_of(child).space, len(bench.events)
    # Four more slots of 16 bytes cost less than three tree entries of 32.
    for name, size in ((4, 4), (5, 4), (6, 8)):
        assert bench.call(traps.port_allocate_name(child, RIGHT_DEAD_NAME, name)) == 0
        assert space.size == size
    assert all(not entry.tree for entry in space.entries.values())
    # The table grows before the third tree entry would be taken.
    tree = bench.kernel.zones["ipc tree entries"].id
    assert [event[0] for event in bench.events[since:] if event[5] == tree] == [Kind.ZALLOC] * 2 + [Kind.ZFREE] * 2


def test_user_references(bench: Bench) -> None:
    name = with_send(bench)
    port = bench.port(name)
    for _ in range(2):
        assert bench.call(traps.port_insert_right(bench.me, name, name, COPY_SEND)) == 0
    assert (bench.entry(name).urefs, port.srights) == (3, 1)
    assert bench.call(traps.port_mod_refs(bench.me, name, RIGHT_SEND, 4)) == 0
    assert bench.entry(name).urefs == 7
    assert bench.call(traps.port_mod_refs(bench.me, name, RIGHT_SEND, -8)) == KERN_INVALID_VALUE
    assert bench.call(traps.port_mod_refs(bench.me, name, RIGHT_SEND, -6)) == 0
    assert (bench.entry(name).urefs, port.srights) == (1, 1)
    assert bench.call(traps.port_deallocate(bench.me, name)) == 0
    assert (bench.entry(name).bits, port.srights) == (RECEIVE, 0)
    assert bench.call(traps.port_deallocate(bench.me, name)) == KERN_INVALID_RIGHT


def test_a_port_has_one_name(bench: Bench) -> None:
    name = with_send(bench)
    assert bench.call(traps.port_insert_right(bench.me, 77, name, MAKE_SEND)) == KERN_RIGHT_EXISTS
    assert bench.port(name).srights == 1
    other = receive_right(bench)
    assert bench.call(traps.port_insert_right(bench.me, other, name, MAKE_SEND)) == KERN_RIGHT_EXISTS
    assert 77 not in bench.space.entries


def test_a_name_in_use_is_refused(bench: Bench) -> None:
    child = empty_task(bench)
    taken = receive_right(bench, child)
    name = with_send(bench)
    assert bench.call(traps.port_insert_right(child, taken, name, MAKE_SEND)) == KERN_NAME_EXISTS
    assert bench.port(name).srights == 1


def test_invalid_names(bench: Bench) -> None:
    for trap in (
        traps.port_destroy(bench.me, 999),
        traps.port_deallocate(bench.me, 999),
        traps.port_mod_refs(bench.me, 999, RIGHT_SEND, 1),
        traps.port_move_member(bench.me, 999, 0),
    ):
        assert bench.call(trap) == KERN_INVALID_NAME


def test_a_right_to_a_dead_port_becomes_a_dead_name(bench: Bench) -> None:
    child = empty_task(bench)
    theirs = receive_right(bench, child)
    kr, mine = bench.call(traps.port_extract_right(child, theirs, MAKE_SEND))
    assert kr == 0
    assert bench.entry(mine).bits == SEND
    ports = bench.in_use("ipc ports")["ipc ports"]
    assert bench.call(traps.port_destroy(child, theirs)) == 0
    # The name was not looked up yet: the send right still references the structure.
    assert bench.in_use("ipc ports")["ipc ports"] == ports
    assert bench.call(traps.send(mine, 1, 24, timeout=0)) == 0x10000003
    assert bench.entry(mine).bits == DEAD_NAME
    assert bench.in_use("ipc ports")["ipc ports"] == ports - 1
    assert bench.call(traps.port_deallocate(bench.me, mine)) == 0
    assert mine not in bench.space.entries


def test_without_the_receive_right_the_send_right_is_a_dead_name(bench: Bench) -> None:
    name = with_send(bench)
    assert bench.call(traps.port_mod_refs(bench.me, name, RIGHT_RECEIVE, -1)) == 0
    assert bench.entry(name).bits == DEAD_NAME
    assert bench.call(traps.port_mod_refs(bench.me, name, RIGHT_DEAD_NAME, -1)) == 0
    assert name not in bench.space.entries


def test_mod_refs_destroys_a_port_set(bench: Bench) -> None:
    kr, pset = bench.call(traps.port_allocate(bench.me, RIGHT_PORT_SET))
    assert kr == 0
    assert bench.call(traps.port_mod_refs(bench.me, pset, RIGHT_PORT_SET, -1)) == 0
    assert pset not in bench.space.entries


def test_a_dying_space_drops_all_its_rights(bench: Bench) -> None:
    before = bench.held()
    child = empty_task(bench)
    for _ in range(20):
        receive_right(bench, child)
    for name in (100, 70000, 5_000_000):
        assert bench.call(traps.port_allocate_name(child, RIGHT_RECEIVE, name)) == 0
    assert bench.call(traps.port_allocate(child, RIGHT_PORT_SET))[0] == 0
    mine = with_send(bench)
    assert bench.call(traps.port_insert_right(child, 200, mine, MAKE_SEND)) == 0
    assert bench.call(traps.task_terminate(child)) == 0
    assert bench.call(traps.port_deallocate(bench.me, child)) == 0
    assert bench.port(mine).srights == 1
    assert bench.call(traps.port_destroy(bench.me, mine)) == 0
    assert bench.held() == before


def test_tables_never_shrink(bench: Bench) -> None:
    names = [receive_right(bench) for _ in range(40)]
    size = bench.space.size
    for name in names:
        assert bench.call(traps.port_destroy(bench.me, name)) == 0
    assert bench.space.size == size
    assert size in IPC_TABLE_SIZES
