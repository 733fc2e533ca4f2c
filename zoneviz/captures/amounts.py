"""Sizes as machines print them: `20G`, `338 MB`, `96K`, `17320K`. Units are of 1024."""

import re
from typing import NamedTuple

_SIZE = re.compile(r"(?P<number>\d{1,15})(?P<fraction>[.]\d{1,3})?\s*(?P<unit>[KMGT]?)(?:i?B|bytes)?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


class Span(NamedTuple):
    """What a rounded number can mean, in bytes: `low` to `high`, both included."""

    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether it is one value."""
        return self.low == self.high


def span(text: str) -> Span | None:
    """The bytes that a size printed with a unit letter stands for; None for anything else.

    A unit letter cuts the rest off: `20G` is 20 GiB to 1 byte below 21 GiB; `0B`, `0K` and a number without a letter are exact.
    """
    found = _SIZE.fullmatch(text.strip())
    if not found:
        return None
    unit = _UNITS[found["unit"].lower()]
    low = int(float(found["number"] + (found["fraction"] or "")) * unit) if found["fraction"] else int(found["number"]) * unit
    step = unit // (10 ** (len(found["fraction"]) - 1) if found["fraction"] else 1)
    return Span(low, low if low == 0 or unit == 1 else low + step - 1)


def kilobytes(text: str) -> int | None:
    """Bytes of a whole number of K, such as `17320K` or `17,320 kB`; None for anything else."""
    found = re.fullmatch(r"(\d[\d,]{0,18})\s*[kK]i?[bB]?", text.strip())
    return int(found[1].replace(",", "")) * 1024 if found else None
