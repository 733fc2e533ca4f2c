"""Readings of FreeBSD from a stand-in vmstat that prints the listings of real ones."""

import sys
from pathlib import Path

import pytest

from tests.sources.stand_in import CAPTURES, StandIns
from zoneviz.errors import EnvironmentProblem
from zoneviz.sources.freebsd_vmstat import FreebsdVmstat

ZONES = (CAPTURES / "freebsd-vmstat-z/04-mbufs-default-settings.txt").read_text()
TYPES = (CAPTURES / "freebsd-vmstat-m/01-types-with-header.txt").read_text().split("\n", 1)[1]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no source of Windows runs a command")


@pytest.fixture
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIns:
    stand_ins = StandIns(tmp_path / "bin", monkeypatch)
    stand_ins.prints("vmstat", TYPES, "-m")
    stand_ins.prints("vmstat", ZONES, "-z")
    return stand_ins


def test_a_reading_has_the_zones_and_large_malloc_types(stand_ins: StandIns) -> None:
    stand_ins.prints("sysctl", "hw.physmem: 8589934592\nvm.kmem_map_size: 1048576\nvm.kmem_size: 2097152\nkern.openfiles: 900\n")
    source = FreebsdVmstat()
    moment = source.moment()
    rows = {row.name: row for row in moment.zones}
    assert rows["mbuf_cluster"][:7] == ("mbuf_cluster", 2048, 1152, 6, (1152 + 6) * 2048, 262144 * 2048, 1152)
    assert moment.sizes["kernel_memory_limit"] == 2097152 and moment.counts == {"open_files": 900}
    assert moment.sizes["malloc type vtbuf"] == 2015232 and "malloc type entropy" not in moment.sizes
    assert any("mbuf_packet" in sentence for sentence in source.trust)


def test_a_malloc_type_that_was_large_stays_a_figure(stand_ins: StandIns) -> None:
    source = FreebsdVmstat()
    assert source.moment().sizes["malloc type DEVFS3"] == 149504
    stand_ins.prints("vmstat", TYPES.replace("146K", "1K"), "-m")
    assert source.moment().sizes["malloc type DEVFS3"] == 1024


def test_zones_are_read_without_malloc_types(stand_ins: StandIns) -> None:
    stand_ins.prints("vmstat", "vmstat: not available in a jail\n", "-m")
    moment = FreebsdVmstat().moment()
    assert moment.zones and not moment.sizes


def test_no_zones_are_an_error(stand_ins: StandIns) -> None:
    stand_ins.script("vmstat", "echo 'vmstat: kvm_nlist: No such file or directory' >&2; exit 1")
    with pytest.raises(EnvironmentProblem, match="`vmstat -z` failed: vmstat: kvm_nlist"):
        FreebsdVmstat()
