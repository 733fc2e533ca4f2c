"""Events and checkpoints of a packed recording, as a `Recording` gives them, without unpacking the rest."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from zoneviz.errors import InputError
from zoneviz.events import WIDTH
from zoneviz.recording.columns import BLOCK, Block, Damaged
from zoneviz.recording.packed import PackedFile
from zoneviz.state.rows import KIND, SUBJECT, TIME, Ints

_KEPT = 16
"""Blocks kept unpacked: 19 MiB."""
_LATEST = (1 << 63) - 1


class PackedEvents:
    """Reads `file`, keeping what was unpacked last. For one thread.

    Errors, of its methods: InputError if what they read is damaged.
    """

    def __init__(self, file: PackedFile) -> None:
        self.file = file
        self._blocks: dict[int, Block] = {}

    def last(self, first_event: int) -> tuple[int, int]:
        """Number and time of the last event; the time is 0 without events. `first_event`: the first one according to the tables.

        Errors: InputError without the name of the file, if the head does not agree.
        """
        if first_event != self.file.first_event:
            raise InputError("Its head and its tables begin with different events.")
        number = len(self.file.head.columns) - 1
        if number < 0:
            return self.file.last_event, 0
        with self._block(number) as block:
            return self.file.last_event, int(block.column(TIME)[-1])

    def events(self, first: int, last: int) -> Ints:
        """Events first to last, which are there, as `Recording.events`."""
        low, high = self._number(first), self._number(last)
        if low == high:
            with self._block(low) as block:
                return block.rows()[first - block.first : last - block.first + 1]
        found = np.empty((WIDTH + 1, last - first + 1), np.int64).T
        for number in range(low, high + 1):
            with self._block(number) as block:
                begin, end = max(first, block.first), min(last, block.first + block.count - 1)
                found[begin - first : end - first + 1] = block.rows()[begin - block.first : end - block.first + 1]
        return found

    def events_of(self, kinds: Sequence[int], subject: int | None, first: int, last: int, most: int, backwards: bool) -> Ints:
        """As `Recording.events_of`, with `first` and `last` in the recording. Of a block without any, only the kinds are unpacked."""
        parts = [np.empty((0, WIDTH + 1), np.int64)]
        numbers = range(self._number(first), self._number(last) + 1)
        for number in reversed(numbers) if backwards else numbers:
            if most <= 0:
                break
            with self._block(number) as block:
                part = slice(max(first - block.first, 0), last - block.first + 1)
                there = np.isin(block.column(KIND)[part], kinds)
                if subject is not None and there.any():
                    there &= block.column(SUBJECT)[part] == subject
                at = np.flatnonzero(there)
                at = (at[::-1] if backwards else at)[:most]
                if len(at):
                    parts.append(block.rows()[part][at])
                    most -= len(at)
        return np.concatenate(parts)

    def seq_at(self, time: int) -> int:
        """As `Recording.seq_at`."""
        time = max(min(time, _LATEST), -_LATEST)
        number = bisect_right(self.file.head.columns["first"][:, TIME - 1].tolist(), time) - 1
        if number < 0:
            return self.file.first_event - 1
        with self._block(number) as block:
            return block.first - 1 + int(np.searchsorted(block.column(TIME), time, side="right"))

    def checkpoint(self, at_or_before: int) -> tuple[int, bytes] | None:
        """As `Recording.checkpoint`; the state is as `codec.loose`."""
        index = bisect_right(self.file.checkpoints, at_or_before) - 1
        if index < 0:
            return None
        return self.file.checkpoints[index], self.file.state(index)

    def _number(self, seq: int) -> int:
        """The block of an event."""
        return (seq - self.file.first_event) // BLOCK

    @contextmanager
    def _block(self, number: int) -> Iterator[Block]:
        """A block, the last ones used kept."""
        block = self._blocks.pop(number, None) or self.file.block(number)
        self._blocks[number] = block
        if len(self._blocks) > _KEPT:
            del self._blocks[next(iter(self._blocks))]
        try:
            yield block
        except Damaged:
            del self._blocks[number]
            raise self.file.lost(number) from None
