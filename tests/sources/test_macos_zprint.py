"""Readings of macOS from a stand-in zprint that prints the listing of a real one."""

import sys
from pathlib import Path

import pytest

from tests.sources.stand_in import CAPTURES, StandIns
from zoneviz.captures.listings import NO_GROWTH
from zoneviz.sources.macos_zprint import MacosZprint

LISTING = (CAPTURES / "macos-zprint/01-kalloc-rows-10.15.txt").read_text().split("\n", 1)[1]
"""Of macOS 10.15, without the prompt."""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no source of Windows runs a command")


@pytest.fixture
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIns:
    stand_ins = StandIns(tmp_path / "bin", monkeypatch)
    stand_ins.prints("zprint", LISTING)
    return stand_ins


def test_a_reading_has_the_zones_and_what_sysctl_knows(stand_ins: StandIns) -> None:
    stand_ins.prints("sysctl", "hw.memsize: 17179869184\nkern.num_files: 5120\nkern.maxfiles: 49152\n")
    source = MacosZprint()
    moment = source.moment()
    rows = {row.name: row for row in moment.zones}
    assert len(rows) == 25 and moment.whole
    assert rows["kalloc.512"][1:6] == (512, 106302, 107240 - 106302, 53620 * 1024, 67336 * 1024)
    assert moment.sizes == {"total_memory": 17179869184} and moment.counts == {"open_files": 5120, "open_files_limit": 49152}
    assert source.system.startswith("macOS, ") and source.shows == {"zones", "elements", "sizes", "limits", "machine"}
    assert not source.trust and NO_GROWTH not in source.cannot_show


def test_a_damaged_row_makes_no_zone_vanish(stand_ins: StandIns) -> None:
    source = MacosZprint()
    stand_ins.prints("zprint", LISTING.replace("kalloc.32                     32       6640K", "kalloc.32      "))
    moment = source.moment()
    assert len(moment.zones) == 24 and not moment.whole and "machine" not in source.shows


def test_without_privilege_one_sentence_says_what_gives_more(stand_ins: StandIns) -> None:
    row = "kalloc.16                     16          0K          0K          0           0     1060838     0K      0  C"
    stand_ins.prints("zprint", "\n".join([*LISTING.splitlines()[:3], row, ""]))
    source = MacosZprint()
    (zone,) = source.moment().zones
    assert (zone.in_use, zone.cur_size) == (1060838, 1060838 * 16)
    assert any("Run zprint as root" in sentence for sentence in source.trust)
