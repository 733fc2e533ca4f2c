"""Reclaimable caches of a real Linux are grey, however it was recorded, and the largest zones of any system differ."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from tests.recording import live_machine
from tests.recording.readings import HEADER
from zoneviz import palette
from zoneviz.events import Catalog, Kind, ZoneInfo
from zoneviz.gui.charts.zone_colours import ZoneColours, colour_of
from zoneviz.gui.kit.colours import pale_colour, zone_colour
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.shown import flags_by_name
from zoneviz.recording import Header, Recorder, Recording
from zoneviz.state.figures import CUR_SIZE, FREE, IN_USE


@pytest.mark.parametrize("header", [HEADER, live_machine.READINGS, live_machine.HEADER])
def test_reclaimable_caches_of_a_real_machine_are_grey(header: Header) -> None:
    catalog = Catalog()
    catalog.zones += [ZoneInfo(1, "dentry", 192, 0, 0, ""), ZoneInfo(2, "filp", 192, 0, 0, "")]
    flags = flags_by_name(catalog, header)
    assert colour_of("dentry", flags["dentry"], dark=False) == pale_colour("dentry", False)
    assert colour_of("filp", flags["filp"], dark=False) == zone_colour("filp", False)


def test_a_zone_of_a_simulated_kernel_keeps_its_flags() -> None:
    catalog = Catalog()
    catalog.zones.append(ZoneInfo(1, "dentry", 192, 0, 0, "EXHAUSTIBLE"))
    assert flags_by_name(catalog, Header()) == {"dentry": "EXHAUSTIBLE"}


def test_the_largest_zones_of_an_unknown_system_can_be_told_apart(tmp_path: Path, qapp: QApplication) -> None:
    """80 caches whose names no list has: by name alone, several of the largest would share a colour."""
    names = [f"driver-{i}" for i in range(80)]
    assert len({palette.zone(name) for name in names[:20]}) < 20
    sizes = [(100 - i) << 16 for i in range(80)]
    session = _session(tmp_path / "unknown.zvz", names, sizes)
    colours = ZoneColours.of(session)
    largest = [colours.colour(name) for name in names[:28]]
    assert len({colour.name() for colour in largest}) == 28
    stable = [name for name in names if colours.colour(name) == zone_colour(name, session.theme.dark)]
    assert len(stable) > 60  # the others keep the colour of their name
    session.show(None)


def test_the_colours_do_not_depend_on_which_zone_is_larger(tmp_path: Path, qapp: QApplication) -> None:
    names = [f"driver-{i}" for i in range(20)]
    found = []
    for step, sizes in enumerate(([(100 - i) << 16 for i in range(20)], [(10 + i) << 16 for i in range(20)])):
        session = _session(tmp_path / f"{step}.zvz", names, sizes)
        found.append([ZoneColours.of(session).colour(name).name() for name in names])
        session.show(None)
    assert found[0] == found[1]


def test_a_zone_keeps_its_colour_while_the_recording_grows() -> None:
    names = [f"driver-{i}" for i in range(60)]
    before = palette.apart(names[:20], ())
    after = palette.apart(names[::-1], (), before)
    assert after.items() >= before.items()


def _session(path: Path, names: list[str], sizes: list[int]) -> Session:
    """A session that shows one reading of zones of these sizes."""
    catalog = Catalog()
    catalog.zones += [ZoneInfo(i, name, 64, 0, 0, "") for i, name in enumerate(names, 1)]
    recorder = Recorder(path, catalog, HEADER)
    recorder.sink((int(Kind.READING), 1, 0, 0, 0, 1, 0, 0, 0))
    for i, size in enumerate(sizes, 1):
        recorder.sink((int(Kind.ZINIT), 1, 0, 0, 0, i, 0, 64, 0))
        for figure, value in ((IN_USE, size // 64), (FREE, 0), (CUR_SIZE, size)):
            recorder.sink((int(Kind.ZONE_FIGURE), 1, 0, 0, 0, i, 0, value, figure))
    recorder.finish("finished", {})
    session = Session()
    session.show(Player(Recording(path)))
    return session
