"""Dates and uptimes as machines print them."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

_SECOND = 1_000_000_000
_EARLIEST, _LATEST = 1970, 2200
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_ZONE = r"(?:\s*(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d|[A-Z]{2,5}T)(?![\w:]))?"
_ISO = re.compile(
    r"(?<![\d.-])(?P<year>\d{4})[-/](?P<month>\d\d)[-/](?P<day>\d\d)[ T_]+(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
    r"(?:[.,](?P<fraction>\d{1,9}))?" + _ZONE
)
_DATE = re.compile(
    rf"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+(?P<name>{'|'.join(_MONTHS)})\s+(?P<day>\d{{1,2}})\s+"
    r"(?P<hour>\d\d?):(?P<minute>\d\d):(?P<second>\d\d)(?:[.](?P<fraction>\d{1,9}))?(?:\s+(?P<half>AM|PM))?"
    + _ZONE
    + r"\s+(?P<year>\d{4})(?!\d)"
)
_EPOCH = re.compile(r"(?:^|(?<=[\s=:\[#]))(?P<seconds>1\d{9})(?P<milli>\d{3})?(?:\.(?P<fraction>\d{1,9}))?(?=[\s\]#:]|$)")
_UP = re.compile(
    r"\bup\s+(?:(?P<days>\d{1,5})\s+days?,?\s*)?(?:(?P<hours>\d{1,2}):(?P<minutes>\d\d)|(?P<min>\d{1,2})\s*min|(?P<hrs>\d{1,2})\s*h)?",
)


class Stamp(NamedTuple):
    """A moment of the calendar. `ns`: since 1970 UTC; if not `zoned`, the text has no offset and is read as if it were UTC."""

    ns: int
    zoned: bool

    def __str__(self) -> str:
        """`2022-07-10 01:18:15 UTC`; without UTC if the offset is unknown."""
        moment = datetime.fromtimestamp(self.ns // _SECOND, UTC)
        return f"{moment:%Y-%m-%d %H:%M:%S}" + (" UTC" if self.zoned else "")


def find(text: str) -> Stamp | None:
    """The first date in a line: ISO, as `date` and `ctime` print it, or seconds since 1970; None if missing or impossible."""
    for pattern in (_ISO, _DATE):
        found = pattern.search(text)
        if found:
            return _stamp(found.groupdict())
    found = _EPOCH.search(text)
    if found:
        fraction = found["milli"] or found["fraction"] or ""
        return Stamp(int(found["seconds"]) * _SECOND + _fraction(fraction), True)
    return None


def from_seconds(seconds: int, nanoseconds: int = 0) -> Stamp:
    """The moment this long after 1970 UTC."""
    return Stamp(seconds * _SECOND + nanoseconds, True)


def uptime(text: str) -> int | None:
    """ns since boot in a line of `uptime`, such as "up 1 day, 2:36"; exact to a minute. None if missing."""
    found = _UP.search(text)
    if not found or not any(found.groups()):
        return None
    days, hours, minutes = (int(found[name] or 0) for name in ("days", "hours", "minutes"))
    return ((days * 24 + hours + int(found["hrs"] or 0)) * 60 + minutes + int(found["min"] or 0)) * 60 * _SECOND


def _fraction(digits: str) -> int:
    return int(digits.ljust(9, "0")[:9]) if digits else 0


def _stamp(parts: dict[str, str | None]) -> Stamp | None:
    month = _MONTHS.index(str(parts["name"])) + 1 if parts.get("name") else int(parts.get("month") or 0)
    year, hour = int(parts["year"] or 0), int(parts["hour"] or 0)
    if not _EARLIEST < year < _LATEST:
        return None
    if parts.get("half"):
        hour = hour % 12 + (12 if parts["half"] == "PM" else 0)
    known = _offset(parts["zone"] or "")
    try:
        moment = datetime(
            year, month, int(parts["day"] or 0), hour, int(parts["minute"] or 0), int(parts["second"] or 0), tzinfo=known or UTC
        )
    except ValueError:
        return None
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Stamp((since.days * 86400 + since.seconds) * _SECOND + _fraction(parts.get("fraction") or ""), known is not None)


def _offset(zone: str) -> timezone | None:
    """The offset a zone names; None for an abbreviation such as CST, which several places use."""
    if zone in ("Z", "UTC", "GMT"):
        return UTC
    if zone[:1] in ("+", "-"):
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(-offset if zone[0] == "-" else offset) if offset < timedelta(hours=24) else None
    return None
