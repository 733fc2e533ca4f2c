"""kernel-loop: results known from the real kernel, and the end of every operation."""

from collections import Counter

import pytest

from tests.mach.owners import Owners
from tests.scenarios.running import Result, run
from zoneviz.events import RECEIVE, Kind
from zoneviz.mach.ipc_port import NOTIFY_DEAD_NAME, NOTIFY_NO_SENDERS
from zoneviz.mach.sizes import PAGE
from zoneviz.scenarios import find
from zoneviz.scenarios.kernel_loop import PORTS

OPERATIONS = find("kernel-loop").parameters[0].choices


@pytest.mark.parametrize(("profile", "count"), [("upstream-2007", 1088), ("upstream-2005", 1084)])
@pytest.mark.parametrize("zone_map", ["12M", "4M"])
def test_empty_tasks_end_at_the_limit_of_ipc_spaces(profile: str, count: int, zone_map: str) -> None:
    result = run("kernel-loop", profile, kernel={"zone_map_size": zone_map}, operation="task_create")
    assert result.ended.outcome == "panic"
    assert result.ended.panic is not None
    assert (result.ended.panic.text, result.ended.panic.memory) == ("ipc_task_init", "ipc_spaces")
    assert result.kernel.operations == count


def test_port_sets_end_with_error_6() -> None:
    result = run("kernel-loop", operation="port_set_allocate")
    assert (result.ended.outcome, result.ended.kern_return) == ("error", 6)
    assert result.kernel.zones["ipc port sets"].in_use == 2252
    assert result.kernel.operations == 2252


def check_elements(result: Result) -> None:
    """Each zone holds what was allocated and not freed, and nothing has two owners."""
    kernel, held = result.kernel, dict[int, int]()
    for kind, _, _, _, _, zone, address, _, _ in result.events:
        if kind == Kind.ZALLOC:
            assert address not in held
            held[address] = zone
        elif kind == Kind.ZFREE:
            assert held.pop(address) == zone
    in_use = Counter(held.values())
    for each in kernel.zones.values():
        assert each.in_use == in_use[each.id]
        assert each.cur_size >= (each.in_use + len(each.free)) * each.elem_size
        assert len(set(each.free)) == len(each.free) and not held.keys() & set(each.free)
    for (name, address), owners in Owners(kernel).elements.items():
        assert owners == 1 and held[address] == kernel.zones[name].id


@pytest.mark.parametrize("profile", ["upstream-2007", "upstream-2005"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_ends(operation: str, profile: str) -> None:
    result = run("kernel-loop", profile, kernel={"zone_map_size": "512K"}, operation=operation, count="50")
    assert result.ended.outcome in ("panic", "error", "finished")
    if result.ended.outcome == "panic":
        assert result.ended.panic is not None
        assert result.ended.panic.call_path[-1] == "panic"
        assert result.events[-1][0] == Kind.PANIC
        if result.ended.panic.memory == "zone_map":
            assert result.kernel.zone_map.size - result.kernel.zone_map.used < 2 * PAGE
    elif result.ended.outcome == "error":
        assert result.ended.kern_return != 0
    check_elements(result)
    # The operations are the OPERATION events without an error.
    assert result.kernel.operations == sum(e[0] == Kind.OPERATION and e[5] == 0 for e in result.events)


@pytest.mark.parametrize("profile", ["upstream-2007", "antrik-2005"])
@pytest.mark.parametrize(("operation", "what"), [("no_senders_storm", NOTIFY_NO_SENDERS), ("dead_name_storm", NOTIFY_DEAD_NAME)])
def test_every_notification_of_a_storm_is_received(operation: str, what: int, profile: str) -> None:
    result = run("kernel-loop", profile, operation=operation, count="50")
    assert (result.ended.outcome, result.ended.kern_return) == ("finished", 0)
    assert sum(e[0] == Kind.NOTIFY and e[5] == what for e in result.events) == 50
    assert result.kernel.operations >= 50
    assert result.kernel.messages == 0


@pytest.mark.parametrize("operation", ["fork_like", "task_with_ports"])
def test_children_get_the_number_of_ports_that_is_set(operation: str) -> None:
    """0 means none; `auto` is the operation's own number."""
    ports = {}
    for text in ("0", "3", "auto"):
        result = run("kernel-loop", kernel={"zone_map_size": "1M", "task_max": "40"}, operation=operation, ports=text)
        child = result.kernel.tasks[10]
        ports[text] = sum(1 for entry in child.space.entries.values() if entry.bits & RECEIVE)
    assert ports["3"] == ports["0"] + 3
    assert ports["auto"] == ports["0"] + PORTS[operation]
    assert ports["0"] == (result.kernel.profile.ipc_compat + 2 if operation == "fork_like" else 0)


def test_no_threads_and_no_regions_mean_none() -> None:
    for text in ("0", "3"):
        kernel = {"zone_map_size": "1M", "task_max": "40"}
        child = run("kernel-loop", kernel=kernel, operation="fork_like", threads=text, regions=text).kernel.tasks[10]
        assert len(child.threads) == int(text)
        assert len(child.map.entries) == 5 + int(text)  # the program itself has five


@pytest.mark.parametrize("operation", ["mach_msg_send", "mach_port_allocate"])
def test_12_mib_of_ram_are_used_up_before_a_zone_map_of_12_mib(operation: str) -> None:
    result = run("kernel-loop", "upstream-2007", kernel={"zone_map_size": "12M", "ram": "12M"}, operation=operation)
    assert result.ended.outcome == "hang"
    assert result.kernel.zone_map.used < result.kernel.zone_map.size
    assert "waits in vm_page_wait" in result.ended.why


def test_more_zone_map_means_more_rounds() -> None:
    runs = [run("kernel-loop", kernel={"zone_map_size": size}, operation="mach_port_allocate") for size in ("512K", "1M")]
    rounds = [result.kernel.operations for result in runs]
    # 76 bytes for each port and 16 for each name; most names are in kalloc_map.
    assert 0.9 * 524288 / 76 < rounds[1] - rounds[0] < 1.02 * 524288 / 76


def test_waiting_senders_keep_their_stacks_and_receivers_do_not() -> None:
    receive = run("kernel-loop", kernel={"zone_map_size": "1M"}, operation="thread_receive").kernel
    send = run("kernel-loop", kernel={"zone_map_size": "1M"}, operation="thread_send").kernel
    base = run("boot").kernel.kernel_map.used - (11 << 20)
    assert receive.kernel_map.used - base < 16 * PAGE
    # All except the stacks that were free at boot.
    assert send.kernel_map.used - base >= (send.operations - 2) * PAGE
