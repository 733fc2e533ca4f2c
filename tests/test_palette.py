"""Zones keep their colours, can be told apart, and the light and the dark ones are of one kind."""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from zoneviz import palette, resources
from zoneviz.events import RECLAIMABLE
from zoneviz.playback.growing import Growth, start
from zoneviz.playback.series import Series
from zoneviz.playback.shown import flags_by_name
from zoneviz.recording import Recording

APART = 5.0
"""Least distance in OKLab, in hundredths, of two colours that are easily told apart side by side; 2 can just be seen."""
GREYS_APART = 2.9
"""Least distance of a grey from a strong colour."""
ROWS = 24
"""Zones that a table of the window shows at once."""


def oklab(colour: str) -> npt.NDArray[np.float64]:
    """A colour in OKLab (Björn Ottosson, 2020), in hundredths."""
    c = np.array(palette.parts(colour)) / 255
    c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    lms = np.array([[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]) @ c
    to_lab = np.array([[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]])
    return np.asarray(100 * to_lab @ np.cbrt(lms))


def too_close(colours: dict[str, str], apart: float) -> list[tuple[str, str]]:
    """Pairs of names whose colours cannot be told apart."""
    return [(a, b) for a, b in combinations(colours, 2) if np.linalg.norm(oklab(colours[a]) - oklab(colours[b])) < apart]


@pytest.mark.parametrize("dark", [False, True])
def test_any_two_colours_can_be_told_apart(dark: bool) -> None:
    for colours in (palette.STRONG, palette.PALE):
        assert too_close({colour: palette.shade(colour, dark) for colour in colours}, APART) == []
    strong, pale = ([palette.shade(colour, dark) for colour in colours] for colours in (palette.STRONG, palette.PALE))
    assert min(float(np.linalg.norm(oklab(a) - oklab(b))) for a in strong for b in pale) > GREYS_APART
    assert too_close(dict.fromkeys(["rest"], palette.other(dark)) | {c: palette.shade(c, dark) for c in palette.STRONG}, APART) == []


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("path", resources.recordings(), ids=lambda path: path.name.partition(".")[0])
def test_zones_that_are_seen_together_have_colours_that_can_be_told_apart(path: object, dark: bool) -> None:
    """In every example recording: the bands of the timeline, of bytes and of growth, and the largest zones of the table."""
    with Recording(str(path)) as recording:
        series = Series()
        series.load(recording)
        flags = flags_by_name(recording.catalog, recording.header)
        extent = series.extent
        growth = Growth(recording, start(recording), series.readings)
        stacks = (series.stack(*extent, 200), series.stack(*extent, 200, growth=growth), series.stack(*extent, 200, families=True))
        seen = [[name for name in stack.names if name != series.rest] for stack in stacks]
        seen.append([series.zone_names[i] for i in series.ranked()[:ROWS]])
        for names in seen:
            colours = {name: palette.zone_or_grey(name, flags.get(name, ""), dark) for name in names}
            assert too_close(colours, GREYS_APART) == []
            assert too_close({name: colour for name, colour in colours.items() if RECLAIMABLE not in flags.get(name, "")}, APART) == []


def test_all_zones_of_the_simulated_kernel_have_different_colours() -> None:
    for path in resources.recordings():
        with Recording(path) as recording:
            if recording.header.can_run_again:
                names = [zone.name for zone in recording.catalog.zones]
                assert len({palette.zone(name) for name in names}) == len(names) == 39


def test_a_colour_is_shaded_for_its_theme() -> None:
    assert palette.zone("ipc ports", dark=True) == "#006299"
    assert palette.zone("ipc ports", dark=False) == "#2888be"
    assert palette.parts("#2888be") == (0x28, 0x88, 0xBE)


def test_a_cache_keeps_its_colour_where_another_version_of_the_system_renames_it() -> None:
    assert palette.zone("kmalloc-1024") == palette.zone("kmalloc-1k")
    assert palette.pale("dentry_cache") == palette.pale("dentry")


def test_what_is_not_suspect_is_nearly_grey() -> None:
    def colourful(colour: str) -> float:
        return float(np.hypot(*oklab(colour)[1:]))

    assert palette.zone_or_grey("dentry", RECLAIMABLE) == palette.pale("dentry")
    assert palette.zone_or_grey("(in no zone)", "") == palette.other()
    assert palette.zone_or_grey("dentry", "") == palette.zone("dentry")
    greys = [*map(palette.shade, palette.PALE, [False] * len(palette.PALE)), palette.other()]
    assert max(map(colourful, greys)) < 5 < 6 < min(colourful(c) for c in palette.STRONG if c != "#999999")
