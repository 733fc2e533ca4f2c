"""The heatmap by owner sums to the events, by task and by name."""

from pathlib import Path

import pytest

from tests.recording.test_recorder import record
from zoneviz.playback.actions import by_task
from zoneviz.recording import Recording


def test_rows_and_columns(tmp_path: Path) -> None:
    record(tmp_path / "a.zvz", 10_000, [700])
    with Recording(tmp_path / "a.zvz") as recording:
        rows = recording.events()
        tasks = by_task(recording, "events", 2)
        assert tasks.values.sum() == 10_000 and tasks.edges.tolist() == [0, 8192, 10_000]
        assert dict(zip(tasks.names, tasks.values[:, 0].tolist(), strict=True)) == {
            "the kernel": (rows[:8192, 3] == 0).sum(), "task 1": (rows[:8192, 3] == 1).sum(), "task 2": (rows[:8192, 3] == 2).sum(),
        }  # fmt: skip
        sizes = rows[rows[:, 1] == 2, 8].sum()
        assert by_task(recording, servers=True).values.sum() == sizes == by_task(recording).values.sum()
        with pytest.raises(ValueError, match="figure must be one of"):
            by_task(recording, "beauty")
