"""Limits that are near at the present rate, from figures as they come."""

import numpy as np
import pytest

from zoneviz.events import Catalog, FigureInfo, MapInfo, ZoneInfo
from zoneviz.playback.nearing import Nearing, Use, limits
from zoneviz.state.figures import CUR_SIZE, MAX_SIZE
from zoneviz.state.totals import Totals

SECOND = 10**9
HOUR = 3600 * SECOND


def test_a_steady_growth_is_foreseen_within_the_warning_time() -> None:
    """1 MB/s from 0 to 36 GB takes ten hours: with two hours of warning it is near after eight."""
    nearing, first = Nearing(2 * HOUR), None
    for second in range(0, 10 * 3600, 10):
        used = second * 10**6
        nearing.add("slab", second * SECOND, used)
        if first is None and nearing.near("slab", second * SECOND, Use(used, 36 * 10**9), 2 * HOUR) is not None:
            first = second
    assert first == pytest.approx(8 * 3600, rel=0.01)


def test_a_figure_that_falls_has_the_opposite_sign() -> None:
    nearing, found = Nearing(HOUR), None
    for second in range(0, 1000, 10):
        nearing.add("free", second * SECOND, -(10**9 - second * 10**6))
        found = nearing.near("free", second * SECOND, Use(-(10**9 - second * 10**6), -(10**7)), HOUR)
    assert found is not None and found.at == pytest.approx(990 * SECOND, rel=0.02)


def test_noise_and_a_short_past_are_no_forecast() -> None:
    nearing = Nearing(2 * HOUR)
    assert nearing.near("slab", 5, Use(10, 100), 2 * HOUR) is None
    noise = np.random.default_rng(1).integers(-(10**6), 10**6, 2000)
    for at, off in enumerate(noise.tolist()):
        nearing.add("slab", at * SECOND, 10**9 + off)
        assert nearing.near("slab", at * SECOND, Use(10**9 + off, 2 * 10**9), 2 * HOUR) is None


def test_the_memories_with_a_limit() -> None:
    catalog = Catalog()
    catalog.zones += [ZoneInfo(1, "dentry", 192, 0, 0, ""), ZoneInfo(2, "socket", 960, 0, 0, "")]
    catalog.maps.append(MapInfo(1, "zone_map", 0, 5000, 0))
    catalog.figures += [FigureInfo(1, "slab_unreclaimable", "bytes"), FigureInfo(2, "available_memory", "bytes")]
    totals = Totals(catalog)
    assert limits(totals, catalog) == {}
    totals.zones = np.zeros((3, 7), np.int64)
    totals.zones[2, [CUR_SIZE, MAX_SIZE]] = 300, 400
    totals.maps, totals.figures = np.array([0, 700]), np.array([-1, 1000, 50])
    assert limits(totals, catalog) == {"slab_unreclaimable": Use(1000, 1050), "zone_map": Use(700, 5000), "socket": Use(300, 400)}
    catalog.figures += [FigureInfo(3, "open_files", "count"), FigureInfo(4, "open_files_limit", "count")]
    totals.figures = np.array([-1, 1000, -1, 70, 900])
    assert limits(totals, catalog)["open_files"] == Use(70, 900, "count")
    assert "slab_unreclaimable" not in limits(totals, catalog), "what is available is unknown"
