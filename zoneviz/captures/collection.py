"""All moments of one import. Their figures are in a temporary file, so that memory stays flat."""

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from zoneviz.captures.capture import Capture, Moment
from zoneviz.captures.stamps import Stamp
from zoneviz.captures.zone_names import ZoneNames
from zoneviz.state.figures import ZONE_FIGURES
from zoneviz.state.rows import SIZE_LIMIT, Ints

_KEPT = 1 << 24
"""Bytes of figures in memory before the temporary file is used."""
_WIDTH = 2 + len(ZONE_FIGURES)
"""A stored row: the zone's index in `Collection.zones`, its elem_size, its figures."""


@dataclass(slots=True)
class Kept:
    """A moment without its zones, and where they are: `rows` from `offset`. `number`: of the moment in its file, from 0."""

    capture: Capture
    moment: Moment
    number: int
    modified: int
    offset: int
    rows: int
    digest: bytes

    @property
    def stamp(self) -> Stamp | None:
        """Its date."""
        return self.moment.stamp


class Collection:
    """Captures and their moments. `zones`: the names of all zones; `moments`: in the order of reading; `duplicates`: names of files
    that another file repeats, with the name of that file."""

    def __init__(self) -> None:
        self.captures: list[Capture] = []
        self.moments: list[Kept] = []
        self.duplicates: list[tuple[str, str]] = []
        self._names = ZoneNames()
        self.zones = self._names.names
        self._file = tempfile.SpooledTemporaryFile(_KEPT)  # noqa: SIM115
        self._size = 0
        self._seen: dict[bytes, str] = {}

    def close(self) -> None:
        """Remove the temporary file."""
        self._file.close()

    def add(self, capture: Capture, moments: Iterable[Moment], modified: int = 0) -> bool:
        """Read all moments of a capture. Returns False if an earlier file has the same ones; it is then only named.

        Errors: whatever `moments` raises; nothing of the capture is kept then.
        """
        start, size = len(self.moments), self._size
        digest = hashlib.blake2b(capture.kind.encode(), digest_size=16)
        try:
            for number, moment in enumerate(moments):
                rows = self._names.rows(moment.zones, partial(capture.skip, moment.line))
                packed = rows.tobytes()
                own = hashlib.blake2b(packed, digest_size=16)
                when = moment.stamp or modified
                own.update(repr((when, sorted(moment.sizes.items()), sorted(moment.counts.items()), moment.panic)).encode())
                digest.update(own.digest())
                self._file.seek(self._size)
                self._file.write(packed)
                sizes, counts = (_possible(capture, moment, values) for values in (moment.sizes, moment.counts))
                kept = replace(moment, zones=(), sizes=sizes, counts=counts)
                self.moments.append(Kept(capture, kept, number, modified, self._size, len(rows), own.digest()))
                self._size += len(packed)
        except BaseException:
            del self.moments[start:]
            self._size = size
            raise
        key = digest.digest()
        if key in self._seen:
            del self.moments[start:]
            self._size = size
            self.duplicates.append((capture.file, self._seen[key]))
            return False
        self._seen[key] = capture.file
        self.captures.append(capture)
        return True

    def rows(self, kept: Kept) -> Ints:
        """The zones of a moment, (n, 2 + figures): index in `zones`, elem_size, figures; UNKNOWN where not reported."""
        self._file.seek(kept.offset)
        data = self._file.read(kept.rows * _WIDTH * 8)
        return np.frombuffer(data, np.int64).reshape(-1, _WIDTH)


def _possible(capture: Capture, moment: Moment, values: Mapping[str, int]) -> dict[str, int]:
    """The figures that a recording can hold."""
    out = {name: value for name, value in values.items() if 0 <= value < SIZE_LIMIT}
    if len(out) < len(values):
        capture.skip(moment.line, "a figure is impossibly large or negative")
    return out
