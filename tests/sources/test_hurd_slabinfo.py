"""Readings of GNU Mach from a stand-in for `cat`: rows in the form of kern/slab.c's printing code."""

import sys
from pathlib import Path

import pytest

from tests.sources.stand_in import StandIns
from zoneviz.errors import EnvironmentProblem
from zoneviz.sources.hurd_slabinfo import HurdSlabinfo

SLABINFO = """\
cache                          obj slab  bufs   objs   bufs    total reclaimable
name                 flags    size size /slab  usage  count   memory      memory
vm_map_entry          0010      56   4k    72   2052   2088     116k          0k
kalloc 8192           0000    8192  64k     8      3      8      64k          0k
total: 200k, reclaimable: 0k
"""
MEMINFO = "MemTotal:        4194304 kB\nMemFree:         3145728 kB\nActive:            10240 kB\n"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no source of Windows runs a command")


@pytest.fixture
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIns:
    stand_ins = StandIns(tmp_path / "bin", monkeypatch)
    stand_ins.prints("cat", SLABINFO, "/proc/slabinfo")
    return stand_ins


def test_a_reading_has_the_caches_and_the_memory(stand_ins: StandIns) -> None:
    stand_ins.prints("cat", MEMINFO, "/proc/meminfo")
    source = HurdSlabinfo()
    moment = source.moment()
    assert [row[:5] for row in moment.zones] == [
        ("vm_map_entry", 56, 2052, 36, 116 * 1024),
        ("kalloc 8192", 8192, 3, 5, 64 * 1024),
    ]
    assert (moment.total, moment.rest, moment.whole) == (200 * 1024, "(not listed)", True)
    assert moment.sizes == {"total_memory": 4 << 30, "free_memory": 3 << 30}
    assert source.system.startswith("GNU Mach, ") and source.zone_noun == "slab cache" and not source.trust


def test_the_memory_is_left_out_where_it_cannot_be_read(stand_ins: StandIns) -> None:
    stand_ins.script("cat", (stand_ins.folder / "cat").read_text() + "echo 'No such file or directory' >&2; exit 1")
    assert HurdSlabinfo().moment().sizes == {}


def test_a_slabinfo_that_goes_is_named(stand_ins: StandIns) -> None:
    source = HurdSlabinfo()
    stand_ins.script("cat", "echo 'cat: /proc/slabinfo: Translator died' >&2; exit 1")
    with pytest.raises(EnvironmentProblem, match="`cat /proc/slabinfo` failed: cat: /proc/slabinfo: Translator died"):
        source.moment()
