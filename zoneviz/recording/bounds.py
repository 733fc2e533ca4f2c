"""What the numbers of a recording can mean at most: a larger one is damage, and sums and differences of it would overflow.

What is summed has a narrower limit there (`state.totals`).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from zoneviz.errors import InputError
from zoneviz.events import COLUMNS
from zoneviz.state.rows import TIME, Ints

NUMBER = 1 << 52
"""Upper bound of sizes (4 PiB), counts, ids and figures, and of the same below 0."""
PLACE = 1 << 62
"""Upper bound of times in ns (146 years) and of addresses."""
PLACES = ("time", "address", "start_address", "end_address")
_EVENT = ("seq", *COLUMNS)


def events(rows: Ints) -> Ints:
    """These events (n, 10). Errors: InputError if one has an impossible number."""
    return checked(rows, _EVENT, "an event")


def checked(rows: Ints, columns: Sequence[str], what: str) -> Ints:
    """`rows` (n, columns). Errors: InputError, about `what`, if a number is out of bounds or a time is negative."""
    if not len(rows):
        return rows
    low, high = rows.min(axis=0).tolist(), rows.max(axis=0).tolist()
    for name, least, most in zip(columns, low, high, strict=True):
        limit = PLACE if name in PLACES else NUMBER
        if most >= limit or least <= (-1 if name == "time" else -limit):
            raise InputError(f"It is damaged: {what} has the invalid {name.replace('_', ' ')} {most if most >= limit else least}.")
    return rows


def valid(rows: Ints) -> npt.NDArray[np.bool_]:
    """Which events (n, 10) have possible numbers only, (n,)."""
    limits = np.array([PLACE if name in PLACES else NUMBER for name in _EVENT])
    good: npt.NDArray[np.bool_] = ((rows > -limits) & (rows < limits)).all(axis=1) & (rows[:, TIME] >= 0)
    return good
