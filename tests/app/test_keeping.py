"""A recording in progress that stays small."""

from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.recording import live_machine
from tests.recording.live_machine import SECOND
from zoneviz.app import keeping
from zoneviz.app.keeping import Keeper
from zoneviz.app.soundness import problems
from zoneviz.errors import InputError
from zoneviz.playback.thinning import shortened
from zoneviz.recording import Recorder, Recording


def recorded(path: Path, keep: int, limit: int, seconds: int, allocs: int) -> tuple[Recorder, list[int]]:
    """A recorder with a keeper at work, and the bytes used after each second."""
    recorder = Recorder(path, live_machine.catalog(), live_machine.HEADER if allocs else live_machine.READINGS)
    ticks = count()  # a slice is a few pieces of work
    keeper = Keeper(recorder, keep, SECOND, limit, lambda: next(ticks) * keeping.SLICE / 3)
    sizes = []
    for rows in live_machine.seconds(seconds, allocs):
        recorder.feed(rows)
        keeper.work()
        sizes.append(recorder.used())
    return recorder, sizes


def test_events_older_than_the_time_kept_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "EVENTS", 1 << 15)
    recorder, sizes = recorded(tmp_path / "a.zvz", 20 * SECOND, 1 << 30, 240, 1000)
    assert max(sizes[120:]) < 1.2 * max(sizes[:120]) and recorder.header.first_event > 200_000
    with Recording(recorder.path) as recording:
        assert problems(recording) == []
        begin = recording.events(recording.first_event, recording.first_event)[0, 2]
        assert 20 * SECOND <= recording.last_time - begin < 100 * SECOND, "what is kept, and what samples still depend on"
    recorder.finish("finished")
    with Recording(recorder.path) as recording:
        assert problems(recording) == [] and recording.header.digest


def test_a_full_file_keeps_less(tmp_path: Path) -> None:
    limit = 12 << 20
    recorder, sizes = recorded(tmp_path / "a.zvz", 3600 * SECOND, limit, 240, 1000)
    assert max(sizes) < limit and recorder.header.first_event > 1
    recorder.abort("it was enough")


def test_a_read_that_fails_is_tried_again_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "EVENTS", 1 << 15)
    tries = count(1)

    def failing(*asked: Any) -> Any:
        if next(tries) == 1:
            raise InputError("It took too long.")
        return shortened(*asked)

    monkeypatch.setattr(keeping, "shortened", failing)
    recorder, _ = recorded(tmp_path / "a.zvz", 20 * SECOND, 1 << 30, 120, 1000)
    assert next(tries) > 2 and recorder.header.first_event > 1
    recorder.abort("it was enough")
