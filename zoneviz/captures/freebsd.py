"""What captures of FreeBSD have in common: the release that a text names, and counts that show another boot."""

import re
from collections.abc import Iterable

from zoneviz.captures.capture import UNKNOWN, ZoneRow

_RELEASE = re.compile(r"\bFreeBSD\b[^\n]{0,80}?\b(\d{1,2}\.\d{1,2}(?:\.\d)?(?:-[A-Z]+\d?(?:-p\d+)?)?)(?![\w.])")
_COUNTERS = 8


def system(text: str) -> str:
    """Such as "FreeBSD 12.1-RELEASE", "" if a line names no release."""
    found = _RELEASE.search(text[:1000])
    return f"FreeBSD {found[1]}" if found else ""


def counters(rows: Iterable[ZoneRow]) -> dict[str, int]:
    """The requests of the busiest zones, which fall only at a boot."""
    return {row.name: row.allocs for row in sorted(rows, key=lambda row: -row.allocs)[:_COUNTERS] if row.allocs != UNKNOWN}
