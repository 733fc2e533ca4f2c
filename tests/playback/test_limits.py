"""The share of each limit that is gone, against the state's own figures."""

from pathlib import Path

import pytest

from zoneviz import resources
from zoneviz.events import Kind
from zoneviz.playback import Player
from zoneviz.playback.limits import KERNEL_MAP, PHYSICAL, ZONE_MAP, Limits
from zoneviz.recording import Recording


def recording(name: str) -> Recording:
    path: Path = next(p for p in resources.recordings() if p.name.startswith(name))
    return Recording(path)


def test_each_by_what_boot_left() -> None:
    with recording("fork-bomb") as found:
        player, limits = Player(found), Limits(found)
        samples = found.samples(figures=("in_use",))
        curves = {limit.name: limit for limit in limits.at(samples.machine, samples.zones["in_use"])}
        rows = found.events(1, 32768)
        boot = int(rows[rows[:, 1] == Kind.BOOTED][0, 0])
        after = player.seek((boot // 256 + 1) * 256).machine()
        for place in (len(samples.seqs) // 2, len(samples.seqs) - 1):
            machine = player.seek(int(samples.seqs[place])).machine()
            for name in (ZONE_MAP, KERNEL_MAP):
                gone = 1 - machine[name]["free"] / after[name]["free"]
                assert curves[name].full[place] == pytest.approx(gone) and curves[name].room == after[name]["free"]
            gone = 1 - machine["physical"]["free"] / after["physical"]["free"]
            assert curves[PHYSICAL].full[place] == pytest.approx(gone)
        assert all((limit.full >= 0).all() and (limit.full <= 1).all() for limit in curves.values())


def test_a_cap_of_a_zone_is_told_once_it_is_serious() -> None:
    with recording("fork-bomb") as found:
        limits, samples = Limits(found), found.samples(figures=("in_use",))
        number = next(z.id for z in found.catalog.zones if z.name == "ipc spaces")
        in_use = samples.zones["in_use"].copy()
        assert "ipc spaces" not in [limit.name for limit in limits.at(samples.machine, in_use * 0)]
        info = found.catalog.zones[number - 1]
        in_use[-1, number - 1] = info.max_size // info.elem_size
        last = next(limit for limit in limits.at(samples.machine, in_use) if limit.name == "ipc spaces")
        assert last.full[-1] == 1.0 and last.zone == "ipc spaces"


def test_an_imported_run_has_the_limits_it_tells_of() -> None:
    with recording("real-messages") as found:
        samples = found.samples(figures=("in_use",))
        curves = {limit.name: limit for limit in Limits(found).at(samples.machine, samples.zones["in_use"])}
        assert PHYSICAL not in curves and curves[ZONE_MAP].full[-1] > 0.99
