"""Forecasts for the limits of a recording."""

from pathlib import Path

import pytest

from zoneviz.app.running import run
from zoneviz.playback.outlook import outlook, zone_map_at
from zoneviz.playback.series import Series
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec


def loaded(folder: Path, scenario: str, *settings: str, max_events: int | None = None) -> Series:
    path = folder / "run.zvz"
    run(RunSpec(scenario, settings=settings, output=path, max_events=max_events))
    series = Series()
    series.load(Recording(path))
    return series


def test_a_leak_fills_zone_map_first_at_the_time_of_its_panic(tmp_path: Path) -> None:
    series = loaded(tmp_path, "kernel-loop", "operation=mach_port_allocate", "zone_map_size=512K")
    recording = series.recording
    assert recording is not None
    end = recording.last_time
    points = series.window(*series.extent)
    half = points.at(points.times < end // 2)
    found = outlook(series, half, now=int(half.times[-1]))
    assert found[0].limit.name == "zone_map"
    ahead = found[0].forecast
    assert ahead.at == pytest.approx(end, rel=0.05)
    recording.close()


def test_a_machine_that_has_just_booted_fills_nothing(tmp_path: Path) -> None:
    series = loaded(tmp_path, "boot")
    assert outlook(series) == []
    assert series.recording is not None
    series.recording.close()


def test_a_forecast_at_a_moment_knows_only_what_was_before(tmp_path: Path) -> None:
    series = loaded(tmp_path, "port-leak", "rate=2000", "zone_map_size=2M")
    recording = series.recording
    assert recording is not None
    for share in (0.5, 0.8):
        ahead = zone_map_at(series, round(recording.last_time * share))
        assert ahead is not None and ahead.soonest is not None and ahead.latest is not None
        assert ahead.soonest <= recording.last_time * 1.01 and ahead.latest >= recording.last_time * 0.99
    assert zone_map_at(series, recording.last_time) is None, "after the panic nothing is foreseen"
    assert zone_map_at(series, 0) is None and zone_map_at(Series(), 5) is None
    recording.close()


def test_without_a_recording_there_is_no_outlook() -> None:
    assert outlook(Series()) == []
