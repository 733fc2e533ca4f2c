"""What is still there of what was allocated, counted in one pass."""

from pathlib import Path

import numpy as np
import pytest

from tests.playback.diagnosis.kmem_events import SECOND, Stream, evenly, recorded
from zoneviz.playback.diagnosis import survivors
from zoneviz.playback.diagnosis.survivors import SLICES, Survivors, surviving
from zoneviz.playback.player import Player
from zoneviz.recording import Recording

STREAMS = (
    Stream("filp", "web (41)", ("a", "alloc_empty_file"), evenly(200)),
    Stream("filp", "web (41)", ("b", "alloc_empty_file"), evenly(40)),
    Stream("filp", "sh (7)", ("a", "alloc_empty_file"), evenly(400), life=0.5),
    Stream("kmalloc-64", "sh (7)", ("c",), evenly(400), life=0.01),
)


def counted(recording: Recording, first: int = 0) -> Survivors:
    player = Player(recording)
    *steps, found = surviving(recording, player.seek(first), player.seek(recording.event_count))
    assert isinstance(found, Survivors) and all(isinstance(step, tuple) for step in steps)
    return found


def test_groups_are_of_zone_task_and_call_site(tmp_path: Path) -> None:
    with recorded(tmp_path / "a.zvz", STREAMS) as recording:
        found = counted(recording)
        assert found.span == 20 * SECOND
        assert [found.sites[site] for site in found.site.tolist()] == ["alloc_empty_file"] * 2
        assert found.zone.tolist() == [1, 1] and found.task.tolist() == [1, 2]
        assert found.count.tolist() == [240, 10] and found.bytes.tolist() == [240 * 256, 10 * 256]
        assert found.allocs.sum(axis=1).tolist() == [240, 400]
        assert found.kept[0].tolist() == [12] * SLICES
        assert found.kept[1].tolist() == [0] * (SLICES - 1) + [10]
        assert recording.catalog.paths.frames(int(found.path[0])) == ["a", "alloc_empty_file"], "the path of most"
        assert found.allocated[1].sum() == 640 and found.freed[1].sum() == 390
        assert (found.allocated[2].sum(), found.freed[2].sum()) == (400, 400)


def test_blocks_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with recorded(tmp_path / "a.zvz", STREAMS) as recording:
        whole = counted(recording)
        monkeypatch.setattr(survivors, "BLOCK", 100)
        parts = counted(recording)
    for name in ("zone", "task", "site", "path", "allocs", "kept", "bytes", "allocated", "freed"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name)), name


def test_only_the_stretch_counts(tmp_path: Path) -> None:
    with recorded(tmp_path / "a.zvz", STREAMS) as recording:
        first = recording.seq_at(10 * SECOND)
        found = counted(recording, first)
        assert found.count.tolist() == [120, 10] and found.allocs.sum(axis=1).tolist() == [120, 200]
        assert abs(found.span - 10 * SECOND) < SECOND // 10


def test_figures_and_losses_are_collected(tmp_path: Path) -> None:
    with recorded(tmp_path / "a.zvz", STREAMS, figures={"free": (5, 6)}, more=[(3.0, 103, 1, 50)]) as recording:
        found = counted(recording)
    assert found.figures.tolist() == [[5 * SECOND, 1, 5], [15 * SECOND, 1, 6]]
    assert found.lost == 1


def test_without_a_clock_slices_have_equally_many_events(tmp_path: Path) -> None:
    with recorded(tmp_path / "a.zvz", STREAMS, time_kind="events") as recording:
        found = counted(recording)
    assert found.span == 0 and found.count.tolist() == [240, 10] and (found.kept[0] > 0).all()
