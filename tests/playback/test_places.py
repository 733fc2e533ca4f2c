"""Places of events in time: exact, however uneven the events are."""

import sqlite3
from pathlib import Path
from random import Random

import numpy as np
import pytest

from tests.gui.conftest import events, write
from zoneviz.app.parts import cut
from zoneviz.playback.series import Series
from zoneviz.recording import Recording
from zoneviz.recording.packing import pack
from zoneviz.state.rows import SEQ, TIME, Ints

SECOND = 10**9


def uneven(path: Path, seed: int, rounds: int = 1500) -> Path:
    """A recording with bursts and quiet stretches of up to a minute."""
    random, time, rows = Random(seed), 0, []
    for kind, _, *rest in events(rounds):
        time += random.choice((0, 0, 1, 1000, 1000)) if random.random() < 0.99 else random.randrange(60 * SECOND)
        rows.append((kind, time, *rest))
    return write(path, rows)  # type: ignore[arg-type]


def loaded(path: Path) -> tuple[Series, Ints]:
    series, recording = Series(), Recording(path)
    series.load(recording, coarse=True)
    return series, recording.events()


@pytest.mark.parametrize("seed", range(4))
def test_every_event_is_at_its_own_time(tmp_path: Path, seed: int) -> None:
    path = uneven(tmp_path / "a.zvz", seed)
    if seed % 2:
        pack(path, tmp_path / "a.zvz.zst")
        path = tmp_path / "a.zvz.zst"
    series, rows = loaded(path)
    random = Random(seed)
    for row in random.sample(rows.tolist(), 60):
        assert series.x_at(row[SEQ]) == row[TIME] / 1e9
    times = rows[:, TIME]
    for time in (random.randrange(int(times[0]), int(times[-1])) for _ in range(60)):
        assert series.seq_at(time / 1e9) == np.searchsorted(times, time, side="right")
    quiet = int(np.argmax(np.diff(times)))
    middle = (times[quiet] + times[quiet + 1]) / 2e9
    assert series.seq_at(middle) == quiet + 1, "the last event before a quiet stretch, wherever in it"


def test_a_range_after_a_quiet_stretch_has_all_its_events(tmp_path: Path) -> None:
    series, rows = loaded(uneven(tmp_path / "a.zvz", 7))
    times = rows[:, TIME]
    for quiet in np.argsort(-np.diff(times))[:5].tolist():
        low, high = times[quiet + 1] / 1e9 - 0.001, times[quiet + 1] / 1e9 + 0.001
        inside = rows[(times >= low * 1e9) & (times <= high * 1e9), SEQ]
        assert set(inside.tolist()) <= set(series.window(low, high).seqs.tolist())


def test_what_cannot_be_read_is_estimated(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zvz", events(1500))
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM events WHERE seq BETWEEN 700 AND 760")
    db.close()
    series = Series()
    series.load(Recording(path))
    assert series.x_at(730) == pytest.approx(729 * 1e-6, abs=1e-9)
    assert abs(series.seq_at(729.5 * 1e-6) - 730) <= 1


def test_an_excerpt_begins_at_its_first_event(tmp_path: Path) -> None:
    cut(uneven(tmp_path / "a.zvz", 3), "500", "900", tmp_path / "part.zvz")
    series, rows = loaded(tmp_path / "part.zvz")
    assert series.x_at(500) == rows[0, TIME] / 1e9 == series.extent[0]
    assert series.x_at(499) <= series.extent[0], "the state carried in has its own time"
    assert series.seq_at(series.extent[0] - 1) == 0
