"""Zones keep their colours, and the light and the dark ones are of one kind."""

from zoneviz import palette
from zoneviz.events import RECLAIMABLE


def test_the_zones_that_grow_largest_have_different_colours() -> None:
    for dark in (False, True):
        assert len({palette.zone(name, dark) for name in palette.FIXED}) == len(palette.FIXED)


def test_a_colour_is_shaded_for_its_theme() -> None:
    assert palette.zone("ipc ports", dark=True) == "#006299"
    assert palette.zone("ipc ports", dark=False) == "#2888be"
    assert palette.parts("#2888be") == (0x28, 0x88, 0xBE)


def test_what_is_not_suspect_is_grey() -> None:
    def is_grey(colour: str) -> bool:
        parts = palette.parts(colour)
        return max(parts) - min(parts) < 24

    assert palette.zone_or_grey("dentry", RECLAIMABLE) == palette.pale("dentry") and is_grey(palette.pale("dentry"))
    assert palette.zone_or_grey("(in no zone)", "") == palette.other() and is_grey(palette.other())
    assert palette.zone_or_grey("dentry", "") == palette.zone("dentry")
