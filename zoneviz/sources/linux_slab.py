"""Readings of the running Linux kernel: its slab caches, and the figures of the machine that explain them.

Sources: proc(5), and of the kernel Documentation/filesystems/proc.rst, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
"""

import errno
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from zoneviz.captures.capture import Moment, ZoneTable
from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.importers import linux_meminfo
from zoneviz.importers.kmem import LARGE
from zoneviz.importers.linux_slabinfo.rows import Rows
from zoneviz.state.rows import SIZE_LIMIT

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")
NEEDS_ROOT = "Slab caches by name: only root can read /proc/slabinfo. Run `sudo zoneviz record`."
NOT_BUILT = "Slab caches by name: this kernel has no /proc/slabinfo. One built with CONFIG_SLUB_DEBUG has it."
_SHORT = (errno.ENOMEM, errno.ENFILE, errno.EMFILE, errno.EAGAIN)
"""Why a machine that runs out of something cannot open a file now. The recording continues: this is what it is for."""
_COSTLY_ORDER = 3
"""Blocks of 2**order pages from which the kernel calls an allocation costly (include/linux/mmzone.h, PAGE_ALLOC_COSTLY_ORDER)."""
_BUDDY = re.compile(r"(?m)^Node +\d+, zone +\S+((?: +\d{1,15})+) *$")
_EVENTS = ("allocstall", "compact_stall", "drop_slab", "oom_kill", "slabs_scanned")
_VMSTAT = re.compile(rf"(?m)^({'|'.join(_EVENTS)})(?:_\w+)? (\d{{1,20}})$")
_FILES = re.compile(r"(\d{1,18})\s+\d+\s+(\d{1,20})\s*")
_LOAD = re.compile(r"(\d{1,9})\.(\d\d) \S+ \S+ \d+/(\d{1,12}) \d+\s*")
_CONTROLLERS = ("", "memory", "pids")
"""Folders with the files of a control group: version 2 has one, version 1 one for each controller."""
_GROUP_SIZES = {
    "cgroup_memory": ("memory.current", "memory.usage_in_bytes"),
    "cgroup_memory_limit": ("memory.max", "memory.limit_in_bytes"),
    "cgroup_kernel_memory": ("memory.kmem.usage_in_bytes",),
}
_GROUP_COUNTS = {"cgroup_threads": ("pids.current",), "cgroup_threads_limit": ("pids.max",)}
_GROUP_STAT = re.compile(r"(?m)^(slab_reclaimable|slab_unreclaimable|kernel) (\d{1,18})$")
_GROUP_NAMES = {"kernel": "cgroup_kernel_memory"}


class LinuxSlab:
    """The readings of this machine. `cgroup`: a control group whose figures are read too, as a path below `cgroups`; by default the
    container's own, if this is one.

    Without root the memory of all caches is one zone. Errors: EnvironmentProblem if /proc has neither caches nor memory;
    UsageError if the control group does not exist.
    """

    zone_noun = "slab cache"

    def __init__(self, cgroup: str = "", *, proc: Path = PROC, cgroups: Path = CGROUPS) -> None:
        self._proc, self._page = proc, os.sysconf("SC_PAGE_SIZE")
        self._rows = Rows()
        name = os.uname()
        self.system = f"Linux {name.release} {name.machine}"
        self._group = list(_group(cgroup, cgroups))
        self._named, missing = self._has_slabinfo()
        self.shows = frozenset({"zones", "sizes", "machine"} | ({"elements"} if self._named else set()))
        self.trust, self.cannot_show = _sentences(missing)
        if not self._named and not self.moment().sizes:
            raise EnvironmentProblem(f"{proc} shows no memory of this machine. Mount it: `mount -t proc proc {proc}`.")

    def _has_slabinfo(self) -> tuple[bool, str]:
        """Whether caches can be read by name, and the sentence if not."""
        try:
            zones, _ = self._rows.zones(self._slabinfo(), self._page)
        except PermissionError:
            return False, NEEDS_ROOT
        except OSError:
            return False, NOT_BUILT
        return bool(zones), "" if zones else NOT_BUILT

    def moment(self) -> Moment:
        """The machine now. A figure whose file is missing or odd is left out, and the caches while memory is too short to read them.

        Errors: EnvironmentProblem if /proc/slabinfo, readable at first, no longer is.
        """
        zones, whole = self._zones() if self._named else (ZoneTable.of(()), False)
        memory = linux_meminfo.parse(_text(self._proc / "meminfo"))
        sizes, counts = dict(memory.sizes), dict[str, int]()
        sizes |= self._free_blocks(_text(self._proc / "buddyinfo"))
        for path, figures in _COUNTS.items():
            counts |= figures(_text(self._proc / path))
        if self._group:
            sizes |= self._group_sizes()
            counts |= self._group_figures(_GROUP_COUNTS)
        rest = LARGE if self._named else memory.rest
        return replace(memory, zones=zones, sizes=_possible(sizes), counts=_possible(counts), rest=rest, whole=whole)

    def _slabinfo(self) -> str:
        return (self._proc / "slabinfo").read_text(errors="replace")

    def _zones(self) -> tuple[ZoneTable, bool]:
        try:
            zones, whole = self._rows.zones(self._slabinfo(), self._page)
        except OSError as error:
            if error.errno in _SHORT:
                return ZoneTable.of(()), False
            raise EnvironmentProblem(f"{self._proc}/slabinfo can no longer be read: {error.strerror}. Start the recording again.") from None
        if not zones:
            raise EnvironmentProblem(f"{self._proc}/slabinfo no longer lists a cache. Start the recording again.")
        return zones, whole

    def _free_blocks(self, text: str) -> dict[str, int]:
        """Free memory in blocks that the kernel has to look for, and the largest free block, of /proc/buddyinfo."""
        found = [[int(number) for number in row.split()] for row in _BUDDY.findall(text)]
        if not found:
            return {}
        costly = sum(blocks << order for row in found for order, blocks in enumerate(row) if order >= _COSTLY_ORDER)
        largest = max((1 << order for row in found for order, blocks in enumerate(row) if blocks), default=0)
        return {"free_in_large_blocks": costly * self._page, "largest_free_block": largest * self._page}

    def _group_sizes(self) -> dict[str, int]:
        found = self._group_figures(_GROUP_SIZES)
        for folder in self._group:
            for name, value in _GROUP_STAT.findall(_text(folder / "memory.stat")):
                found[_GROUP_NAMES.get(name, f"cgroup_{name}")] = int(value)
        return found

    def _group_figures(self, names: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
        """Files with a single number, by figure; a limit that is not set is left out."""
        out = {}
        for figure, files in names.items():
            texts = (_text(folder / file).strip() for folder in self._group for file in files)
            if value := next((text for text in texts if text.isdigit()), ""):
                out[figure] = int(value)
        return out


def _text(path: Path) -> str:
    """The text of a file, "" if it cannot be read."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


def _possible(values: dict[str, int]) -> dict[str, int]:
    """The figures that a recording can hold; a limit that is not set is larger."""
    return {name: value for name, value in values.items() if value < SIZE_LIMIT}


def _files(text: str) -> dict[str, int]:
    found = _FILES.fullmatch(text)
    return {"open_files": int(found[1]), "open_files_limit": int(found[2])} if found else {}


def _load(text: str) -> dict[str, int]:
    """The load of the last minute in percent of a processor, and the number of threads, of /proc/loadavg."""
    found = _LOAD.fullmatch(text)
    return {"load_percent": int(found[1] + found[2]), "thread_count": int(found[3])} if found else {}


def _vmstat(text: str) -> dict[str, int]:
    """How often the kernel reclaimed, compacted, dropped its caches on request or killed, since boot."""
    out = dict[str, int]()
    for name, value in _VMSTAT.findall(text):
        out[name] = out.get(name, 0) + int(value)
    return out


_COUNTS: dict[str, Callable[[str], dict[str, int]]] = {"sys/fs/file-nr": _files, "loadavg": _load, "vmstat": _vmstat}


def _group(cgroup: str, root: Path) -> Iterator[Path]:
    """The folders of a control group; without one those of a container. The group of the whole machine repeats /proc/meminfo."""
    path = cgroup.removeprefix(f"{root}").strip("/")
    places = [root / controller / path for controller in _CONTROLLERS]
    if not path:
        own = any((place / name).exists() for place in places for name in ("pids.current", "memory.current"))
        yield from places if own else ()
        return
    found = [place for place in places if place.is_dir()]
    if not found:
        raise UsageError(f"The control group {cgroup!r} does not exist below {root}. `systemd-cgls` lists them.")
    yield from found


def _sentences(missing: str) -> tuple[list[str], list[str]]:
    """What must be said of the figures, and what they cannot show. `missing`: why caches have no names, "" if they have."""
    if missing:
        return ["The slab caches are one zone: none can be named."], [missing]
    trust = [
        "Free objects on the lists of a processor count as in use.",
        f"{LARGE} is what /proc/meminfo counts as slab beyond all caches: kmallocs that take whole pages.",
        "Caches of equal object size are merged under one name, unless the kernel was booted with slab_nomerge.",
    ]
    return trust, ["Who holds the objects of a cache."]
