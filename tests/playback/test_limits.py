"""Where boot ends, and the share of each limit used since, against the state's own figures."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from zoneviz import resources
from zoneviz.app.parts import cut
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import diagnose
from zoneviz.playback.limits import KERNEL_MAP, PHYSICAL, ZONE_MAP, LimitCurve, Limits, boot_end, limits_at, used_share
from zoneviz.playback.series import Series
from zoneviz.recording import Recorder, Recording
from zoneviz.state.figures import MAPS


def recording(name: str) -> Recording:
    return Recording(next(p for p in resources.recordings() if p.name.startswith(name)))


def curves(found: Recording) -> dict[str, LimitCurve]:
    samples = found.samples(figures=("in_use",))
    return {curve.limit.name: curve for curve in Limits(found).curves(samples.machine, samples.zones["in_use"])}


def test_shares_count_from_the_end_of_boot() -> None:
    with recording("fork-bomb") as found:
        player, drawn, seqs = Player(found), curves(found), found.samples(figures=("in_use",)).seqs
        after = player.seek(boot_end(found)).machine()
        for place in (len(seqs) // 2, len(seqs) - 1):
            machine = player.seek(int(seqs[place])).machine()
            for name in (ZONE_MAP, KERNEL_MAP):
                gone = 1 - machine[name]["free"] / after[name]["free"]
                assert drawn[name].share[place] == pytest.approx(gone) and drawn[name].limit.room == after[name]["free"]
            gone = 1 - machine["physical"]["free"] / after["physical"]["free"]
            assert drawn[PHYSICAL].share[place] == pytest.approx(gone)
        assert all((curve.share >= 0).all() and (curve.share <= 1).all() for curve in drawn.values())


@pytest.mark.parametrize("name", ["fork-bomb", "dev-null-storm", "real-messages"])
def test_charts_and_diagnosis_agree(name: str) -> None:
    with recording(name) as found:
        at = int(found.samples(figures=("in_use",)).seqs[-1])
        memories = {memory.name: memory for memory in diagnose(found, at=at).memories}
        for name, curve in curves(found).items():
            assert curve.share[-1] == pytest.approx(memories[name].full, abs=1e-12)
            assert curve.limit.room == memories[name].room and curve.limit.size == memories[name].size


def test_boot_ends_with_booted_or_before_the_first_program(tmp_path: Path) -> None:
    with recording("fork-bomb") as found:
        rows = found.events(1, 1000)
        booted = int(rows[rows[:, 1] == Kind.BOOTED][0, 0])
        assert boot_end(found) == booted
        source = found.path
    for first, expected in ((100, booted), (1000, 999)):
        path = tmp_path / f"{first}.zvz"
        cut(source, str(first), "5000", path)
        with Recording(path) as part:
            assert boot_end(part) == expected
            assert Limits(part).since == ("since boot" if expected == booted else "in this excerpt")
    with recording("real-messages") as found:
        end = boot_end(found)
        assert (found.events(1, end)[:, 3] <= 1).all() and found.events(end + 1, end + 1)[0, 3] > 1


def test_a_cap_of_a_zone_is_shown_once_a_quarter_is_used() -> None:
    with recording("fork-bomb") as found:
        limits, samples = Limits(found), found.samples(figures=("in_use",))
        number = next(z.id for z in found.catalog.zones if z.name == "ipc spaces")
        in_use = samples.zones["in_use"].copy()
        assert "ipc spaces" not in [curve.limit.name for curve in limits.curves(samples.machine, in_use * 0)]
        info = found.catalog.zones[number - 1]
        in_use[-1, number - 1] = info.max_size // info.elem_size
        last = next(curve for curve in limits.curves(samples.machine, in_use) if curve.limit.name == "ipc spaces")
        assert last.share[-1] == 1.0 and last.limit.zone == "ipc spaces"


def test_an_imported_run_has_the_limits_it_records() -> None:
    with recording("real-messages") as found:
        drawn = curves(found)
        assert PHYSICAL not in drawn and drawn[ZONE_MAP].share[-1] > 0.99


def test_without_room_nothing_is_used() -> None:
    assert used_share(np.array([5, 7]), 0).tolist() == [0.0, 0.0]


def test_only_zones_with_a_name_are_limits() -> None:
    machine = {name: {"size": 0, "used": 0} for name in MAPS} | {"physical": {"pages": 0, "free": 0}}
    zone = {"name": "", "elem_size": 8, "in_use": 3, "max_size": 64, "flags": "exhaustible"}
    assert limits_at(machine | {"zones": []}, machine | {"zones": [zone]}) == []
    (limit,) = limits_at(machine | {"zones": []}, machine | {"zones": [zone | {"name": "ports"}]})
    assert (limit.name, limit.zone, limit.size) == ("ports", "ports", 64)


def test_no_limit_is_measured_before_the_kernel_has_booted(tmp_path: Path) -> None:
    """What boot itself uses, 93 % of kernel_map, does not count as use of a limit."""
    with recording("fork-bomb") as found:
        rows, booted, settled = found.events(1, 1200)[:, 1:], boot_end(found), Limits(found).all
        recorder = Recorder(tmp_path / "growing.zvz", found.catalog, replace(found.header, complete=False, outcome=""))
        with Recording(tmp_path / "growing.zvz") as growing:
            series, done = Series(), 0
            for count in (1, 20, 200, booted - 1, booted, booted + 1, 1200):
                recorder.feed(rows[done:count])
                recorder.commit()
                done = count
                growing.refresh()
                series.load(growing, live=True)
                assert series.limits is not None and growing.event_count == count
                if count < booted:
                    assert list(series.limits.all) == [] and series.limits.zone_map() is None
                else:
                    assert {limit.name: limit.base for limit in series.limits.all} == {limit.name: limit.base for limit in settled}
                    assert series.limits.settled()
        recorder.finish("interrupted", {"outcome": "interrupted"})
    cut(tmp_path / "growing.zvz", "1", str(booted - 1), tmp_path / "stopped.zvz")
    with Recording(tmp_path / "stopped.zvz") as stopped:
        assert list(Limits(stopped).all) == [], "stopped while it booted"
