"""The past of a recording in short: what remains of it is as it was."""

from collections.abc import Generator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.recording import live_machine
from tests.recording.live_machine import SECOND
from zoneviz.app.soundness import problems
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.playback.series import Series
from zoneviz.playback.thinning import PART, kept_times, shortened
from zoneviz.recording import Past, Recorder, Recording
from zoneviz.state.rows import TIME


def run(work: Generator[None, None, Past | None]) -> Past | None:
    while True:
        try:
            next(work)
        except StopIteration as end:
            found: Past | None = end.value
            return found


def forget(recorder: Recorder, until: int, step: int) -> bool:
    with Recording(recorder.path) as recording:
        past = run(shortened(recording, until, step))
    if past is not None:
        assert recorder.can_forget(past.last)
        recorder.forget(past)
    return past is not None


def test_what_remains_gets_rarer_with_its_age_and_stays() -> None:
    day = 86400 * SECOND
    before = set(kept_times(0, 4 * day, 5 * day, 60 * SECOND))
    times = kept_times(0, 9 * day, 10 * day, 60 * SECOND)
    assert set(times) <= before | {time for time in times if time > 4 * day}
    assert times[0] == 0 and times[-1] == 9 * day
    ages = [(10 * day - after, after - time) for time, after in pairwise(times)]
    assert all(gap <= max(age / PART, 60 * SECOND) + 1 for age, gap in ages) and len(times) < 4 * PART
    assert {gap // SECOND for _, gap in ages} == {60, 120, 240, 480}


def test_readings_that_remain_have_their_figures(tmp_path: Path) -> None:
    """Shortened twice. The gaps are of 2 and 4 s; from an age of 2 * PART * 2 s on 4 s."""
    count, step = 6_000, 2 * SECOND
    short, whole = (live_machine.record(tmp_path / f"{name}.zvz", count) for name in ("short", "whole"))
    assert forget(short, 2_000 * SECOND, step) and short.header.first_event > 1
    with Recording(short.path) as recording:
        assert problems(recording) == [] and recording.header.digest == "" and len(series_of(recording).readings) < count - 900
    assert forget(short, 3_000 * SECOND, step)
    for recorder in (short, whole):
        recorder.finish("finished", {})
    with Recording(short.path) as a, Recording(whole.path) as b:
        assert problems(a) == [] and a.header.digest and a.event_count == b.event_count
        times = a.events_of(Kind.READING)[:, TIME]
        assert set((np.diff(times) // SECOND).tolist()) == {1, 2, 4} and times[-1] == b.last_time
        assert (times[times > 3_000 * SECOND] == b.events_of(Kind.READING, first=b.seq_at(3_000 * SECOND) + 1)[:, TIME]).all()
        there, here = Player(b), Player(a)
        for time in times[:: len(times) // 40].tolist():
            one, other = here.seek(a.seq_at(time)), there.seek(b.seq_at(time))
            assert (one.totals.zones == other.totals.zones).all() and one.figures == other.figures
        assert series_of(a).extent == (4.0, count - 1.0)


def series_of(recording: Recording) -> Series:
    series = Series()
    series.load(recording)
    return series


def test_nothing_is_done_where_little_would_be_saved(tmp_path: Path) -> None:
    recorder = live_machine.record(tmp_path / "a.zvz", 1_000)
    assert not forget(recorder, 900 * SECOND, SECOND), "all of them are readings that remain"
    recorder.abort("it was enough")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A recording with events of which the older ones were dropped twice, and the whole of it."""
    folder = tmp_path_factory.mktemp("events")
    made = [live_machine.record(folder / f"{name}.zvz", 300, allocs=600) for name in ("short", "whole")]
    assert forget(made[0], 100 * SECOND, 10 * SECOND) and forget(made[0], 170 * SECOND, 10 * SECOND)
    with Recording(made[0].path) as recording:
        assert problems(recording) == []
    assert made[0].used() < 0.6 * made[1].used()
    for recorder in made:
        recorder.finish("finished", {})
    return made[0].path, made[1].path


def test_every_moment_that_is_kept_is_as_it_was(both: tuple[Path, Path]) -> None:
    with Recording(both[0]) as short, Recording(both[1]) as whole:
        assert problems(short) == [] and short.first_event == whole.seq_at(170 * SECOND) + 1
        assert (short.events() == whole.events(short.first_event)).all()
        here, there = Player(short), Player(whole)
        assert here.moment.seq == short.first_event - 1, "nothing is before the moment from which on all is kept"
        for seq in np.linspace(short.first_event - 1, short.event_count, 20, dtype=int).tolist():
            assert here.seek(seq).digest() == there.seek(seq).digest()


def test_a_chart_shows_what_led_there(both: tuple[Path, Path]) -> None:
    with Recording(both[0]) as short, Recording(both[1]) as whole:
        samples = short.samples()
        assert samples.seqs[0] == 1 << 16 < short.first_event
        there = whole.samples()
        at = np.searchsorted(there.seqs, samples.seqs[:1])
        assert (samples.zones["in_use"][0] == there.zones["in_use"][at[0]]).all()
        series = series_of(short)
        assert series.extent[0] == samples.times[0] / 1e9 < 60 and series.seq_at(series.extent[0]) >= 0


def test_a_player_follows_a_recording_that_drops_its_past(tmp_path: Path) -> None:
    recorder = live_machine.record(tmp_path / "a.zvz", 300, allocs=600)
    with Recording(recorder.path) as recording:
        player = Player(recording)
        at = player.seek(60_000).digest(), player.seek(250_000).digest()
        assert forget(recorder, 150 * SECOND, 10 * SECOND)
        with pytest.raises(Exception, match="were dropped while they were read"):
            recording.events(50_000, 60_000)
        assert player.seek(250_000).digest() == at[1]
        assert player.seek(60_000).seq == recording.first_event - 1 > 150_000, "the oldest moment that is left"
        assert len(player.rows(1, 300_000)) == min(300_000, recording.event_count) - recording.first_event + 1
    recorder.abort("it was enough")
