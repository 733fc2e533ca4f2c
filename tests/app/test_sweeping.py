"""Sweeps: rows equal single runs, failures are rows, and a sweep continues where it was."""

from pathlib import Path

import pytest

from zoneviz.app.grid import Grid
from zoneviz.app.running import run
from zoneviz.app.sweeping import Sweep, estimate, row_of, run_one, sweep
from zoneviz.errors import UsageError
from zoneviz.recording.results import Found
from zoneviz.spec import RunSpec

FEW = RunSpec("fork-bomb", max_events=3000)


def test_a_row_is_the_result_of_a_plain_run(tmp_path: Path) -> None:
    grid = Grid.of(FEW, ["zone_map_size=128K,512K"], 2)
    end = sweep(grid, tmp_path / "a.zvs", 1)
    rows = list(Found(tmp_path / "a.zvs").rows())
    assert (end.before, end.done, end.of) == (0, 4, 4) and len(rows) == 4
    for row in rows:
        result, _ = run(
            RunSpec("fork-bomb", settings={"zone_map_size": row["set_zone_map_size"]}, seed=row["seed"], record=False, max_events=3000)
        )
        plain = {name: value for name, value in row_of(result).items() if name != "wall_seconds"}
        assert row == row | plain and row["digest"] and row["model"]
    assert [(row["point"], row["seed"]) for row in rows] == [(0, 1), (0, 2), (1, 1), (1, 2)]


def test_a_panic_says_what_ended_the_run() -> None:
    row = run_one(Grid.of(RunSpec("fork-bomb"), ["zone_map_size=64K"], 1).job(0, 1))
    assert row["outcome"] == "panic" and row["memory"] == "zone_map" and row["panic"] and row["zone"]


OWN = """
from zoneviz.scenarios import Parameter, Scenario

def start(run):
    run.kernel.end("finished") if run.params["x"] else run.params["nothing"]

SCENARIO = Scenario("own", "One that fails at 0.", start, (Parameter("x", "int", 1, "Not 0."),))
"""


def test_a_failed_run_is_a_row_with_its_reason_and_runs_again(tmp_path: Path) -> None:
    own, out = tmp_path / "own.py", tmp_path / "a.zvs"
    own.write_text(OWN)
    grid = Grid.of(RunSpec(own), ["x=0,1"], 1)
    sweep(grid, out, 1)
    failed, fine = Found(out).rows()
    assert failed["outcome"] == "failed" and "fails in line 5" in failed["why"] and failed["events"] is None
    assert fine["outcome"] == "finished" and fine["why"] == ""
    end = sweep(grid, out, 1)
    assert (end.before, end.done) == (1, 1)
    own.write_text(OWN + "\n# changed\n")
    with pytest.raises(UsageError, match="cannot be compared"):
        sweep(grid, out, 1)


def test_a_stopped_sweep_continues_and_may_get_more_seeds(tmp_path: Path) -> None:
    out, seen = tmp_path / "a.zvs", list[Sweep]()
    one = Grid.of(FEW, ["rate=5,10,20"], 1)
    first = sweep(one, out, 1, seen.append, lambda: seen[-1].done > 0)
    assert 1 <= first.done < 3
    digests = {row["point"]: row["digest"] for row in Found(out).rows()}
    two = Grid.of(FEW, ["rate=5,10,20"], 2)
    end = sweep(two, out, 1)
    assert (end.before, end.done, end.of) == (first.done, 6 - first.done, 6)
    rows = list(Found(out).rows())
    assert len(rows) == 6 and all(row["digest"] == digests[row["point"]] for row in rows if row["seed"] == 1 and row["point"] in digests)
    again = sweep(one, out, 1)
    assert (again.before, again.done, again.of) == (3, 0, 3)


def test_rate_and_time_left() -> None:
    assert Sweep(10, 0, 40, 5.0).left is None
    assert Sweep(10, 20, 40, 5.0).rate == 4.0 and Sweep(10, 20, 40, 5.0).left == 2.5


def test_the_estimate_is_one_run_times_all_by_the_workers() -> None:
    times = iter((10.0, 13.0))
    assert estimate(Grid.of(FEW, ["rate=5,10"], 100), 4, clock=lambda: next(times)) == 3.0 * 200 / 4
