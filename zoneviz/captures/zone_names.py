"""Zones numbered by name, and listings as arrays of these numbers."""

from collections.abc import Callable, Sequence

import numpy as np

from zoneviz import words
from zoneviz.captures.capture import UNKNOWN, ZoneRow, ZoneTable
from zoneviz.state.rows import ELEMENT_LIMIT, SIZE_LIMIT, ZONE_ID_LIMIT, Ints


class ZoneNames:
    """The names of all zones that listings have had. `names`: in order of their first listing; their index is their number."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._ids: dict[str, int] = {}
        self._last: Sequence[str] = ()
        self._numbers: Ints = np.zeros(0, np.int64)

    def rows(self, zones: Sequence[ZoneRow], skip: Callable[[str], object] = lambda reason: None) -> Ints:
        """The zones of a listing, (n, 2 + figures): number, elem_size, figures; UNKNOWN where not reported or impossible.

        `skip`: called with the reason when a figure or a zone is left out.
        """
        table = ZoneTable.of(zones)
        figures = table.figures
        if table.names != self._last:
            self._last, self._numbers = table.names, self._identified(table.names)
        impossible = (figures >= SIZE_LIMIT) | (figures < UNKNOWN)
        impossible[:, 0] |= figures[:, 0] >= ELEMENT_LIMIT
        if impossible.any():
            skip("a figure is impossibly large or negative")
            figures = np.where(impossible, UNKNOWN, figures)
        known = self._numbers != UNKNOWN
        if not known.all():
            skip(f"more than {words.number(ZONE_ID_LIMIT - 2)} zones in one recording")
        out: Ints = np.column_stack([self._numbers, figures])[known]
        return out

    def _identified(self, names: Sequence[str]) -> Ints:
        """The numbers of the zones of one listing, (n,); UNKNOWN beyond the limit."""
        ids, seen = [], set[int]()
        for name in names:
            zone = self._identify(name, seen)
            seen.add(zone)
            ids.append(zone)
        return np.array(ids, np.int64)

    def _identify(self, name: str, seen: set[int]) -> int:
        """The number of a zone; the second of a name in one listing is another zone, "name (2)"."""
        full, count = name, 1
        while self._ids.get(full) in seen:
            count += 1
            full = f"{name} ({count})"
        if full not in self._ids:
            if len(self.names) >= ZONE_ID_LIMIT - 2:
                return UNKNOWN
            self._ids[full] = len(self.names)
            self.names.append(full)
        return self._ids[full]
