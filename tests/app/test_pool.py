"""Jobs in processes: all are done, one that kills its process is named, and no process outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.pool_jobs import double, until_stopped
from zoneviz.app.pool import run_all

ROOT = Path(__file__).parents[2]


def test_all_jobs_are_done_and_taken_as_they_are_needed() -> None:
    taken: list[int] = []
    done: dict[int, int] = {}

    def jobs() -> Iterator[int]:
        for job in range(50):
            taken.append(job)
            assert len(taken) - len(done) <= 4
            yield job

    run_all(double, jobs(), 2, done.__setitem__, lambda job: -1)
    assert done == {job: 2 * job for job in range(50)}


def test_a_job_that_kills_its_process_is_named_and_the_others_are_done() -> None:
    done: dict[int, int] = {}
    run_all(double, [1, 2, -3, 4, 5, 6, 7], 2, done.__setitem__, lambda job: 0)
    assert done == {1: 2, 2: 4, -3: 0, 4: 8, 5: 10, 6: 12, 7: 14}


def test_an_error_of_the_caller_ends_the_jobs_in_hand(tmp_path: Path) -> None:
    waiting = tmp_path / "waiting"

    def fail_once_it_runs() -> bool:
        if waiting.exists():
            raise ValueError("disk full")
        return False

    with pytest.raises(ValueError, match="disk full"):
        run_all(until_stopped, [str(waiting)], 1, lambda job, result: None, str, fail_once_it_runs)


def test_jobs_in_hand_are_not_reported_after_a_stop(tmp_path: Path) -> None:
    file = tmp_path / "waiting"
    done: dict[str, str] = {}
    run_all(until_stopped, [str(file), str(tmp_path / "never")], 1, done.__setitem__, str, should_stop=file.exists)
    assert file.exists() and done == {}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
def test_processes_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "pid"
    code = (
        "from tests.app.pool_jobs import until_stopped\nfrom zoneviz.app.pool import run_all\n"
        f"if __name__ == '__main__': run_all(until_stopped, [{str(file)!r}], 1, print, str)\n"
    )
    script = tmp_path / "parent.py"
    script.write_text(code)
    parent = subprocess.Popen([sys.executable, str(script)], env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        _until(file.exists)
        worker = int(file.read_text())
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    _until(lambda: not _runs(worker))


def _runs(pid: int) -> bool:
    """Whether the process exists and is more than an entry that nobody has read."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _until(true: object, seconds: float = 120.0) -> None:
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
