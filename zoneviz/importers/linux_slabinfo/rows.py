"""Rows of /proc/slabinfo, versions 1.0 to 2.1, read by their form.

2.x: `name active total size per_slab pages : tunables 3 numbers : slabdata active_slabs slabs shared`, and statistics after that.
1.1: `name active total size active_slabs slabs pages`, and statistics; names may have blanks. 1.0: `name active total`.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoneviz.captures.capture import UNKNOWN, ZoneRow, ZoneTable, integers
from zoneviz.state.rows import SIZE_LIMIT, Ints

PAGE = 4096
_N = r"[ \t]+(\d{1,12})"
_TUNED = r"[ \t]*:[ \t]*tunables[ \t]+\d+[ \t]+\d+[ \t]+\d+[ \t]*:[ \t]*slabdata"
_NAME = r"[ \t]*(\S+(?:[ \t]+[^\d\s:]\S*)*?)"
_ROW = re.compile(rf"[ \t]*(?:/proc/slabinfo:)?(?:\d+[:\t])?(\S+){_N}{_N}{_N}{_N}{_N}{_TUNED}[ \t]+\d+{_N}[ \t]+\d+(?!\S)(?![ \t]+\d)")
_ROW_1 = re.compile(rf"{_NAME}{_N}{_N}{_N}{_N}{_N}{_N}(?:[ \t]*:[\d \t:]*)?")
_ROW_0 = re.compile(rf"{_NAME}{_N}{_N}(?:[ \t]+\d+)*")
_GROUP = re.compile(r"(?P<name>[^\d\s]\S*(?:[ \t]+[^\d\s]\S*)*|\d\S*)(?P<numbers>(?:[ \t]+\d{1,12})+)[ \t]*")
_KNOWN = 4096
"""Rows that are remembered: in a series most caches do not change between two listings."""
_HEADER_LINES = 2
"""Version and names of the columns."""
_GROUPS = re.compile(r"[ \t]*:[ \t]+(?=(?:tunables|slabdata|globalstat|cpustat)\b)")
_COLUMNS = {
    "": ["active_objs", "num_objs", "objsize", "objperslab", "pagesperslab"],
    "tunables": ["limit", "batchcount", "sharedfactor"],
    "slabdata": ["active_slabs", "num_slabs", "sharedavail"],
}


class SlabRow(NamedTuple):
    """A slab cache: objects in use and altogether, bytes of one, objects and pages of a slab, slabs. UNKNOWN: not in the row."""

    name: str
    active: int
    total: int
    size: int = UNKNOWN
    per_slab: int = UNKNOWN
    pages: int = UNKNOWN
    slabs: int = UNKNOWN


class Columns:
    """The columns of at least one row, each (n,): `names`, and the figures of SlabRow."""

    def __init__(self, rows: Sequence[SlabRow]) -> None:
        self.names, *numbers = zip(*rows, strict=True)
        self.active, self.total, self.size, self.per_slab, self.pages, self.slabs = integers(numbers)

    def bytes_of(self, slabs: Ints, page: int) -> npt.NDArray[np.float64]:
        """Bytes of slabs (n,) with pages of `page` bytes; exact below SIZE_LIMIT."""
        out: npt.NDArray[np.float64] = slabs.astype(np.float64) * self.pages * page
        return out

    def zones(self, page: int) -> ZoneTable:
        """The figures with pages of `page` bytes."""
        out = np.full((len(self.names), len(ZoneRow._fields) - 1), UNKNOWN)
        free = np.where(self.total >= self.active, self.total - self.active, UNKNOWN)
        held = np.where(self.slabs >= 0, self.bytes_of(self.slabs, page).clip(max=SIZE_LIMIT), UNKNOWN)
        out[:, 0], out[:, 1], out[:, 2], out[:, 3] = self.size, self.active, free, held
        return ZoneTable(self.names, out)


def parse(text: str, page: int = PAGE) -> list[ZoneRow]:
    """The caches in the /proc/slabinfo of a running machine; other lines are left out. `page`: bytes of a page."""
    return list(Rows().zones(text, page)[0])


def _row(found: re.Match[str]) -> SlabRow:
    name, *numbers = found.groups()
    return SlabRow._make((name, *map(int, numbers)))


class Rows:
    """Reads rows. `version`: of the format, "" if unknown; `wide`: the first cache with more numbers than known.

    `known`: rows of earlier lines, by their text.
    """

    def __init__(self) -> None:
        self.version = self.wide = ""
        self._columns = dict(_COLUMNS)
        self.known: dict[str, SlabRow] = {}

    def header(self, text: str) -> None:
        """Take the names of columns from a line `# name <active_objs> ...`."""
        for group in _GROUPS.split(text):
            word = group.split(None, 1)[0]
            key = word if word in _COLUMNS else ""
            names = re.findall(r"<(\w+)>?", group)
            self._columns[key] = names if set(_COLUMNS[key]) <= set(names) else _COLUMNS[key]

    def row(self, text: str) -> SlabRow | None:
        """The row in a line; None for anything else."""
        found = _ROW.match(text)
        if found:
            if len(self.known) >= _KNOWN:
                self.known.clear()
            self.known[text] = row = _row(found)
            return row
        if text.lstrip().startswith("#"):
            return None if "<" in text else self.row(text.lstrip("# \t"))
        if "tunables" in text:
            return self._by_groups(text)
        if self.version == "1.0":
            old = _ROW_0.fullmatch(text)
            return SlabRow(old[1], int(old[2]), int(old[3])) if old else None
        old = _ROW_1.fullmatch(text) if self.version < "2" else None
        if not old:
            return None
        active, total, size, _, slabs, pages = map(int, old.groups()[1:])
        return SlabRow(old[1], active, total, size, UNKNOWN, pages, slabs)

    def zones(self, text: str, page: int) -> tuple[ZoneTable, bool]:
        """The caches in a /proc/slabinfo, and whether every line after the two of the header is one. `page`: bytes of a page."""
        known, lines = self.known, text.splitlines()
        rows = [row for line in lines if (row := known.get(line) or self.row(line)) is not None]
        table = Columns(rows).zones(page) if rows else ZoneTable.of(())
        return table, bool(rows) and len(rows) == len(lines) - _HEADER_LINES

    def _by_groups(self, text: str) -> SlabRow | None:
        """A 2.x row with statistics, with blanks in its name, or with more numbers than known: the header's names tell which they are."""
        groups = [found for group in _GROUPS.split(text)[:3] if (found := _GROUP.fullmatch(group.strip()))]
        if len(groups) < 3 or [group["name"] for group in groups[1:]] != ["tunables", "slabdata"]:
            return None
        name, values = groups[0]["name"], dict[str, int]()
        for key, group in zip(_COLUMNS, groups, strict=True):
            numbers = [int(number) for number in group["numbers"].split()]
            names = self._columns[key] if len(self._columns[key]) == len(numbers) else _COLUMNS[key]
            if len(numbers) < len(names):
                return None
            if len(numbers) > len(_COLUMNS[key]):
                self.wide = self.wide or name
            values |= dict(zip(names, numbers, strict=False))
        return SlabRow(name, *(values[column] for column in (*_COLUMNS[""], "num_slabs")))
