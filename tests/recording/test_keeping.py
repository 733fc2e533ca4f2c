"""The oldest events of a recording in progress are replaced; tests/playback/test_thinning.py has what by."""

from pathlib import Path

import numpy as np
import pytest

from tests.recording import live_machine
from tests.recording.live_machine import SECOND
from zoneviz.app.soundness import problems
from zoneviz.playback import Player
from zoneviz.recording import EventStream, Past, Recorder, Recording, keeping
from zoneviz.recording.keeping import settled
from zoneviz.recording.sqlite_pages import Unplain
from zoneviz.state.task_sampler import TaskSampler


def past(recorder: Recorder, seconds: int) -> Past:
    """The state at a time, carried in, and nothing before it."""
    with Recording(recorder.path) as recording:
        base = Player(recording).seek(recording.seq_at(seconds * SECOND))
    return Past(base, np.zeros((0, 10), np.int64), np.zeros(0, np.int64))


def test_samples_depend_on_the_events_up_to_a_multiple_of_the_coarsest_level() -> None:
    assert [settled(seq) for seq in (0, 1, 65_535, 65_536, 65_537)] == [0, 65_536, 65_536, 65_536, 131_072]


def test_only_what_no_later_sample_depends_on_can_be_forgotten(tmp_path: Path) -> None:
    recorder = live_machine.record(tmp_path / "a.zvz", 60, allocs=600)
    assert recorder.events < 131_072
    assert recorder.can_forget(65_536) and not recorder.can_forget(65_537)
    recorder.abort("it was enough")


def test_an_error_in_the_middle_leaves_the_recording_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = live_machine.record(tmp_path / "a.zvz", 120, allocs=600)
    with Recording(recorder.path) as recording:
        before = recording.events()

    def fail(self: TaskSampler, rows: object) -> object:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(TaskSampler, "feed", fail)
        with pytest.raises(MemoryError):
            recorder.forget(past(recorder, 20))
    with Recording(recorder.path) as recording:
        assert (recording.events() == before).all() and problems(recording) == []
    recorder.forget(past(recorder, 20))
    recorder.finish("finished")
    with Recording(recorder.path) as recording:
        assert (recording.events() == before[recording.first_event - 1 :]).all() and problems(recording) == []


@pytest.mark.parametrize("plain", [True, False])
def test_the_digest_at_the_end_is_that_of_the_events_left(tmp_path: Path, plain: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = live_machine.record(tmp_path / "a.zvz", 120, allocs=600)
    recorder.forget(past(recorder, 30))
    assert recorder.header.digest == ""
    if not plain:  # as with a reader that keeps the file from leaving WAL mode

        def refuse(*asked: object) -> object:
            raise Unplain

        monkeypatch.setattr(keeping, "EventPages", refuse)
    recorder.finish("finished")
    with Recording(recorder.path) as recording:
        stream = EventStream(last=recording.first_event - 1)
        stream.feed(recording.events())
        assert recording.header.digest == recorder.header.digest == stream.digest


def test_freed_space_is_filled_before_the_file_grows(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.zvz", live_machine.catalog(), live_machine.HEADER)
    before = 0
    for second, rows in enumerate(live_machine.seconds(240, 600)):
        recorder.feed(rows)
        if second in (119, 179):
            before = before or recorder.used()
            recorder.forget(past(recorder, second - 60))
    # 120 s are there again.
    assert recorder.used() < 1.1 * before and recorder.path.stat().st_size < 1.1 * before
    recorder.abort("it was enough")
