"""Events on their way from a kernel or importer: numbered, counted, digested, and handed on in batches."""

import hashlib
import struct
from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from zoneviz.errors import InputError
from zoneviz.events import WIDTH, Event, Sink
from zoneviz.state.rows import Ints


class Batch(NamedTuple):
    """Consecutive events. `rows` (n, 10): seq and `events.COLUMNS`; `digest`: hex, of the whole stream up to the last of them."""

    rows: Ints
    digest: str


class Tape(Protocol):
    """A sink that packs the events itself, such as that of a compiled kernel."""

    def __call__(self, event: Event) -> object: ...

    def __len__(self) -> int:
        """Number of events on it."""

    def packed(self) -> bytes:
        """The events, each as nine little-endian int64."""

    def clear(self) -> None:
        """Remove all events."""


class EventStream:
    """Collects events, one at a time (`sink`) or as arrays (`feed`), and gives each committed batch to `take`.

    `last`, `time`: number and simulated ns of the event before the first. `tape`: an empty one, to be the sink instead of a list of
    integers. If `take` raises, the batch stays pending and the stream is as before.
    """

    def __init__(self, take: Callable[[Batch], object] | None = None, *, last: int = 0, time: int = 0, tape: Tape | None = None) -> None:
        self.events = last
        """Number of the last committed event."""
        self.time = time
        """Its simulated ns."""
        self._take = take
        self._flat: list[int] = []
        self._tape = tape
        self._hash = hashlib.blake2b(digest_size=16)
        self.sink: Sink = self._flat.extend if tape is None else tape
        """Call it with each event (`events.Sink`). The same callable for the stream's whole life."""

    @property
    def pending(self) -> int:
        """Events received but not committed."""
        return len(self._flat) // WIDTH if self._tape is None else len(self._tape)

    @property
    def digest(self) -> str:
        """Hex of blake2b-128 over all events so far, committed or pending, as little-endian int64."""
        digest = self._hash.copy()
        digest.update(self._packed())
        return digest.hexdigest()

    def commit(self) -> None:
        """Hand on the pending events.

        Errors: InputError if a number exceeds 64 bits; ValueError if an event is not nine integers; whatever `take` raises.
        """
        if packed := self._packed():
            self._hand_on(np.frombuffer(packed, "<i8").reshape(-1, WIDTH))
            # The same list or tape: the sink is bound to it.
            (self._flat if self._tape is None else self._tape).clear()

    def feed(self, rows: Ints) -> None:
        """Commit what is pending, then these events: int64, (n, 9) as `events.COLUMNS` or (n, 10) with the seq in front.

        Errors: ValueError if the seqs do not continue the stream; whatever `take` raises.
        """
        self.commit()
        if rows.shape[1] > WIDTH and (rows[:, 0] != self._seqs(len(rows))).any():
            raise ValueError(f"event {self.events + 1} comes next")
        if len(rows):
            self._hand_on(np.ascontiguousarray(rows[:, -WIDTH:], "<i8"))

    def _seqs(self, count: int) -> Ints:
        """Numbers of the next events."""
        return np.arange(self.events + 1, self.events + 1 + count)

    def _hand_on(self, values: Ints) -> None:
        digest = self._hash.copy()
        digest.update(values.data.cast("B"))
        if self._take is not None:
            rows = np.empty((WIDTH + 1, len(values)), np.int64).T  # each column contiguous, as everything after this reads them
            rows[:, 0] = self._seqs(len(values))
            rows[:, 1:] = values
            self._take(Batch(rows, digest.hexdigest()))
        self._hash = digest
        self.events += len(values)
        self.time = int(values[-1, 1])

    def _packed(self) -> bytes:
        """The pending events as little-endian int64. struct takes two thirds of the time of array or numpy."""
        if self._tape is not None:
            return self._tape.packed()
        if len(self._flat) % WIDTH:
            raise ValueError(f"an event has {WIDTH} integers; {len(self._flat)} came")
        try:
            return struct.pack(f"<{len(self._flat)}q", *self._flat)
        except struct.error:
            raise InputError("An event holds a number beyond 64 bits.") from None
