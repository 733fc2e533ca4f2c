"""Small integers for 64-bit keys, many at a time: ids of zones, call paths and texts that come again with every event."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from zoneviz.state.rows import Ints

Keys = npt.NDArray[np.uint64]
_MIX = np.uint64(0x9E3779B97F4A7C15)


class Memo:
    """Remembers a number >= 0 for each key, in a table of 2**`bits` places; keys that share a place are found more slowly."""

    def __init__(self, bits: int = 16) -> None:
        self._shift = np.uint64(64 - bits)
        self._bits = bits
        self.clear()

    def clear(self) -> None:
        """Forget all keys."""
        self._keys: Keys = np.zeros(1 << self._bits, np.uint64)
        self._values: Ints = np.full(1 << self._bits, -1)
        self._crowded: dict[int, int] = {}

    def get(self, keys: Keys, make: Callable[[int], int]) -> Ints:
        """The number of each key (n,). `make`: the number of the key at an index, called once for each new key, in order of index."""
        place = (keys * _MIX) >> self._shift
        found: Ints = self._values[place]
        missed = np.flatnonzero((self._keys[place] != keys) | (found < 0))
        if len(missed):
            distinct, first, index = np.unique(keys[missed], return_index=True, return_inverse=True)
            made = np.zeros(len(distinct), np.int64)
            for i in np.argsort(first).tolist():
                made[i] = self._new(int(distinct[i]), int(missed[first[i]]), make)
            found[missed] = made[index]
        return found

    def _new(self, key: int, index: int, make: Callable[[int], int]) -> int:
        found = self._crowded.get(key)
        if found is None:
            found = make(index)
            place = int((np.array([key], np.uint64) * _MIX)[0] >> self._shift)
            if self._values[place] < 0:
                self._keys[place], self._values[place] = key, found
            else:
                self._crowded[key] = found
        return found
