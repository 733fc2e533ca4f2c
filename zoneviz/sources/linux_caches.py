"""The slab caches of a Linux kernel: their names, and which one an allocation comes from where the kernel does not say.

Sources: include/linux/slab.h and gfp_types.h, mm/slab_common.c (kmalloc caches), the files of /sys/kernel/slab.
"""

import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoneviz.events import WIDTH, Catalog, Kind, ZoneInfo
from zoneviz.importers.kmem import kmalloc_cache
from zoneviz.importers.linux_slabinfo.rows import parse
from zoneviz.state.rows import Ints

PREFIXES = ("kmalloc", "kmalloc-cg", "kmalloc-rcl", "dma-kmalloc")
"""What kmalloc caches are called, plain ones first."""
INFERRED = "(inferred)"
"""Ends the name of a zone that the kernel does not name: the function that allocates and the size stand for it."""
_BUCKETS = {"alloc_msg": "msg_msg", "memdup_user": "memdup_user", "vmemdup_user": "memdup_user", "memdup_user_nul": "memdup_user"}
"""Functions whose kmallocs come from separate caches since 6.11, where the machine has these (ipc/msgutil.c, mm/util.c)."""
_KMALLOCS = tuple(f"{name}-" for name in (*PREFIXES, *_BUCKETS.values()))


@dataclass(frozen=True, slots=True)
class Flags:
    """Bits of gfp_flags that decide the kmalloc cache; they differ between kernels. 0: this kernel has no such bit."""

    account: int
    reclaimable: int
    dma: int

    @classmethod
    def of(cls, text: str) -> "Flags":
        """Read them from the print format in a `format` file."""
        return cls(*(_flag(text, name) for name in ("__GFP_ACCOUNT", "__GFP_RECLAIMABLE", "GFP_DMA")))

    def kind(self, gfp: Ints) -> Ints:
        """The index in PREFIXES for each gfp_flags (n,)."""
        return np.select([gfp & self.dma != 0, gfp & self.reclaimable != 0, gfp & self.account != 0], [3, 2, 1], 0)


def _flag(text: str, name: str) -> int:
    """The bit of a flag in `{ ..., "NAME" }`: written as `(1UL) << (N)`, or as a number in older kernels."""
    found = re.search(r"\{([^{}]*),\s*\"" + name + r"\"\s*\}", text)
    if found is None:
        return 0
    shift, number = re.search(r"1UL\)*\s*<<\s*\((\d+)\)", found[1]), re.search(r"0x([0-9a-fA-F]+)|\b(\d+)[uUlL]*\)", found[1])
    if shift is not None:
        return 1 << int(shift[1])
    return 0 if number is None else int(number[1], 16) if number[1] else int(number[2])


@dataclass(frozen=True, slots=True)
class Caches:
    """The caches of a machine. `sizes`: of the elements in bytes, by name; `shapes`: the names of caches that alone have their size asked
    for and allocated, kmalloc's apart; `aliases`: what caches that the kernel has merged are called, by the name they were made with."""

    sizes: Mapping[str, int]
    shapes: Mapping[tuple[int, int], str]
    aliases: Mapping[str, str]

    def of_kmalloc(self, name: str) -> bool:
        """Whether kmalloc allocates from a cache of this name."""
        return name.startswith(_KMALLOCS)

    @classmethod
    def of(cls, proc: Path = Path("/proc"), slab: Path = Path("/sys/kernel/slab")) -> "Caches":
        """Those of the running kernel; what cannot be read is missing."""
        sizes: dict[str, int] = {}
        with suppress(OSError):
            sizes = {row.name: row.elem_size for row in parse((proc / "slabinfo").read_text("utf-8", "replace"))}
        groups: dict[str, list[str]] = {}
        shapes: dict[str, tuple[int, int]] = {}
        for folder in sorted(slab.glob("*")):
            with suppress(OSError, ValueError):
                one = folder.resolve().name
                groups.setdefault(one, []).append(folder.name)
                shapes[one] = int((folder / "object_size").read_text()), int((folder / "slab_size").read_text())
        listed = {one: next((name for name in names if name in sizes), one) for one, names in groups.items()}
        # Only kmalloc allocates from kmalloc's caches.
        others = {one: shape for one, shape in shapes.items() if not listed[one].startswith(_KMALLOCS)}
        counts = Counter(others.values())
        alone = {shape: listed[one] for one, shape in others.items() if counts[shape] == 1}
        return cls(sizes, alone, {name: listed[one] for one, names in groups.items() for name in names})


NO_CACHES = Caches({}, {}, {})


class Zones:
    """The zones of a catalog by cache name, made when first seen. `caches`: of the machine."""

    def __init__(self, catalog: Catalog, caches: Caches = NO_CACHES) -> None:
        self._catalog, self._caches = catalog, caches
        self._ids: dict[str, int] = {}
        self._seen = 0
        self._new: list[ZoneInfo] = []

    def begun(self, time: int) -> Ints:
        """The events (n, 9) of the zones made here since the last call, at a time in ns."""
        new, self._new = self._new, []
        rows = np.zeros((len(new), WIDTH), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 5], rows[:, 7] = Kind.ZINIT, time, [zone.id for zone in new], [zone.elem_size for zone in new]
        return rows

    def id(self, name: str, size: int) -> int:
        """The id of a cache; `size`: of its elements in bytes, where the machine did not say."""
        zones = self._catalog.zones
        if self._seen < len(zones):  # readings put zones into the catalog as well
            self._ids |= {zone.name: zone.id for zone in zones[self._seen :]}
            self._seen = len(zones)
        found = self._ids.get(name)
        if found is None:
            found = self._ids[name] = len(zones) + 1
            self._new.append(ZoneInfo(found, name, self._caches.sizes.get(name, size), 0, 0, ""))
            zones.append(self._new[-1])
            self._seen += 1
        return found

    def kmalloc(self, size: int, kind: int, site: str) -> int:
        """The id of a kmalloc's cache. `kind`: an index in PREFIXES; `site`: the function that allocates.

        A cache the machine does not have is the plain one: kernels before 5.14 have no kmalloc-cg.
        """
        own = kmalloc_cache(size, _BUCKETS.get(site, ""))
        if own in self._caches.sizes:
            return self.id(own, size)
        name = kmalloc_cache(size, PREFIXES[kind])
        if self._caches.sizes and name not in self._caches.sizes:
            name = kmalloc_cache(size)
        return self.id(name, size)

    def unnamed(self, asked: int, size: int, site: str) -> int:
        """The id of the cache of an allocation that does not name it: the only one of that shape, else a zone named after the site."""
        return self.id(self._caches.shapes.get((asked, size), f"{site} {size} {INFERRED}"), size)
