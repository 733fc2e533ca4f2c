"""Readings of Linux from stored files: with and without root, with files missing or odd, in control groups of both versions."""

import errno
import os
import sys
from pathlib import Path

import pytest

from zoneviz.captures.capture import UNKNOWN
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.sources.linux_slab import NEEDS_ROOT, NOT_BUILT, LinuxSlab

SLABINFO = """\
slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata \
<active_slabs> <num_slabs> <sharedavail>
dentry             41200  41244    192   21    1 : tunables    0    0    0 : slabdata   1964   1964      0
kmalloc-64          8000   8064     64   64    1 : tunables    0    0    0 : slabdata    126    126      0
"""
CACHES = (1964 + 126) * 4096
MEMINFO = """\
MemTotal:       24683652 kB
MemFree:        21429416 kB
Slab:               9000 kB
SReclaimable:       8000 kB
SUnreclaim:         1000 kB
KernelStack:        1536 kB
"""
BUDDYINFO = """\
Node 0, zone      DMA      0      0      0      0      0      0      0      0      1      1      3
Node 0, zone    DMA32      1      3      0      2      3      2      1      4      4      2    752
"""
VMSTAT = "nr_free_pages 4943837\nallocstall_dma 0\nallocstall_normal 3\nallocstall_movable 4\nslabs_scanned 293\ndrop_slab 2\noom_kill 0\n"
"""Lines of a Linux 6.18 with two processors, as the rest."""
FILES = {
    "slabinfo": SLABINFO, "meminfo": MEMINFO, "buddyinfo": BUDDYINFO, "vmstat": VMSTAT,
    "loadavg": "0.50 0.62 1.43 1/95 31921\n", "sys/fs/file-nr": "594\t0\t2466165\n",
}  # fmt: skip

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the source asks for the page size as POSIX has it")


@pytest.fixture(autouse=True)
def pages_of_4_kib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sysconf", lambda name: 4096)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    return write(tmp_path / "proc", FILES)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def source(proc: Path, cgroup: str = "") -> LinuxSlab:
    return LinuxSlab(cgroup, proc=proc, cgroups=proc.parent / "cgroup")


def test_a_reading_has_caches_and_the_figures_of_the_machine(proc: Path) -> None:
    reader = source(proc)
    moment = reader.moment()
    assert [(row.name, row.elem_size, row.in_use, row.free, row.cur_size) for row in moment.zones] == [
        ("dentry", 192, 41200, 44, 1964 * 4096),
        ("kmalloc-64", 64, 8000, 64, 126 * 4096),
    ]
    assert moment.whole and reader.shows == {"zones", "elements", "sizes", "machine"} and reader.system.startswith(os.uname().sysname)
    assert moment.counts == {
        "open_files": 594, "open_files_limit": 2466165, "load_percent": 50, "thread_count": 95, "allocstall": 7, "slabs_scanned": 293,
        "drop_slab": 2, "oom_kill": 0,
    }  # fmt: skip
    sizes = moment.sizes
    assert sizes["free_memory"] == 21429416 * 1024 and sizes["slab_unreclaimable"] == 1000 * 1024
    assert sizes["largest_free_block"] == 1024 * 4096
    pages = (256 + 512 + 3 * 1024) + (2 * 8 + 3 * 16 + 2 * 32 + 64 + 4 * 128 + 4 * 256 + 2 * 512 + 752 * 1024)
    assert sizes["free_in_large_blocks"] == pages * 4096


def test_slab_memory_in_no_cache_is_a_zone_of_large_kmallocs(proc: Path) -> None:
    moment = source(proc).moment()
    assert moment.total == 9000 * 1024 > CACHES and moment.rest == "kmalloc-large"


def test_without_root_all_caches_are_one_zone(proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_text

    def refused(path: Path, *args: str | None, **more: str | None) -> str:
        if path.name == "slabinfo":
            raise PermissionError(13, "Permission denied")
        return read(path, *args, **more)

    monkeypatch.setattr(Path, "read_text", refused)
    reader = source(proc)
    moment = reader.moment()
    assert not moment.zones and not moment.whole and (moment.total, moment.rest) == (9000 * 1024, "(slab caches, not named)")
    assert reader.shows == {"zones", "sizes", "machine"} and reader.cannot_show == [NEEDS_ROOT]
    assert moment.counts["open_files"] == 594


def test_a_kernel_without_slabinfo_says_so(proc: Path) -> None:
    (proc / "slabinfo").unlink()
    assert source(proc).cannot_show == [NOT_BUILT]


def test_a_slabinfo_that_goes_ends_the_recording_in_one_sentence(proc: Path) -> None:
    reader = source(proc)
    (proc / "slabinfo").write_text("slabinfo - version: 2.1\n")
    with pytest.raises(EnvironmentProblem, match="no longer lists a cache"):
        reader.moment()
    (proc / "slabinfo").unlink()
    with pytest.raises(EnvironmentProblem, match=r"can no longer be read: No such file.*Start the recording again\.$"):
        reader.moment()


@pytest.mark.parametrize("error", [errno.ENOMEM, errno.ENFILE])
def test_a_machine_too_short_of_memory_to_be_read_is_read_again_later(error: int, proc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = source(proc)

    def failing(path: Path, *args: str | None, **more: str | None) -> str:
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as short:
        short.setattr(Path, "read_text", failing)
        moment = reader.moment()
        assert not moment.zones and not moment.whole and moment.total == UNKNOWN and not moment.sizes
    assert len(reader.moment().zones) == 2


@pytest.mark.parametrize(
    ("file", "figures"),
    [
        ("buddyinfo", {"largest_free_block", "free_in_large_blocks"}),
        ("vmstat", {"allocstall", "slabs_scanned", "drop_slab", "oom_kill"}),
        ("loadavg", {"load_percent", "thread_count"}),
        ("sys/fs/file-nr", {"open_files", "open_files_limit"}),
    ],
)
def test_figures_of_a_missing_or_odd_file_are_left_out(file: str, figures: set[str], proc: Path) -> None:
    reader = source(proc)
    before = reader.moment()
    for text in ("", "\0\xff \n-1 x\n", None):
        if text is None:
            (proc / file).unlink()
        else:
            (proc / file).write_text(text)
        after = reader.moment()
        assert {*before.sizes, *before.counts} - {*after.sizes, *after.counts} == figures


def test_a_meminfo_that_goes_leaves_the_caches(proc: Path) -> None:
    reader = source(proc)
    (proc / "meminfo").unlink()
    moment = reader.moment()
    assert len(moment.zones) == 2 and moment.total == UNKNOWN


def test_a_cut_row_makes_no_cache_vanish(proc: Path) -> None:
    reader = source(proc)
    (proc / "slabinfo").write_text(SLABINFO[:-70])
    moment = reader.moment()
    assert [row.name for row in moment.zones] == ["dentry"] and not moment.whole


def test_an_empty_proc_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="Mount it: `mount -t proc"):
        source(tmp_path / "proc")


def test_a_limit_that_is_not_set_is_left_out(proc: Path) -> None:
    (proc / "sys/fs/file-nr").write_text("594\t0\t9223372036854775807\n")
    moment = source(proc).moment()
    assert moment.counts["open_files"] == 594 and "open_files_limit" not in moment.counts


def test_the_group_of_a_container_is_read(proc: Path) -> None:
    stat = "anon 4096\nkernel 90000\nslab_reclaimable 50000\nslab_unreclaimable 20000\nslab 70000\n"
    files = {"memory.current": "100000\n", "memory.max": "max\n", "memory.stat": stat, "pids.current": "12\n", "pids.max": "100\n"}
    write(proc.parent / "cgroup", files)
    moment = source(proc).moment()
    assert {name: value for name, value in moment.sizes.items() if name.startswith("cgroup")} == {
        "cgroup_memory": 100000, "cgroup_kernel_memory": 90000, "cgroup_slab_reclaimable": 50000, "cgroup_slab_unreclaimable": 20000,
    }  # fmt: skip
    assert (moment.counts["cgroup_threads"], moment.counts["cgroup_threads_limit"]) == (12, 100)


def test_the_group_of_the_whole_machine_is_not_read(proc: Path) -> None:
    write(proc.parent / "cgroup", {"memory.stat": "slab_reclaimable 50000\n", "memory/memory.usage_in_bytes": "100000\n"})
    moment = source(proc).moment()
    assert not any(name.startswith("cgroup") for name in {*moment.sizes, *moment.counts})


@pytest.mark.parametrize("path", ["web", "/web", "{root}/web"])
def test_a_group_of_version_1_is_read(path: str, proc: Path) -> None:
    memory = {"memory.usage_in_bytes": "100000\n", "memory.limit_in_bytes": "9223372036854771712\n", "memory.kmem.usage_in_bytes": "900\n"}
    root = proc.parent / "cgroup"
    write(root / "memory/web", memory | {"memory.stat": "cache 5\nrss 6\n"})
    write(root / "pids/web", {"pids.current": "7\n", "pids.max": "max\n"})
    moment = source(proc, path.format(root=root)).moment()
    figures = {name: value for name, value in {**moment.sizes, **moment.counts}.items() if name.startswith("cgroup")}
    assert figures == {"cgroup_memory": 100000, "cgroup_kernel_memory": 900, "cgroup_threads": 7}
    (root / "pids/web/pids.current").unlink()
    assert "cgroup_threads" not in LinuxSlab("web", proc=proc, cgroups=root).moment().counts


def test_a_group_that_does_not_exist_is_named(proc: Path) -> None:
    with pytest.raises(UsageError, match="'webb' does not exist"):
        source(proc, "webb")


@pytest.mark.skipif(sys.platform != "linux", reason="reads this machine")
def test_this_machine_is_read() -> None:
    moment = LinuxSlab().moment()
    assert moment.sizes["total_memory"] > moment.sizes["free_memory"] > 0
    assert moment.total > 0 and (len(moment.zones) > 20 if moment.whole else not moment.zones)
