"""Numbers that nothing can mean are damage: sums of them would overflow."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.recording import toy
from tests.recording.test_recorder import record
from zoneviz.app.soundness import problems
from zoneviz.errors import InputError
from zoneviz.playback import Player
from zoneviz.playback.series import Series
from zoneviz.recording import Recording, bounds
from zoneviz.recording.bounds import NUMBER, PLACE
from zoneviz.recording.salvage import salvage
from zoneviz.state.rows import ADDRESS, EXTRA, SIZE, TASK, TIME

DATA = Path(__file__).parent / "data"


@pytest.mark.parametrize(
    ("column", "value"),
    [(TIME, -1), (TIME, PLACE), (ADDRESS, PLACE), (ADDRESS, -PLACE), (SIZE, NUMBER), (EXTRA, -(1 << 63)), (TASK, 1 << 60)],
)
def test_impossible_numbers_are_damage(column: int, value: int) -> None:
    rows = toy.as_rows(toy.run(50))
    assert bounds.events(rows) is rows and bounds.valid(rows).all() and bounds.events(rows[:0]).shape == (0, 10)
    rows[7, column] = value
    with pytest.raises(InputError, match=f"^It is damaged: an event has the invalid [a-z]+ {value}\\.$"):
        bounds.events(rows)
    assert np.flatnonzero(~bounds.valid(rows)).tolist() == [7]


@pytest.mark.parametrize(("column", "value"), [(TIME, PLACE - 1), (ADDRESS, PLACE - 1), (SIZE, NUMBER - 1), (EXTRA, -1)])
def test_the_largest_numbers_are_read(column: int, value: int) -> None:
    rows = toy.as_rows(toy.run(50))
    rows[7, column] = value
    assert (bounds.events(rows) == rows).all() and bounds.valid(rows).all()


@pytest.mark.parametrize(
    ("name", "what", "read"),
    [
        ("size", "an event has the invalid size 9223372036854775807", lambda r: r.events()),
        ("address", "an event has the invalid address 9223372036854775807", lambda r: r.events(5, 6)),
        ("address", "an event has the invalid address 9223372036854775807", lambda r: r.events_of(1)),
        ("in_use", "a sample has the invalid in use -9223372036854775808", lambda r: r.samples()),
        ("in_use", "a sample has the invalid in use -9223372036854775808", lambda r: Series().load(r)),
        ("all", "an event has the invalid size 9223372036854775807", lambda r: r.events(3, 9)),
        ("size", "an event has the invalid size", lambda r: Player(r).seek(700)),
    ],
)
def test_extreme_numbers_of_damaged_files_are_refused_in_one_sentence(name: str, what: str, read: Callable[[Recording], object]) -> None:
    path = DATA / f"extreme-{name}.zvz.zst"
    with Recording(path) as recording:
        with pytest.raises(InputError, match=what) as caught:
            read(recording)
        assert str(caught.value).startswith(f"{path} is damaged: ") and str(caught.value).endswith(".") and "\n" not in str(caught.value)
        assert problems(recording)


def test_repairing_leaves_impossible_events_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no readable events"):
        salvage(DATA / "extreme-address.zvz.zst")
    path = tmp_path / "a.zvz"
    record(path, 600, [300])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE events SET size = 1 << 60 WHERE seq = 400")
    assert salvage(path).rows[-1, 0] == 399


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE zones SET max_size = 1 << 62 WHERE id = 2", "its table zones has an invalid max size"),
        ("UPDATE maps SET end_address = 1 << 62", "its table maps has an invalid end address"),
        ("UPDATE recording SET last_time = 1 << 62", "its header has an invalid 'last_time'"),
        ("UPDATE events SET time = 1 << 62 WHERE seq = 600", "its last event is invalid"),
        ("UPDATE events SET time = -1 WHERE seq = 600", "its last event is invalid"),
    ],
)
def test_impossible_numbers_of_the_whole_are_refused_at_once(statement: str, what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    record(path, 600, [300])
    with sqlite3.connect(path) as db:
        db.execute(statement)
    with pytest.raises(InputError, match=f"a\\.zvz is damaged: {what}"):
        Recording(path)


def test_task_samples_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    record(path, 600, [300])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE task_samples SET alloc_bytes = 1 << 62")
    with Recording(path) as recording, pytest.raises(InputError, match="a sample has the invalid alloc bytes 4611686018427387904"):
        recording.task_samples()
