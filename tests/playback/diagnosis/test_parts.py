"""The pieces a diagnosis is made of."""

import numpy as np
import pytest

from tests.playback.diagnosis.conftest import Recorded
from zoneviz import words
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.playback.diagnosis.changes import grows_since, pieces
from zoneviz.playback.diagnosis.counting import Counts, counting
from zoneviz.playback.diagnosis.families import MEMORY, MESSAGES, NAMES, PORTS, TASKS, THREADS, family_of
from zoneviz.playback.diagnosis.fragments import fragments
from zoneviz.playback.diagnosis.memories import NAME_LENGTH, Memory
from zoneviz.playback.diagnosis.patterns import Grown, verdict
from zoneviz.playback.diagnosis.usage import growth, usage_of

FULL = [Memory("zone_map", 100, 100, 0, ended=True)]


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("mach_msg_trap > _Xtask_create > task_create > ipc_task_init > ipc_port_alloc_special", TASKS),
        ("_Xthread_create > thread_create > ipc_thread_init > ipc_port_alloc", THREADS),
        ("mach_call_call > mach_reply_port > ipc_port_alloc > ipc_object_alloc", THREADS),
        ("_Xmach_port_allocate > mach_port_allocate > ipc_port_alloc > ipc_entry_alloc > ipc_table_realloc", PORTS),
        ("mach_msg_trap > mach_msg_send > ipc_kmsg_get", MESSAGES),
        ("task_terminate > ipc_space_destroy > ipc_right_clean > ipc_port_destroy > ipc_notify_dead_name > ipc_kmsg_alloc", MESSAGES),
        ("_take_trap > user_trap > vm_fault > vm_map_lookup > vm_object_shadow > vm_object_allocate > ipc_port_alloc_special", TASKS),
        ("_take_trap > user_trap > vm_fault > vm_map_lookup > vm_object_allocate > ipc_port_alloc_special", MEMORY),
        ("setup_main > zinit", len(NAMES) - 1),
    ],
)
def test_the_outermost_frame_that_says_it_decides(path: str, family: int) -> None:
    assert family_of(path.split(" > ")) == family


def test_a_curve_grows_since_its_last_bend() -> None:
    x = np.arange(0, 100_000, 100)
    y = np.where(x < 70_000, 5_000 + (x // 100) % 7, 5_000 + (x - 70_000) * 3)
    found = grows_since(x, y)
    assert found is not None and abs(int(x[found]) - 70_000) <= 500
    assert grows_since(x, y[::-1].copy()) is None
    assert grows_since(x, np.full_like(x, 7)) is None


def test_bends_are_found_where_they_are() -> None:
    x = np.arange(500)
    y = np.concatenate([np.arange(200) * 10, np.full(150, 2000), 2000 + np.arange(150) * 4])
    found = pieces(x, y)
    assert [p.first for p in found] == pytest.approx([0, 200, 350], abs=4)
    assert [p.rise for p in found] == pytest.approx([2000, 0, 600], abs=30)


def test_growth_is_the_difference_of_two_moments(recorded: Recorded) -> None:
    recording = recorded("fork-bomb")
    a, b = Player(recording).seek(recording.event_count // 3), Player(recording).seek(recording.event_count)
    grown = growth(a, b)
    assert int(grown.bytes.sum()) == int(usage_of(b).bytes.sum()) - int(usage_of(a).bytes.sum())
    assert grown.bytes[0] == grown.bytes.max() and (grown.count != 0).any()


def test_counts_are_those_of_the_events(recorded: Recorded) -> None:
    recording = recorded("fork-bomb")
    counts = next(told for told in counting(recording, 1000, recording.event_count) if isinstance(told, Counts))

    def by(kind: Kind, column: str) -> dict[int, int]:
        rows = recording.query(f"SELECT {column} AS id, count(*) AS n FROM events WHERE kind = ? AND seq > 1000 GROUP BY 1", (int(kind),))
        return {row["id"]: row["n"] for row in rows}

    assert counts.threads == by(Kind.THREAD_CREATE, "extra")
    assert counts.received == by(Kind.MSG_RECEIVE, "task")
    assert len(counts.parents) == sum(by(Kind.TASK_CREATE, "subject").values())
    used = Player(recording).at_end().machine()["kalloc_map"]["used"]
    number = next(m.id for m in recording.catalog.maps if m.name == "kalloc_map")
    assert int(counts.regions.size[counts.regions.map == number].sum()) == used


def test_free_elements_and_what_collection_could_return(recorded: Recorded) -> None:
    state = Player(recorded("kernel-loop", "operation=mach_msg_send")).at_end()
    found, zones = fragments(state), state.machine()["zones"]
    assert found.free == sum(zone["free"] * zone["elem_size"] for zone in zones)
    assert found.collectable == sum(zone["free"] * zone["elem_size"] for zone in zones if zone["name"] in ("kalloc.4096", "kalloc.8192"))


def test_recursive_forking_has_no_one_parent() -> None:
    new = tuple(range(10, 60))
    parts = {"processes": 90, "threads": 5, "ports": 5}
    parts |= dict.fromkeys(("messages", "address spaces", "other"), 0)
    bomb = Grown(new, {}, {}, {}, 0, {9: 50})
    chain = Grown(new, {}, {}, {}, 0, {task - 1: 1 for task in new})
    assert (verdict(FULL, parts, parts, parts, bomb).pattern, verdict(FULL, parts, parts, parts, bomb).task) == ("fork bomb", 9)
    assert verdict(FULL, parts, parts, parts, chain).pattern == "recursive forking"


EMPTY = dict.fromkeys(("processes", "threads", "ports", "messages", "address spaces", "other"), 0)


def test_without_most_of_it_nothing_is_a_cause() -> None:
    more = Grown((), {3: 500}, {4: 5000}, {}, 0, {})

    def said(**parts: int) -> tuple[str, str]:
        found = verdict(FULL, EMPTY | parts, EMPTY | parts, EMPTY | parts, more)
        return found.pattern, found.confidence

    assert said(threads=60, ports=40) == ("thread explosion", "cause")
    assert said(threads=46, ports=30, other=24) == ("thread explosion", "likely")
    assert said(threads=51, ports=49) == ("other", "open")


def test_what_stopped_growing_is_a_load_that_stands() -> None:
    more = Grown((), {3: 500}, {4: 5000}, {}, 0, {})

    def said(threads: int, ports: int, last: str) -> tuple[str, str]:
        late = EMPTY | {"threads": threads, "ports": ports}
        found = verdict(FULL, EMPTY | {"threads": 35, "ports": 65}, late, EMPTY | {last: 5}, more)
        return found.pattern, found.confidence

    assert said(24, 1, "threads") == ("thread explosion", "cause")
    assert said(15, 10, "threads") == ("thread explosion", "likely")
    assert said(9, 16, "ports") == ("port leak", "cause")
    # It fills the memory, and yet something else took the very last of it.
    assert said(9, 16, "threads") == ("port leak", "likely")


def test_a_zone_map_full_of_free_elements_is_not_filling_up() -> None:
    more = Grown((), {3: 500}, {}, {}, 0, {})
    full = [Memory("zone_map", 1000, 1000, 0)]

    def said(threads: int) -> str:
        parts = EMPTY | {"threads": threads}
        return verdict(full, parts, parts, parts, more).pattern

    assert (said(60), said(600)) == ("none", "thread explosion")


def test_hostile_names_become_one_plain_line() -> None:
    name = words.one_line("<b>\u202eevil\n\x1b[31m" + "x" * 10_000, NAME_LENGTH)
    assert len(name) <= NAME_LENGTH and name.isprintable() and "<b>" in name
