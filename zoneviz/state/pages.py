"""The pages of zone_map: which are taken, and which zone had a page for itself."""

import numpy as np

from zoneviz.events import Catalog, Kind
from zoneviz.state.rows import ADDRESS, KIND, SIZE, SUBJECT, ByKind, Ints

PAGE = 4096
MISSING = -1
"""A page that zone_map still has to give."""
SHARED = 0
"""A page that is taken, but not crammed into one zone: the bump region, where zones lie side by side."""
_LIMIT = 1 << 18  # pages of the largest zone_map a profile can have


class ZonePages:
    """`zone` (pages,): MISSING, SHARED, or the id of the zone whose page it is. Empty until zone_map is known."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.zone: Ints = np.zeros(0, np.int64)

    @property
    def start(self) -> int:
        """Address of the first page."""
        return next((m.start for m in self.catalog.maps if m.name == "zone_map"), 0)

    def apply(self, rows: Ints, kinds: ByKind) -> None:
        """Take in the events of a batch (n, 10) that take, cram or give back pages of zone_map."""
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
        """Another that goes its own way from here."""
        other = ZonePages(self.catalog)
        other.zone = self.zone.copy()
        return other
