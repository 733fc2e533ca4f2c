"""Sweeps on a Dask cluster: the rows are those of this machine, a lost worker's runs are repeated, and failures are one sentence."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.app.cluster_jobs import Unreadable, double, until_stopped
from zoneviz.app import cluster
from zoneviz.app.cluster import KEPT, Cluster
from zoneviz.app.grid import Grid
from zoneviz.app.pool import KILLED
from zoneviz.app.sweeping import Sweep, sweep
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.recording.results import Found
from zoneviz.spec import RunSpec

distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed: pip install 'zoneviz[cluster]'")
FEW = RunSpec("fork-bomb", max_events=3000)


def local(workers: int) -> Any:
    return distributed.LocalCluster(n_workers=workers, threads_per_worker=2, processes=True, dashboard_address=":0")


@pytest.fixture(scope="module")
def two() -> Iterator[Any]:
    with local(2) as found:
        yield found


@pytest.fixture
def joined(two: Any) -> Iterator[Cluster]:
    with Cluster(two.scheduler_address) as found:
        yield found


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows without the seconds that they took."""
    return [{**row, "wall_seconds": None} for row in Found(path).rows()]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_worker_killed_in_the_middle_loses_no_run(two: Any, joined: Cluster, tmp_path: Path) -> None:
    grid = Grid.of(FEW, ["rate=1..12:1"], 2)
    with distributed.Client(two.scheduler_address, set_as_default=False) as client:
        victim = next(iter(client.run(os.getpid).values()))
    killed: list[int] = []

    def kill_one(now: Sweep) -> None:
        if now.done == 3 and not killed:
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

    end = sweep(grid, tmp_path / "there.zvs", joined, kill_one)
    assert killed and (end.done, end.of) == (24, 24)
    sweep(grid, tmp_path / "here.zvs", 1)
    assert rows(tmp_path / "there.zvs") == rows(tmp_path / "here.zvs")
    assert {row["outcome"] for row in rows(tmp_path / "there.zvs")} == {"interrupted"}


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_job_that_takes_its_workers_down_is_named(two: Any, joined: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two.scheduler, "allowed_failures", 0)
    done: dict[int, Any] = {}
    joined.run_all(double, [-3], done.__setitem__, lambda job: {"why": KILLED})
    joined.run_all(double, [1, 2], done.__setitem__, lambda job: {"why": KILLED})
    assert done == {-3: {"why": KILLED}, 1: {"twice": 2}, 2: {"twice": 4}}


def test_another_model_ends_the_sweep_and_what_is_done_stays(joined: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "a.zvs"
    sweep(Grid.of(FEW, ["rate=5,10"], 1), out, joined)
    monkeypatch.setattr(cluster, "model_version", lambda own: "0123abcd")
    sentence = r"^The worker tcp://\S+ has model \w+, this zoneviz has model 0123abcd; install the same .*\. The finished runs are kept"
    with pytest.raises(EnvironmentProblem, match=sentence):
        sweep(Grid.of(FEW, ["rate=5,10"], 2), out, joined)
    assert len(rows(out)) == 2
    monkeypatch.undo()
    assert sweep(Grid.of(FEW, ["rate=5,10"], 2), out, joined).done == 2


def test_a_scenario_of_ones_own_must_be_readable_there(joined: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own.py"
    own.write_text(
        "from zoneviz.scenarios import Parameter, Scenario\n\n"
        "SCENARIO = Scenario('own', 'Ends.', lambda run: run.kernel.end('finished'), (Parameter('x', 'int', 1, 'Any.'),))\n"
    )
    grid = Grid.of(RunSpec(own), ["x=1,2"], 1)
    sweep(grid, tmp_path / "a.zvs", joined)
    assert [row["outcome"] for row in rows(tmp_path / "a.zvs")] == ["finished", "finished"]
    monkeypatch.setattr(cluster, "model_version", lambda own: "0123abcd+4567")
    with pytest.raises(EnvironmentProblem, match=r"has no readable \S+gone\.py, this zoneviz has model 0123abcd\+4567;"):
        joined.run_all(double, [1], lambda job, row: None, lambda job: {}, own=tmp_path / "gone.py")


def test_a_cluster_without_zoneviz_is_reported_in_one_sentence(joined: Cluster) -> None:
    with pytest.raises(EnvironmentProblem, match=r"cannot run zoneviz \(.*\); its scheduler and workers need the same zoneviz") as refused:
        joined.run_all(lambda job, stop: {}, [Unreadable()], lambda job, row: None, lambda job: {})
    assert "\n" not in str(refused.value) and str(refused.value).endswith(KEPT)


def test_runs_in_hand_end_early_when_nobody_wants_them(joined: Cluster, tmp_path: Path) -> None:
    files = [tmp_path / "a", tmp_path / "b"]
    done: list[str] = []
    joined.run_all(
        until_stopped, map(str, files), lambda job, row: done.append(job), lambda job: {}, lambda: any(file.exists() for file in files)
    )
    until(lambda: all(Path(f"{file}.stopped").exists() for file in files if file.exists()))
    assert not done


def test_a_cluster_that_loses_its_workers_or_its_scheduler_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "a"

    def leave() -> bool:
        if file.exists():
            small.scale(0)
        return False

    with ExitStack() as stack:
        with local(1) as small:
            here = stack.enter_context(Cluster(small.scheduler_address, patience=0.0, answer=3.0))
            with pytest.raises(EnvironmentProblem, match=r"has had no workers for 0 s\. The finished runs are kept"):
                here.run_all(until_stopped, [str(file)], lambda job, row: None, lambda job: {}, leave)
        with pytest.raises(EnvironmentProblem, match=r"is lost\. The finished runs are kept"):
            here.run_all(double, [1], lambda job, row: None, lambda job: {})


def test_a_cluster_that_cannot_be_joined_is_refused() -> None:
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0") as empty:
        with pytest.raises(EnvironmentProblem, match="has no workers; start some with `dask worker tcp"):
            Cluster(empty.scheduler_address, answer=0.5)
        address = empty.scheduler_address
    with pytest.raises(EnvironmentProblem, match="does not answer; start its scheduler"):
        Cluster(address, answer=0.5)
    for wrong in ("somewhere", "foo://here:1", "tcp://here"):
        with pytest.raises(UsageError, match=f"--cluster '{wrong}' is not an address"):
            Cluster(wrong)


def until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
