"""What captures of FreeBSD have in common: the release that a text names, and counts that show another boot."""

import re
from collections.abc import Sequence

import numpy as np

from zoneviz.captures.capture import UNKNOWN, ZoneRow, ZoneTable

_RELEASE = re.compile(r"\bFreeBSD\b[^\n]{0,80}?\b(\d{1,2}\.\d{1,2}(?:\.\d)?(?:-[A-Z]+\d?(?:-p\d+)?)?)(?![\w.])")
_COUNTERS = 8
_ALLOCS = ZoneRow._fields.index("allocs") - 1


def system(text: str) -> str:
    """Such as "FreeBSD 12.1-RELEASE", "" if a line names no release."""
    found = _RELEASE.search(text[:1000])
    return f"FreeBSD {found[1]}" if found else ""


def counters(rows: Sequence[ZoneRow]) -> dict[str, int]:
    """The requests of the busiest zones, which fall only at a boot."""
    table = ZoneTable.of(rows)
    allocs = table.figures[:, _ALLOCS]
    busiest = np.argsort(-allocs, kind="stable")[:_COUNTERS].tolist()
    return {table.names[place]: int(allocs[place]) for place in busiest if allocs[place] != UNKNOWN}
