"""Reclaimable caches of a real Linux are grey, however it was recorded."""

import pytest

from tests.recording import live_machine
from tests.recording.readings import HEADER
from zoneviz.events import Catalog, ZoneInfo
from zoneviz.gui.charts.zone_colours import colour_of
from zoneviz.gui.kit.colours import pale_colour, zone_colour
from zoneviz.playback.shown import flags_by_name
from zoneviz.recording import Header


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
