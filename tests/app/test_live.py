"""A recording of a machine: readings in their order, what ends it, and that it survives everything."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests.app.fake_machine import SECOND, STEP, FakeKmem, Growing
from zoneviz.app import live as live_module
from zoneviz.app.live import Live
from zoneviz.app.live_spec import LiveSpec
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.events import Catalog, Kind
from zoneviz.recording import Recording
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import KIND, TIME, Ints


class Clock:
    """Time that passes only in sleep."""

    def __init__(self) -> None:
        self.now = 5 * SECOND

    def __call__(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += int(seconds * SECOND) or 1


def test_readings_are_taken_in_time_and_the_end_is_kept(tmp_path: Path) -> None:
    clock = Clock()
    live = Live(LiveSpec(every=0.5, seconds=3, output=tmp_path / "m.zvz"), Growing(), clock=clock, sleep=clock.sleep)
    while live.advance(0.2):
        assert live.status().size > 0
    result = live.result()
    assert result["outcome"] == "finished" and result["readings"] == 7 and result["trust"] == ["It is a test."]
    with Recording(tmp_path / "m.zvz") as recording:
        assert recording.header.of_readings and recording.header.system == "Test 1" and "It is a test." in recording.header.cannot_show
        rows = recording.events_of(Kind.READING)
        assert (np.diff(rows[:, 2]) > 0).all() and rows[0, 2] == 0 and rows[-1, 2] <= 3 * SECOND + SECOND // 5
        state = MachineState(recording.catalog)
        state.apply(recording.events())
    assert state.machine()["zones"][0]["in_use"] == 107 and state.figures["slab"] == 7 * 4096


def test_a_reading_that_is_late_is_not_made_up_for(tmp_path: Path) -> None:
    clock = Clock()
    live = Live(LiveSpec(every=1, output=tmp_path / "m.zvz"), Growing(), clock=clock, sleep=clock.sleep)
    clock.now += 30 * SECOND + SECOND // 2
    live.advance(0)
    assert live.due() == pytest.approx(0.5)
    live.stop()
    assert live.result()["outcome"] == "interrupted" and live.result()["readings"] == 2


def test_the_file_stops_at_its_limit_with_a_sentence(tmp_path: Path) -> None:
    clock = Clock()
    live = Live(LiveSpec(every=0.1, limit=100_000, output=tmp_path / "m.zvz"), Growing(), clock=clock, sleep=clock.sleep)
    while live.advance(5):
        assert clock.now < 10_000 * SECOND
    assert live.result()["outcome"] == "stopped" and "limit of 97.7 KiB" in live.result()["why"]


def test_what_was_recorded_is_kept_when_the_machine_cannot_be_read(tmp_path: Path) -> None:
    clock = Clock()
    live = Live(LiveSpec(output=tmp_path / "m.zvz"), Growing(breaks=4), clock=clock, sleep=clock.sleep)
    with pytest.raises(EnvironmentProblem, match="has gone"):
        while live.advance(1):
            pass
    with Recording(tmp_path / "m.zvz") as recording:
        assert not recording.header.complete and recording.header.incomplete_reason == "The machine has gone."
        assert len(recording.events_of(Kind.READING)) == 4


def test_alerts_are_shown_said_once_and_kept(tmp_path: Path) -> None:
    clock = Clock()
    spec = LiveSpec(alerts=("slab > 11K", "dentry in use > 1M"), seconds=5, output=tmp_path / "m.zvz")
    live, said = Live(spec, Growing(), clock=clock, sleep=clock.sleep), list[str]()
    while live.advance(1):
        said += live.news()
    assert live.status().alerts == ("slab > 11K: 24 KiB now.",) and said[0].endswith("slab > 11K: 12 KiB now.") and len(said) == 1
    assert [alert["value"] for alert in live.result()["alerts"]] == [3 * 4096]
    with Recording(tmp_path / "m.zvz") as recording:
        assert recording.header.result["alerts"] == live.result()["alerts"]


def test_an_alert_on_an_unknown_cache_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Similar: dentry"):
        Live(LiveSpec(alerts=("dentri > 1K",), output=tmp_path / "m.zvz"), Growing())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spec", "said"), [(LiveSpec(every=0), "every 0 s"), (LiveSpec(seconds=-1), "positive time"), (LiveSpec(limit=0), "limit")]
)
def test_an_impossible_value_is_refused(spec: LiveSpec, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Live(spec, Growing())


def test_a_zone_first_seen_before_the_start_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    made = list[FakeKmem]()

    def kmem(catalog: Catalog, **options: object) -> FakeKmem:
        made.append(FakeKmem(catalog, clock=clock, early=SECOND // 2))
        return made[0]

    monkeypatch.setattr(live_module, "KmemSource", kmem)
    live = Live(LiveSpec(events=True, seconds=1.5, output=tmp_path / "m.zvz"), Growing(), clock=clock, sleep=clock.sleep)
    while live.advance(0.2):
        pass
    zones = {zone["name"]: zone["in_use"] for zone in live.result()["zones"]}
    assert zones["dentry"] == 103 and 1490 <= zones["kmalloc-64"] <= 1510, "what was allocated before the start is not in the recording"
    assert made[0].closed and live.result()["lost_events"] == 7
    assert live.result()["merged"] == {"kmalloc-64": ["twin"]}
    assert live.result()["trust"][-1] == "A fake kernel."


class Slow(FakeKmem):
    """Gives at most 40 of its events at a time."""

    def rows(self, until: int) -> Ints:
        limit = min(until, self._next + 40 * STEP)
        self.behind = limit < until
        return super().rows(limit)


def test_a_reading_waits_for_the_events_before_it_and_the_end_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(live_module, "KmemSource", lambda catalog, **options: Slow(catalog, clock=clock))
    live = Live(LiveSpec(events=True, every=0.3, seconds=1, output=tmp_path / "m.zvz"), Growing(), clock=clock, sleep=clock.sleep)
    while live.advance(0.2):
        pass
    with Recording(tmp_path / "m.zvz") as recording:
        rows = recording.events()
    assert (np.diff(rows[:, TIME]) >= 0).all()
    kinds = Counter(rows[:, KIND].tolist())
    assert kinds[Kind.READING] == live.result()["readings"] >= 4 and 990 <= kinds[Kind.ZALLOC] <= 1001
