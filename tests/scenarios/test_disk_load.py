"""disk-load: a sync of many files, and the threads of the pager that wait for the disk."""

import pytest

from tests.scenarios.running import Result, run
from zoneviz.events import Kind
from zoneviz.hurd.policies import THREAD_MAX
from zoneviz.mach.memory_object import DATA_RETURN


def burst(libports: str, **params: str) -> Result:
    result = run("disk-load", "debian-2005", seed=1, kernel={"libports": libports}, **params)
    assert result.ended.outcome == "finished"
    assert result.kernel.messages == 0
    return result


def pagers(result: Result) -> int:
    peaks: dict[str, int] = result.ended.extra["peak_threads"]
    return peaks["ext2fs pager"]


def test_many_files_create_hundreds_of_threads_that_wait_for_the_disk() -> None:
    result = burst("plain", pages="1200", file="4")
    assert 200 < pagers(result) <= 301
    name = result.kernel.catalog.names.intern("device_write")
    waited = {e[5] for e in result.events if e[0] == Kind.THREAD_BLOCK and e[8] == name}
    assert len(waited) > 200
    # Each file was sent in its own message, nearly all before the pager ran.
    sent = [e[1] for e in result.events if e[0] == Kind.MSG_SEND and e[5] == DATA_RETURN]
    assert len(sent) == 300
    assert result.ended.extra["rounds"][0]["seconds"] > 1200 * 250e-6


def test_one_file_creates_no_more_threads_than_its_runs() -> None:
    assert 20 < pagers(burst("plain", pages="1200", file="1200")) <= 1200 // 32 + 2


@pytest.mark.parametrize(("libports", "most"), [("pool", 10), ("throttle", THREAD_MAX + 1)])
def test_a_pool_and_the_throttle_limit_the_threads(libports: str, most: int) -> None:
    assert pagers(burst(libports, pages="1200")) <= most


def test_a_second_burst_uses_the_threads_of_the_first() -> None:
    result = burst("plain", pages="400", bursts="2")
    first, second = (r["peak_threads"]["ext2fs pager"] for r in result.ended.extra["rounds"])
    assert 50 < first <= second < 2 * first
