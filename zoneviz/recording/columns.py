"""Blocks of events as columns, the form they have in a packed recording.

A column is a first number and the differences of the numbers that follow, as zigzag numbers of 0 to 8 bytes, plane by plane: the lowest
bytes of all, then the next. Events of one kind, zone or place resemble one another, so most columns are put in an order in which such
events are neighbours. A reader finds that order from the columns it has read before. docs/recording-format.md describes the form.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import zstandard

from zoneviz.events import COLUMNS, WIDTH
from zoneviz.state.rows import KIND, PATH, SUBJECT, TASK, THREAD, Ints

BLOCK = 1 << 14
"""Events of a block; the last one has the rest. Four times as many take half the bytes, and a seek unpacks four times as much."""
_LEVEL = 9
"""zstd level: 3 takes half as long, for 15 % more."""
_BYTE, _WORD = 0xFF, 0xFFFF
WINDOW = 1 << 27
"""Upper bound of zstd's window: 128 MiB, the default limit of the zstd program."""


class Damaged(Exception):
    """A frame does not unpack to what its head says."""


class Column(NamedTuple):
    """A column of a block: its first number, the bytes of each difference, and the differences packed; no bytes if the width is 0."""

    first: int
    width: int
    data: bytes


def encode(values: Ints) -> list[Column]:
    """The columns of up to BLOCK events, (n, 9) as `events.COLUMNS`."""
    block = _Given(values)
    return [_packed(block.column(i), block.order(i)) for i in range(1, WIDTH + 1)]


class _Block(ABC):
    """The order of the numbers of each column, which depends on other columns. Columns are counted as in `state.rows`: the seq is 0."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._orders: dict[int, npt.NDArray[np.intp]] = {}

    @abstractmethod
    def column(self, index: int) -> Ints:
        """A column, in the order of the events."""

    def order(self, index: int) -> "npt.NDArray[np.intp] | None":
        """For each number of the column as it is stored, the index of its event; None if they are stored as they come."""
        if index <= PATH and index != TASK:
            return None
        by = THREAD if index == TASK else KIND if index == SUBJECT else PATH
        found = self._orders.get(by)
        if found is None:
            found = self._orders[by] = self._by_path() if by == PATH else self._by(by)
        return found

    def _by(self, index: int) -> npt.NDArray[np.intp]:
        kind = index == KIND
        # numpy sorts integers of at most 16 bits five times as fast as others.
        return np.argsort((self.column(index) & (_BYTE if kind else _WORD)).astype(np.uint8 if kind else np.uint16), kind="stable")

    def _by_path(self) -> npt.NDArray[np.intp]:
        """By kind, then by subject, then by path."""
        first = self._by(PATH)
        both = (self.column(KIND) & _BYTE) << 8 | self.column(SUBJECT) & _BYTE
        return first[np.argsort(both.astype(np.uint16)[first], kind="stable")]


class _Given(_Block):
    """Events (n, 9) as a block."""

    def __init__(self, values: Ints) -> None:
        super().__init__(len(values))
        self._values = values

    def column(self, index: int) -> Ints:
        return self._values[:, index - 1]


class Block(_Block):
    """A packed block. A column is unpacked when it is first asked for, and with it those that its order depends on.

    `heads`: first number and width of each column; `read`: its packed bytes, called with its place in `events.COLUMNS`.
    Errors, of its methods: Damaged; whatever `read` raises.
    """

    def __init__(self, first: int, count: int, heads: Sequence[tuple[int, int]], read: Callable[[int], bytes]) -> None:
        super().__init__(count)
        self.first = first
        self._heads, self._read = heads, read
        self._columns = np.empty((WIDTH + 1, count), np.int64)
        self._columns[0] = np.arange(first, first + count)
        self._there = {0}

    def column(self, index: int) -> Ints:
        if index not in self._there:
            first, width = self._heads[index - 1]
            if width:
                order = self.order(index)
                self._columns[index][... if order is None else order] = _unpacked(self._read(index - 1), first, width, self.count)
            else:
                self._columns[index] = first
            self._there.add(index)
        found: Ints = self._columns[index]
        return found

    def rows(self) -> Ints:
        """All columns, as `Recording.events`; not to be changed."""
        for index in range(1, WIDTH + 1):
            self.column(index)
        self._columns.flags.writeable = False
        return self._columns.T


def _packed(column: Ints, order: "npt.NDArray[np.intp] | None") -> Column:
    values = column if order is None else column[order]
    steps = np.zeros(len(values), np.int64)
    np.subtract(values[1:], values[:-1], out=steps[1:])  # modulo 2^64, as the sums that undo it
    zigzag = ((steps << 1) ^ (steps >> 63)).view(np.uint64)
    width = (int(zigzag.max()).bit_length() + 7) // 8
    if not width:
        return Column(int(values[0]), 0, b"")
    planes = np.ascontiguousarray(zigzag.astype("<u8", copy=False).view(np.uint8).reshape(-1, 8)[:, :width].T)
    return Column(int(values[0]), width, _compressor().compress(planes.data))


def _unpacked(data: bytes, first: int, width: int, count: int) -> Ints:
    raw = unpack(data, count * width)
    planes = np.frombuffer(raw, np.uint8).reshape(width, count)
    size = 1 << (width - 1).bit_length()
    cells = planes.T
    if width != size:
        cells = np.zeros((count, size), np.uint8)
        cells[:, :width] = planes.T
    zigzag = np.ascontiguousarray(cells).view(f"<u{size}")[:, 0]
    steps = ((zigzag >> 1) ^ -(zigzag & 1)).view(f"<i{size}")
    values = np.cumsum(steps, dtype=np.int64)
    values += first
    return values


def unpack(data: bytes, size: int, most: int | None = None) -> bytes:
    """A zstd frame that must have this number of bytes, unpacked; only the first `most`, if given.

    Errors: Damaged.
    """
    try:
        if zstandard.frame_content_size(data) == size:
            unzstd = zstandard.ZstdDecompressor(max_window_size=WINDOW)
            if most is None:
                return unzstd.decompress(data, allow_extra_data=False)
            with unzstd.stream_reader(data) as reader:
                found = reader.read(most)
            if len(found) == most:
                return found
    except zstandard.ZstdError:
        pass
    raise Damaged


def _compressor() -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True, write_content_size=True)


assert len(COLUMNS) == WIDTH
