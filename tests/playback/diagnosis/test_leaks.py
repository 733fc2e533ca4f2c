"""Which growth is a leak: one test for each rule, each with the case that the rule must not catch."""

from pathlib import Path

import pytest

from tests.playback.diagnosis.kmem_events import Stream, evenly, recorded
from zoneviz.events import Kind
from zoneviz.playback.diagnosis import Diagnosis, diagnose

OPEN = ("__x64_sys_openat", "do_sys_openat2", "alloc_empty_file")
LOOKUP = ("__x64_sys_newfstatat", "d_alloc_parallel", "__d_alloc")
CHURN = Stream("kmalloc-64", "sh (7)", ("__x64_sys_read", "seq_open"), evenly(2000), life=0.05)


def found(folder: Path, *streams: Stream, seconds: float = 20.0, more: tuple[tuple[float, int, int, int], ...] = ()) -> Diagnosis:
    with recorded(folder / "a.zvz", [*streams, CHURN], seconds=seconds, more=more) as recording:
        return diagnose(recording)


def files(times: list[float], life: float | None = None) -> Stream:
    return Stream("filp", "web (41)", OPEN, times, life)


def test_steady_growth_is_a_leak_and_names_zone_process_and_call_site(tmp_path: Path) -> None:
    leak = found(tmp_path, files(evenly(400)))
    assert leak.verdict == "leak" and leak.growth is not None
    (row,) = leak.growth
    assert (row.zone, row.task, row.pid, row.call_site) == ("filp", "web", 41, "alloc_empty_file")
    assert (row.elements, row.bytes, row.allocations) == (400, 400 * 256, 400)
    assert row.bytes_per_s == pytest.approx(400 * 256 / 20)
    assert row.call_path == list(OPEN)


def test_churn_does_not_leak_however_much(tmp_path: Path) -> None:
    assert found(tmp_path, files(evenly(20_000), life=1.0)).verdict == "no-leak"


def test_elements_with_a_life_of_half_the_recording_do_not_leak(tmp_path: Path) -> None:
    assert found(tmp_path, files(evenly(4000), life=10.0)).verdict == "no-leak"


def test_a_leak_among_churn_of_the_same_call_site(tmp_path: Path) -> None:
    assert found(tmp_path, files(evenly(600), life=0.5), files(evenly(200))).verdict == "leak"


@pytest.mark.parametrize(("first", "last"), [(0.0, 3.0), (17.0, 20.0)])
def test_a_program_that_starts_does_not_leak(tmp_path: Path, first: float, last: float) -> None:
    assert found(tmp_path, files(evenly(2000, first, last))).verdict == "no-leak"


@pytest.mark.parametrize(("first", "last"), [(0.0, 9.0), (0.0, 4.5), (12.0, 20.0), (5.0, 14.0)])
def test_a_leak_may_begin_late_or_stop_early_if_it_is_even(tmp_path: Path, first: float, last: float) -> None:
    assert found(tmp_path, files(evenly(600, first, last))).verdict == "leak"


def test_a_cache_that_fills_ever_more_slowly_does_not_leak(tmp_path: Path) -> None:
    assert found(tmp_path, files([20 * (i / 3000) ** 4 for i in range(3000)])).verdict == "no-leak"


def test_few_elements_do_not_leak(tmp_path: Path) -> None:
    assert found(tmp_path, files(evenly(30))).verdict == "no-leak"


def test_what_the_system_takes_back_does_not_leak(tmp_path: Path) -> None:
    inodes = Stream("ext4_inode_cache", "find (9)", ("iget_locked", "ext4_alloc_inode"), evenly(5000))
    blobs = Stream("lsm_inode_cache", "find (9)", ("iget_locked", "security_inode_alloc"), evenly(5000))
    notes = Stream("kmalloc-192", "find (9)", ("allocate_slab", "alloc_slab_obj_exts"), evenly(300))
    walk = found(tmp_path, inodes, blobs, notes, Stream("dentry", "find (9)", LOOKUP, evenly(5000)))
    assert walk.verdict == "no-leak" and walk.growth == []
    assert walk.taken_back is not None
    assert [row.zone for row in walk.taken_back] == ["ext4_inode_cache", "dentry", "lsm_inode_cache"]


def test_dentries_without_inodes_are_names_that_do_not_exist(tmp_path: Path) -> None:
    leak = found(tmp_path, Stream("dentry", "web (41)", LOOKUP, evenly(5000)))
    assert leak.verdict == "leak" and leak.growth is not None and leak.growth[0].zone == "dentry"
    assert any("names that do not exist" in finding.sentence for finding in leak.findings)


def test_an_open_file_keeps_its_dentry(tmp_path: Path) -> None:
    dentries = Stream("dentry", "web (41)", ("alloc_file_pseudo", "__d_alloc"), evenly(400))
    leak = found(tmp_path, files(evenly(400)), dentries, Stream("dentry", "find (9)", LOOKUP, evenly(400)))
    assert leak.growth is not None
    assert [(row.zone, row.pid) for row in leak.growth] == [("filp", 41), ("dentry", 41)]
    assert not any("names that do not exist" in finding.sentence for finding in leak.findings)


def test_elements_that_replace_older_ones_do_not_leak(tmp_path: Path) -> None:
    older = tuple((time, int(Kind.ZFREE), 1, 256) for time in evenly(400))
    assert found(tmp_path, files(evenly(400)), more=older).verdict == "no-leak"


def test_another_program_that_ends_hides_no_leak(tmp_path: Path) -> None:
    older = tuple((time, int(Kind.ZFREE), 1, 256) for time in evenly(4000, 10.0, 11.0))
    assert found(tmp_path, files(evenly(400)), more=older).verdict == "leak"


def test_after_lost_events_only_what_was_never_freed_leaks(tmp_path: Path) -> None:
    lost = ((5.0, int(Kind.LOST), 1, 900),)
    assert found(tmp_path, files(evenly(1000), life=0.5), files(evenly(200)), more=lost).verdict == "no-leak"
    (tmp_path / "a.zvz").unlink()
    leak = found(tmp_path, files(evenly(200)), more=lost)
    assert leak.verdict == "leak"
    assert any("Events were lost at 1 place" in finding.sentence for finding in leak.findings)


def test_the_largest_leak_comes_first(tmp_path: Path) -> None:
    leak = found(tmp_path, files(evenly(400)), Stream("task_struct", "java (8)", ("copy_process",), evenly(100)))
    assert leak.growth is not None
    assert [row.task for row in leak.growth] == ["java", "web"]
    assert leak.findings[0].sentence.startswith("A leak by java (8): 100 of the 100 elements")


def test_closed_connections_that_wait_do_not_leak(tmp_path: Path) -> None:
    waiting = Stream("tw_sock_TCP", "interrupts (softirq)", ("tcp_time_wait", "inet_twsk_alloc"), evenly(4000))
    ports = Stream("tcp_bind_bucket", "curl (5)", ("tcp_v4_connect", "__inet_hash_connect"), evenly(4000))
    assert found(tmp_path, waiting, ports).verdict == "no-leak"


def test_nodes_of_maps_leak_only_with_what_is_mapped(tmp_path: Path) -> None:
    nodes = Stream("maple_node", "python (5)", ("do_mmap", "mas_preallocate"), evenly(200))
    assert found(tmp_path, nodes).verdict == "no-leak", "frees in bulk have no event"
    (tmp_path / "a.zvz").unlink()
    leak = found(tmp_path, nodes, Stream("vm_area_struct", "python (5)", ("__split_vma", "vm_area_dup"), evenly(400)))
    assert leak.growth is not None and {row.zone for row in leak.growth} == {"maple_node", "vm_area_struct"}


def test_data_that_waits_to_be_written_does_not_leak(tmp_path: Path) -> None:
    heads = Stream("jbd2_journal_head", "postgres (5)", ("jbd2_journal_add_journal_head",), evenly(4000))
    assert found(tmp_path, heads).verdict == "no-leak"
