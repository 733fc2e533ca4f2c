"""Sizes as people write them and read them, and text as it may be shown."""

import math
import re

from zoneviz.errors import UsageError

_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


def parse_size(text: str) -> int:
    """Bytes for `4096`, `16M`, `256MiB`, `1.5 GiB`.

    Errors: UsageError for anything else, and for a size that is no whole number of bytes.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?\s*", text.lower())
    if not found:
        raise UsageError(f"{text!r} is not a size such as 4096, 16M or 256MiB.")
    number = float(found[1]) * _UNITS[found[2]]
    if math.isinf(number) or number != int(number):
        raise UsageError(f"{text!r} is not a whole number of bytes.")
    return int(number)


def format_size(size: int) -> str:
    """`512 B`, `4 KiB`, `16 MiB`, `1.25 MiB`: at most two decimals."""
    if abs(size) < 1024:
        return f"{size} B"
    for unit, factor in (("KiB", 1024), ("MiB", 1024**2), ("GiB", 1024**3)):
        if abs(size) < factor * 1024 or unit == "GiB":
            return f"{size / factor:,.2f}".rstrip("0").rstrip(".") + f" {unit}"
    raise AssertionError("unreachable")


def plain(value: object) -> str:
    """A value as text that moves no cursor and changes no colour: what cannot be printed is shown as its escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(value))
