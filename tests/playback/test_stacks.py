"""Bands, thinning and interpolation, on figures written here."""

import numpy as np

from zoneviz.playback.points import FIGURES
from zoneviz.playback.stacks import BANDS, between, stacked, thin


def test_thinning_keeps_every_peak() -> None:
    heights = np.zeros(100_000, np.int64)
    heights[54_321] = 9
    kept = thin(np.arange(100_000, dtype=float), heights, 0, 99_999, 300)
    assert len(kept) <= 2 * 302 + 2
    assert 54_321 in kept


def test_curves_beyond_the_bands_share_the_last() -> None:
    names = [f"zone {i}" for i in range(BANDS + 3)]
    sizes = np.tile(np.arange(len(names), 0, -1), (4, 1))
    found = stacked(names, np.arange(4.0), sizes, (0, 3), 100, "other zones")
    assert found.names == [*names[:BANDS], "other zones"]
    assert (found.tops[-1] == sizes.sum(axis=1)).all() and (found.tops[-1] - found.tops[-2] == 3 + 2 + 1).all()


def test_samples_are_interpolated_but_failures_and_single_events_are_steps() -> None:
    x, edges = np.array([0.0, 10.0, 20.0]), np.array([0.0, 15.0, 20.0])
    values = np.zeros((3, 1, len(FIGURES)))
    values[:, 0] = np.array([0.0, 100.0, 200.0])[:, np.newaxis]
    figures = dict(zip(FIGURES, between(x, values, edges, False)[:, 0].T.tolist(), strict=True))
    assert figures.pop("failures") == [0, 100, 200]
    assert all(found == [0, 150, 200] for found in figures.values())
    assert (between(x, values, edges, True)[:, 0].T == [0, 100, 200]).all()
