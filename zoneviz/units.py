"""Sizes and times as people type them; `words` writes them."""

import re
from fractions import Fraction

from zoneviz.errors import UsageError

_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_SECONDS = {"ms": 0.001, "s": 1.0, "": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_LONGEST = 10 * 365 * 86400.0


def parse_size(text: str) -> int:
    """Bytes for `4096`, `16M`, `256MiB`, `1.5 GiB`.

    Errors: UsageError for anything else, and for a fraction of a byte.
    """
    found = re.fullmatch(r"\s*(\d{1,300}(?:\.\d{1,300})?)\s*([kmg]?)(?:i?b)?\s*", text.lower())
    if not found:
        raise UsageError(f"{text!r} is not a size such as 4096, 16M or 256MiB.")
    number = Fraction(found[1]) * _UNITS[found[2]]
    if number.denominator != 1:
        raise UsageError(f"{text!r} is not a whole number of bytes.")
    return number.numerator


def parse_duration(text: str) -> float:
    """Seconds for `30`, `0.5s`, `100ms`, `10m`, `24h`, `2d`.

    Errors: UsageError for anything else, for 0, and for more than ten years.
    """
    found = re.fullmatch(r"\s*(\d{1,12}(?:\.\d{1,9})?)\s*([a-z]*)\s*", text.lower())
    if not found or found[2] not in _SECONDS:
        raise UsageError(f"{text!r} is not a time such as 100ms, 10s, 5m, 24h or 2d.")
    seconds = float(found[1]) * _SECONDS[found[2]]
    if not 0 < seconds <= _LONGEST:
        raise UsageError(f"{text!r} is not a time between 1 ms and ten years.")
    return seconds
