"""Sizes as people type them; `words` writes them."""

import math
import re

from zoneviz.errors import UsageError

_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


def parse_size(text: str) -> int:
    """Bytes for `4096`, `16M`, `256MiB`, `1.5 GiB`.

    Errors: UsageError for anything else, and for a fraction of a byte.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?\s*", text.lower())
    if not found:
        raise UsageError(f"{text!r} is not a size such as 4096, 16M or 256MiB.")
    number = float(found[1]) * _UNITS[found[2]]
    if math.isinf(number) or number != int(number):
        raise UsageError(f"{text!r} is not a whole number of bytes.")
    return int(number)
