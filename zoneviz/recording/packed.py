"""A packed recording, read in place: events in blocks of columns, checkpoints in groups, the tables in one piece.

docs/recording-format.md describes the file byte by byte.
"""

import os
import weakref
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np

from zoneviz.errors import InputError
from zoneviz.events import WIDTH
from zoneviz.recording import columns, packed_head
from zoneviz.recording.columns import BLOCK, Block
from zoneviz.recording.packed_head import Head, Unreadable


class PackedFile:
    """An open packed file; close it. Any thread may read it. `cut`: accept a file whose end is missing.

    Errors: InputError if it cannot be read, is not one, or is damaged.
    """

    def __init__(self, path: Path, *, cut: bool = False) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        except OSError as error:
            raise self.problem(f"cannot be read: {error.strerror}") from None
        self.close = weakref.finalize(self, os.close, self._file)
        try:
            self.size = os.fstat(self._file).st_size
            self.head = self._head()
            head = self.head
            parts = [len(bytes(head)), head.tables[0], *head.columns["packed"].ravel().tolist(), *head.groups["packed"].tolist()]
            ends = [*accumulate(parts)]
            if ends[-1] > self.size and not cut:
                raise self.problem("is cut off: the packed data ends early")
            if ends[-1] < self.size:
                raise self.problem("is damaged: there is data after the recording")
        except BaseException:
            self.close()
            raise
        self._places = [*pairwise(ends)]
        """Begin and end of each part after the head."""
        self.first_event = head.first_event
        self.last_event = head.first_event + head.events - 1
        self.checkpoints: list[int] = head.states["seq"].tolist()
        """The events after which there is a checkpoint."""
        self._groups = np.repeat(np.arange(len(head.groups)), head.groups["states"])

    def problem(self, what: str) -> InputError:
        """An error about the file."""
        return InputError(f"{self.path} {what}.")

    def tables_place(self) -> tuple[int, int]:
        """Where the packed tables begin and end."""
        return self._places[0]

    def read(self, begin: int, end: int) -> bytes:
        """These bytes of the file, fewer past its end. Errors: InputError if the system cannot read them."""
        try:
            return os.pread(self._file, end - begin, begin)
        except OSError as error:
            raise self.problem(f"cannot be read: {error.strerror}") from None

    def block(self, number: int) -> Block:
        """A block of events, from 0. Its methods raise `columns.Damaged`, for which `lost` is the error."""
        heads = self.head.columns[number]
        pairs = [*zip(heads["first"].tolist(), heads["width"].tolist(), strict=True)]
        at, count = 1 + number * WIDTH, min(BLOCK, self.head.events - number * BLOCK)
        return Block(self.first_event + number * BLOCK, count, pairs, lambda column: self.read(*self._places[at + column]))

    def lost(self, number: int) -> InputError:
        """The error for a damaged block."""
        first = self.first_event + number * BLOCK
        return self.problem(f"is damaged: events {first:,} to {min(first + BLOCK - 1, self.last_event):,} cannot be unpacked")

    def state(self, index: int) -> bytes:
        """A checkpoint, from 0, as `codec.loose`. Of its group no more is unpacked than up to its end.

        Errors: InputError if it is damaged.
        """
        number = int(self._groups[index])
        before = index - int(np.searchsorted(self._groups, number))
        ends = self._ends(number)
        return self._group(number, ends[before + 1])[ends[before] :]

    def group(self, number: int) -> list[tuple[int, bytes]]:
        """The checkpoints of a group, as (seq, state). Errors: as `state`."""
        ends = self._ends(number)
        raw = self._group(number)
        seqs = self.head.states["seq"][self._groups == number].tolist()
        return [(seq, raw[begin:end]) for seq, (begin, end) in zip(seqs, pairwise(ends), strict=True)]

    def _ends(self, number: int) -> list[int]:
        """0, and the end of each checkpoint in its unpacked group."""
        return [0, *accumulate(self.head.states["bytes"][self._groups == number].tolist())]

    def _group(self, number: int, most: int | None = None) -> bytes:
        place = self._places[1 + self.head.columns.size + number]
        try:
            return columns.unpack(self.read(*place), self._ends(number)[-1], most)
        except columns.Damaged:
            first = self.checkpoints[int(np.searchsorted(self._groups, number))]
            raise self.problem(f"is damaged: the checkpoints from event {first:,} on cannot be unpacked") from None

    def _head(self) -> Head:
        try:
            return packed_head.parse(self.read(0, packed_head.length(self.read(0, packed_head.START.size))))
        except Unreadable as error:
            raise self.problem(str(error)) from None
