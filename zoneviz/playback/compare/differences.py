"""Where two sequences differ: the first place, and the pieces that only one of them has."""

from collections.abc import Generator
from typing import NamedTuple

import numpy as np

from zoneviz.playback.compare.sequence import Compared
from zoneviz.state.rows import Ints

GRAM = 16
"""Equal events in a row that end a difference."""
WINDOWS = (1 << 10, 1 << 14, 1 << 18)
"""How many events ahead the end of a difference is searched; beyond the last, the rest is one difference."""
MOST = 1000
"""Differences found regardless of cost."""
BUDGET = 1 << 26
"""Events searched ahead in total before the search stops; it continues while differences are small."""
_CHUNK = 1 << 16
_STEP = 16


class Hunk(NamedTuple):
    """A has the events [a, a_end) where B has [b, b_end): indices into `Compared`."""

    a: int
    a_end: int
    b: int
    b_end: int


class Differences(NamedTuple):
    """The differences in what happened, in order; `equal`: events both have; `more`: there are more than these."""

    hunks: list[Hunk]
    equal: int
    more: bool


def first_unequal(a: Ints, b: Ints, i: int = 0, j: int = 0) -> int:
    """How many values of a from index i equal those of b from index j."""
    length = min(len(a) - i, len(b) - j)
    for start in range(0, length, _CHUNK):
        end = min(start + _CHUNK, length)
        unequal = a[i + start : i + end] != b[j + start : j + end]
        if unequal.any():
            return start + int(unequal.argmax())
    return length


def first_of(a: Compared, b: Compared, column: str, until: int) -> int | None:
    """Index of the first event before `until` whose `column` ("size" or "place") differs, None if all are equal."""
    left, right = getattr(a, column)[:until], getattr(b, column)[:until]
    at = first_unequal(left, right)
    return at if at < until else None


def finding(a: Ints, b: Ints, until: int = 0) -> Generator[int, None, Differences]:
    """The differences between two sequences of keys; yields how many keys of both are done.

    At least the first MOST, and all up to the first that begins at index `until` of a or later; more while BUDGET lasts.
    """
    hunks: list[Hunk] = []
    grams: tuple[Ints, Ints] | None = None
    i = j = equal = spent = 0
    while True:
        same = first_unequal(a, b, i, j)
        i, j, equal = i + same, j + same, equal + same
        if i == len(a) and j == len(b):
            return Differences(hunks, equal, False)
        if len(hunks) >= MOST and spent >= BUDGET and hunks[-1].a >= until:
            return Differences(hunks, equal, True)
        if len(hunks) % _STEP == 0:
            yield i + j
        grams = grams or (_grams(a), _grams(b))
        ahead, looked = _meet(*grams, i, j)
        spent += looked
        if ahead is None:
            hunks.append(Hunk(i, len(a), j, len(b)))
            return Differences(hunks, equal, False)
        hunks.append(Hunk(i, i + ahead[0], j, j + ahead[1]))
        i, j = i + ahead[0], j + ahead[1]


def _grams(keys: Ints) -> Ints:
    """A hash of the GRAM values from each index. Overflow in 64 bits is intended."""
    if len(keys) < GRAM:
        return np.zeros(0, np.int64)
    mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    out = np.zeros(len(keys) - GRAM + 1, np.uint64)
    for step in range(GRAM):
        out = out * np.uint64(0xBF58476D1CE4E5B9) + mixed[step : step + len(out)]
    return out.view(np.int64)


def _meet(grams_a: Ints, grams_b: Ints, i: int, j: int) -> tuple[tuple[int, int] | None, int]:
    """The nearest equal GRAM ahead of (i, j), as steps in a and in b, None if none is near; and the number of events searched."""
    looked = 0
    for window in WINDOWS:
        left, right = grams_a[i : i + window], grams_b[j : j + window]
        if not len(left) or not len(right):
            break
        looked += len(left) + len(right)
        values, first = np.unique(right, return_index=True)
        place = np.minimum(np.searchsorted(values, left), len(values) - 1)
        found = np.flatnonzero(values[place] == left)
        if len(found):
            steps = first[place[found]]
            best = int((found + steps).argmin())
            return (int(found[best]), int(steps[best])), looked
    return None, looked
