"""The planted leaks: what counts as named right, the table, and that the programs run and end."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tools import leaking, planted_leaks
from tools.planted_leaks import PLANTED, PROGRAMS, Row, same_cache, table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "diagnosis.md"
TIMERS = next(planted for planted in PLANTED if planted.name == "timers")


def found(verdict: str, **first: Any) -> dict[str, Any]:
    named = {"zone": "posix_timers_cache", "task": "leak-timers", "pid": 7, "call_site": "do_timer_create"} | first
    row = named | {"elements": 400, "allocations": 400, "bytes_per_s": 2048.0}
    return {"verdict": verdict, "growth": [row] if verdict == "leak" else []}


def test_each_program_is_planted_once() -> None:
    assert [planted.name for planted in PLANTED] == list(leaking.PROGRAMS)
    assert len(PLANTED) == 12


@pytest.mark.parametrize("name", leaking.PROGRAMS)
def test_a_program_leaks_and_ends(name: str) -> None:
    if sys.platform != "linux":
        pytest.skip("the programs leak from Linux")
    done = subprocess.run([sys.executable, str(PROGRAMS), name, "0.05"], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ready\n", "")


@pytest.mark.parametrize(
    ("result", "right"),
    [
        (found("leak"), True),
        (found("no-leak"), False),
        (found("leak", pid=8), False),
        (found("leak", task="sh"), False),
        (found("leak", zone="filp"), False),
        (found("leak", call_site="kstrdup"), False),
    ],
)
def test_a_leak_is_right_if_cache_process_and_call_site_are(result: dict[str, Any], right: bool) -> None:
    assert Row("POSIX timers", TIMERS, 7, result).right is right


def test_a_sound_machine_is_right_without_a_leak() -> None:
    assert Row("a quiet machine", None, 0, found("no-leak")).right
    assert not Row("a quiet machine", None, 0, found("leak")).right
    assert not Row("a quiet machine", None, 0, found("leak") | {"verdict": None}).right


def test_a_merged_cache_is_the_expected_one(tmp_path: Path) -> None:
    (tmp_path / ":A-0000384").mkdir()
    for name in ("mnt_cache", "posix_timers_cache"):
        (tmp_path / name).symlink_to(":A-0000384")
    (tmp_path / "filp").mkdir()
    assert same_cache("mnt_cache", ("posix_timers_cache",), tmp_path)
    assert same_cache("filp", ("filp",), tmp_path)
    assert not same_cache("filp", ("dentry",), tmp_path), "two caches of which neither is merged"


def test_the_table() -> None:
    rows = [
        Row("POSIX timers", TIMERS, 7, found("leak"), 420),
        Row("POSIX timers", TIMERS, 7, found("no-leak")),
        Row("a quiet machine", None, 0, found("no-leak")),
    ]
    lines = table(rows, 20.0, "6.18").splitlines()
    assert lines[0] == (
        "Linux 6.18, recorded for 20 s each: 1 of 2 planted leaks named with cache, process and call site, "
        "1 of 1 machines without a leak named so."
    )
    assert "| POSIX timers | `posix_timers_cache` | `do_timer_create` | `leak-timers` | 400 of 400 | +420 | 2.0 KiB | yes |" in lines
    assert "| POSIX timers | no-leak |  |  |  |  |  | **no** |" in lines
    assert "| a quiet machine | no-leak |  | yes |" in lines


def test_the_document_has_a_table_of_all_programs() -> None:
    text = DOCUMENT.read_text().partition(planted_leaks.BEGIN)[2].partition(planted_leaks.END)[0]
    for planted in PLANTED:
        assert f"| {planted.what} | " in text, "run make planted"
