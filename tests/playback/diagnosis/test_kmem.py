"""Verdicts on kmem events: which recordings have one, and what else the result holds."""

from pathlib import Path

import pytest

from tests.playback.diagnosis.kmem_events import Stream, evenly, recorded
from zoneviz.playback.diagnosis import diagnose
from zoneviz.playback.diagnosis.kmem import named
from zoneviz.recording.header import IMPORTED

LEAK = Stream("filp", "web (41)", ("__x64_sys_openat", "alloc_empty_file"), evenly(400))
CHURN = Stream("kmalloc-1k", "sh (7)", ("seq_open",), evenly(2000), life=0.05)


@pytest.mark.parametrize(
    ("name", "command", "pid"),
    [
        ("bash (23796)", "bash", 23796),
        ("pid 99", "pid 99", 99),
        ("kworker/0:1 (kernel thread 23)", "kworker/0:1", 23),
        ("a (b) (7)", "a (b)", 7),
        ("interrupts", "interrupts", None),
        ("odd (name)", "odd (name)", None),
    ],
)
def test_the_name_of_a_task_has_command_and_pid(name: str, command: str, pid: int | None) -> None:
    assert named(name) == (command, pid)


def test_the_result_as_json(tmp_path: Path) -> None:
    with recorded(tmp_path / "a.zvz", [LEAK, CHURN]) as recording:
        found = diagnose(recording)
    json = found.as_json()
    assert json["verdict"] == "leak" and json["confidence"] == "cause" and json["pattern"] == "other"
    assert json["growth"] == [
        {
            "zone": "filp", "task": "web", "pid": 41, "call_site": "alloc_empty_file", "elements": 400, "bytes": 102400,
            "bytes_per_s": 5120.0, "allocations": 400, "call_path": ["__x64_sys_openat", "alloc_empty_file"], "task_id": 1, "path": 2,
            "merged": [],
        }
    ]  # fmt: skip
    assert json["taken_back"] == []
    assert [(row["zone"], row["allocs"], row["kept"]) for row in json["zones"]] == [("filp", 400, 400), ("kmalloc-1k", 2000, 5)]
    assert [(row["zone"], row["task_name"]) for row in json["holders"]] == [("filp", "web (41)"), ("kmalloc-1k", "sh (7)")]


@pytest.mark.parametrize(
    ("streams", "time_kind", "why"),
    [
        ([LEAK], "ns", "there is no free in it"),
        ([LEAK, CHURN], "events", "its events have no time"),
        ([], "ns", "there is no allocation in it"),
    ],
)
def test_events_that_cannot_say(tmp_path: Path, streams: list[Stream], time_kind: str, why: str) -> None:
    with recorded(tmp_path / "a.zvz", streams, time_kind=time_kind, kind=IMPORTED) as recording:
        found = diagnose(recording)
    assert found.verdict is None and found.growth is None and found.taken_back is None
    assert found.findings[0].sentence.startswith(f"This recording cannot say whether memory leaks: {why}")
    assert found.confidence == "open"


def test_a_live_recording_has_all_frees(tmp_path: Path) -> None:
    with recorded(tmp_path / "a.zvz", [LEAK]) as recording:
        assert diagnose(recording).verdict == "leak", "the one process that was recorded frees nothing"


def test_a_short_recording_cannot_say(tmp_path: Path) -> None:
    short = Stream("filp", "web (41)", ("alloc_empty_file",), evenly(400, last=4.0))
    with recorded(tmp_path / "a.zvz", [short, CHURN], seconds=4.0) as recording:
        found = diagnose(recording)
    assert found.verdict is None and "shorter than 5 s; record 20 s or more" in found.findings[0].sentence


def test_the_verdict_is_of_the_stretch_that_was_asked_for(tmp_path: Path) -> None:
    late = Stream("filp", "web (41)", ("alloc_empty_file",), evenly(100, 17.5, 20.0))
    with recorded(tmp_path / "a.zvz", [late, CHURN]) as recording:
        assert diagnose(recording).verdict == "no-leak"
        first = recording.seq_at(14_000_000_000)
        assert diagnose(recording, first=first).verdict == "no-leak", "2.5 s are too short for a leak"
        ends = diagnose(recording, at=first)
    assert ends.at == first and ends.verdict == "no-leak" and ends.growth == []


def test_a_leak_that_frees_some_is_only_likely(tmp_path: Path) -> None:
    freed = Stream("filp", "web (41)", ("__x64_sys_openat", "alloc_empty_file"), evenly(400), life=0.1)
    with recorded(tmp_path / "a.zvz", [LEAK, freed, CHURN]) as recording:
        found = diagnose(recording)
    assert found.verdict == "leak" and found.confidence == "likely"
