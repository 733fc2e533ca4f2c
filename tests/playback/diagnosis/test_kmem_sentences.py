"""What is said about the growth of a live kernel."""

from pathlib import Path

import pytest

from tests.playback.diagnosis.kmem_events import Stream, evenly, recorded
from zoneviz.playback.diagnosis import Diagnosis, diagnose
from zoneviz.playback.diagnosis.kmem_sentences import system_call
from zoneviz.recording.header import IMPORTED, LIVE

OPEN = ("__x64_sys_openat", "path_openat", "alloc_empty_file")
CHURN = Stream("kmalloc-1k", "sh (7)", ("seq_open",), evenly(2000), life=0.05)
MIB = 1 << 20


def leak(path: tuple[str, ...] = OPEN, task: str = "web (41)") -> Stream:
    return Stream("filp", task, path, evenly(400))


def found(folder: Path, *streams: Stream, figures: dict[str, list[int]] | None = None, kind: str = LIVE) -> Diagnosis:
    with recorded(folder / "a.zvz", [*streams, CHURN], figures=figures, kind=kind) as recording:
        return diagnose(recording)


def said(diagnosis: Diagnosis, kind: str) -> list[str]:
    return [finding.sentence for finding in diagnosis.findings if finding.kind == kind]


@pytest.mark.parametrize(
    ("frames", "name"),
    [
        (["entry_SYSCALL_64_after_hwframe", "do_syscall_64", "__x64_sys_pipe2", "do_pipe2"], "pipe2"),
        (["__do_sys_add_key", "key_alloc"], "add_key"),
        (["__arm64_sys_epoll_ctl"], "epoll_ctl"),
        (["__sys_socketpair", "sock_alloc"], "socketpair"),
        (["__x64_sys_read.cold"], "read"),
        (["ret_from_fork", "kthread"], ""),
        ([], ""),
    ],
)
def test_the_system_call_of_a_path(frames: list[str], name: str) -> None:
    assert system_call(frames) == name


def test_a_leak_names_process_call_site_and_rate(tmp_path: Path) -> None:
    diagnosis = found(tmp_path, leak())
    (verdict,) = said(diagnosis, "pattern")
    assert verdict == (
        "A leak by web (41) in the system call openat: 400 of the 400 elements allocated at 1 call site in 20 s "
        "are still there, 100 KiB, +5 KiB/s."
    )
    (grows,) = said(diagnosis, "growth")
    assert grows == (
        "“filp” allocated by web (41) at alloc_empty_file in the system call openat: 400 of 400 still there, 100 KiB, "
        "+20 per second, +5 KiB/s."
    )
    finding = next(finding for finding in diagnosis.findings if finding.kind == "growth")
    assert (finding.zone, finding.task, finding.path) == ("filp", 1, 3)
    assert any("not the one that holds it now" in text for text in said(diagnosis, "unknown"))
    assert not said(diagnosis, "next")


def test_no_leak_says_what_is_left_and_what_the_system_takes_back(tmp_path: Path) -> None:
    inodes = Stream("ext4_inode_cache", "find (9)", ("ext4_alloc_inode",), evenly(500))
    diagnosis = found(tmp_path, inodes, Stream("filp", "sh (7)", ("alloc_empty_file",), [1.0] * 30))
    assert said(diagnosis, "pattern")[0].startswith("No leak in these 20 s: ")
    assert said(diagnosis, "most") == [
        "Most of what was allocated meanwhile and is still there: “filp” by sh (7) 7.5 KiB, “kmalloc-1k” by sh (7) 5 KiB."
    ]
    assert said(diagnosis, "innocent") == [
        "The system takes back when memory runs short: 551 KiB of what was allocated, most of it “ext4_inode_cache” by find (9) +551 KiB."
    ]
    assert said(diagnosis, "churn") == ["Most churn, elements allocated and freed: “kmalloc-1k” 2,000 and 1,995."]


def test_what_was_not_recorded_may_leak_as_well(tmp_path: Path) -> None:
    given = {"every": 1.0, "only": "filp,kmalloc-*", "min_size": 64, "pid": 41}
    with recorded(tmp_path / "a.zvz", [CHURN], parameters=given) as recording:
        (text,) = said(diagnose(recording), "filtered")
    assert text == "Only allocations from filp,kmalloc-* of at least 64 B by process 41 were recorded: others may leak, too."
    with recorded(tmp_path / "b.zvz", [CHURN], parameters={"every": 1.0, "events": True}) as recording:
        assert said(diagnose(recording), "filtered") == []


def test_call_sites_alone_lead_to_stacks(tmp_path: Path) -> None:
    assert "record again with --stacks" in said(found(tmp_path, leak(("alloc_empty_file",))), "next")[0]
    (tmp_path / "a.zvz").unlink()
    assert "record it again with call stacks" in said(found(tmp_path, leak(("alloc_empty_file",)), kind=IMPORTED), "next")[0]


def test_other_processes_that_leak_follow(tmp_path: Path) -> None:
    more = [Stream("kmalloc-64", f"job ({i})", ("kstrdup",), evenly(100 + i)) for i in range(50, 56)]
    texts = said(found(tmp_path, leak(), *more), "growth")
    assert [text.split(" at ")[0] for text in texts] == [
        "“filp” allocated by web (41)",
        *(f"“kmalloc-64” allocated by job ({i})" for i in (55, 54, 53)),
    ]


def test_when_the_limit_is_reached_by_the_curve_of_the_machine(tmp_path: Path) -> None:
    unreclaimable = [(100 + 10 * i) * MIB for i in range(20)]
    figures = {"slab_unreclaimable": unreclaimable, "available_memory": [600 * MIB - value for value in unreclaimable]}
    text = said(found(tmp_path, leak(), figures=figures), "growth")[-1]
    assert text.startswith("SUnreclaim is 290 MiB and can grow to 600 MiB: full in 30.5 s (")


def test_when_the_limit_is_reached_at_the_rate_of_the_leak(tmp_path: Path) -> None:
    figures = {"slab_unreclaimable": [100 * MIB] * 20, "available_memory": [500 * MIB] * 20}
    text = said(found(tmp_path, leak(), figures=figures), "growth")[-1]
    assert text == ("SUnreclaim is 100 MiB and can grow to 600 MiB: reached in 28.4 h at the rate of the leaks alone.")


def test_the_limit_of_the_control_group_is_nearer(tmp_path: Path) -> None:
    figures = {
        "slab_unreclaimable": [100 * MIB] * 3, "available_memory": [5000 * MIB] * 3,
        "cgroup_slab_unreclaimable": [10 * MIB] * 3, "cgroup_memory_limit": [30 * MIB] * 3,
    }  # fmt: skip
    text = said(found(tmp_path, leak(), figures=figures), "growth")[-1]
    assert text.startswith("slab_unreclaimable of the control group is 10 MiB and can grow to 30 MiB: ")


def test_a_merged_cache_is_named_with_the_others(tmp_path: Path) -> None:
    with recorded(tmp_path / "a.zvz", [leak(), CHURN], result={"merged": {"filp": ["a", "b", "c", "d", "e"], "dentry": 5}}) as recording:
        diagnosis = diagnose(recording)
    assert said(diagnosis, "growth")[0].startswith("“filp” (merged with a, b, c and 2 more) allocated by web (41)")
    assert diagnosis.growth is not None and diagnosis.growth[0].merged == ["a", "b", "c", "d", "e"]
    assert any("Linux merges caches" in text for text in said(diagnosis, "unknown"))


@pytest.mark.parametrize("merged", [None, 5, [], {"filp": "x"}, {"filp": [5]}])
def test_odd_names_of_merged_caches_are_left_out(tmp_path: Path, merged: object) -> None:
    with recorded(tmp_path / "a.zvz", [leak(), CHURN], result={"merged": merged}) as recording:
        diagnosis = diagnose(recording)
    assert diagnosis.growth is not None and diagnosis.growth[0].merged == []


def test_a_leak_of_several_system_calls_is_not_named_after_one(tmp_path: Path) -> None:
    other = Stream("kmalloc-1k", "web (41)", ("__x64_sys_socket", "sk_prot_alloc"), evenly(100))
    (verdict,) = said(found(tmp_path, leak(), other), "pattern")
    assert verdict.startswith("A leak by web (41): 500 of the 500 elements allocated at 2 call sites")
