"""The pages of zone_map: which are allocated, and which belong to a single zone."""

import numpy as np

from zoneviz.events import Catalog, Kind
from zoneviz.state.rows import ADDRESS, KIND, SIZE, SUBJECT, ByKind, Ints

PAGE = 4096
MISSING = -1
"""A free page of zone_map."""
SHARED = 0
"""An allocated page of no single zone: the bump region, where elements of all zones lie side by side."""
_LIMIT = 1 << 18  # pages of the largest zone_map of a profile


class ZonePages:
    """`zone` (pages,): MISSING, SHARED, or the id of the owning zone. Empty until zone_map is known."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.zone: Ints = np.zeros(0, np.int64)

    @property
    def start(self) -> int:
        """Address of the first page."""
        return next((m.start for m in self.catalog.maps if m.name == "zone_map"), 0)

    def apply(self, rows: Ints, kinds: ByKind) -> None:
        """Take in the events of a batch (n, 10) that allocate, cram or free pages of zone_map."""
        at = kinds.any_of((Kind.KMEM_ALLOC, Kind.KMEM_FREE, Kind.ZCRAM))
        info = next((m for m in self.catalog.maps if m.name == "zone_map"), None)
        if not len(at) or info is None:
            return
        if not len(self.zone):
            self.zone = np.full(min(max(info.end - info.start, 0) // PAGE, _LIMIT), MISSING, np.int64)
        for kind, subject, address, size in rows[at][:, [KIND, SUBJECT, ADDRESS, SIZE]].tolist():
            if (kind != Kind.ZCRAM and subject != info.id) or address < info.start:
                continue
            first = (address - info.start) // PAGE
            past = -(-(address + size - info.start) // PAGE)
            self.zone[first:past] = {Kind.ZCRAM: subject, Kind.KMEM_ALLOC: SHARED}.get(kind, MISSING)

    def copy(self) -> "ZonePages":
        """An independent copy."""
        other = ZonePages(self.catalog)
        other.zone = self.zone.copy()
        return other
