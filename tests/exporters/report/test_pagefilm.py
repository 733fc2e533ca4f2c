"""The pages of a report hold what the page map holds."""

from pathlib import Path

import numpy as np

from tests.recording import live_machine
from zoneviz.exporters.report import Facts
from zoneviz.exporters.report.pagefilm import BUDGET, film
from zoneviz.playback import Player
from zoneviz.playback.pagemap import page_map
from zoneviz.recording import Recording
from zoneviz.state.pages import PAGE


def test_slots_are_in_proportion_to_bytes(bomb: Path, found: Facts) -> None:
    pages = found.pages
    assert pages is not None and pages.seqs == sorted(set(pages.seqs)) and pages.x == sorted(pages.x)
    assert pages.slots[0].size <= BUDGET and pages.per == 1
    with Recording(bomb) as recording:
        whole = page_map(Player(recording).at_end())
        zones = recording.catalog.zones
    share = PAGE / pages.slots.shape[2]
    for i, name in enumerate(found.series.stack.names[:3]):
        sizes = whole.sums(np.array([0 if zones[zone - 1].name == name else -1 for zone in whole.pieces.zone.tolist()]), 1).sum()
        assert abs((pages.slots[-1] == i).sum() * share - sizes) < 0.25 * sizes
    assert (pages.slots[0] == pages.unused).sum() > (pages.slots[-1] == pages.unused).sum()


def test_a_machine_without_a_zone_map_has_no_film(tmp_path: Path) -> None:
    live_machine.record(tmp_path / "a.zvz", 3, allocs=10).finish("finished")
    with Recording(tmp_path / "a.zvz") as recording:
        assert film(Player(recording), [(recording.event_count, 1.0)], []) is None
