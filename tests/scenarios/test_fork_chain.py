"""fork-chain: every child runs and terminates. tests/fidelity compares its events with those of the real kernel."""

from pathlib import Path

from zoneviz.app.running import run
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec


def test_every_child_runs_and_terminates(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    result, _ = run(RunSpec("fork-chain", settings=("children=3", "regions=4"), output=path))
    assert (result["outcome"], result["counts"]["operations"], result["counts"]["tasks"]) == ("finished", 3, 2)
    with Recording(path) as recording:
        rows = recording.query("SELECT subject_text AS word, extra AS level FROM events_named WHERE kind = 'MARK' ORDER BY seq")
    marks = [(row["word"], row["level"]) for row in rows]
    assert [level for word, level in marks if word == "child_started"] == [1, 2, 3]
    assert sorted(level for word, level in marks if word == "task_exits") == [1, 2, 3]
    assert marks[-1] == ("end", 0)


def test_the_first_thread_to_wake_in_a_tick_runs_last(tmp_path: Path) -> None:
    """All sleeping threads wake in one tick. The idle processor gets the first, which finds a requested switch and goes to the tail."""
    path = tmp_path / "a.zvz"
    run(RunSpec("fork-chain", "upstream-2007", output=path))
    with Recording(path) as recording:
        rows = recording.query("SELECT extra AS level FROM events_named WHERE kind = 'MARK' AND subject_text = 'woke' ORDER BY seq")
    assert [row["level"] for row in rows] == [2, 3, 4, 5, 1]


def test_a_chain_that_does_not_fit_panics() -> None:
    result, _ = run(RunSpec("fork-chain", settings=("children=30", "regions=300", "zone_map_size=64K"), record=False))
    assert result["outcome"] == "panic"
