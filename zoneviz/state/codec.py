"""A machine state as bytes: named integers, and int64 arrays stored as differences in as few bytes as they need.

The form: MAGIC, 16 bytes of blake2b over the unpacked rest, then the rest under zstd (older forms: zlib; in a packed recording: as it is).
The digest is checked on loading. It holds no code, and parts that do not fit together are refused.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import zstandard

from zoneviz.errors import InputError
from zoneviz.state import elements, ports, rights
from zoneviz.state.rows import Ints

MAGIC = b"zvS6"
_FIGURES = b"zvS7"
"""The form of a state with figures that readings set; without any, the digest is the one from before there were readings."""
_ZLIB, _ZLIB_FIGURES = b"zvS4", b"zvS5"
"""The same two under zlib."""
_PIDLESS = b"zvS3"
"""An older form: tasks without pids. Excerpts may still begin with one."""
_OLDER = b"zvS2"
"""The form before that: tables of tasks and threads by id, including the destroyed ones."""
_LOOSE, _LOOSE_FIGURES = b"zvU6", b"zvU7"
"""The first two with the rest as it is: states of a packed recording, several of which share a zstd frame."""
_LOOSENED = {MAGIC: _LOOSE, _FIGURES: _LOOSE_FIGURES}
OTHER_VERSION = b"zvS"
"""The start of checkpoints of all versions."""
_DIGEST = 16
_REST = len(MAGIC) + _DIGEST
ELEMENTS, PORTS, RIGHTS = elements.COLUMNS, ports.COLUMNS, rights.COLUMNS
_NUMBERS = ("seq", "time", "running")
_WIDTHS = {"zones": 7, "maps": 0, "machine": 0, "elem_size": 0, "tasks": 6, "threads": 9, "pages": 0, "last": 10}
_WITH_FIGURES = {"figures": 0, "reported": 0}
_FORMS: dict[bytes, dict[str, int]] = {
    MAGIC: {},
    _FIGURES: _WITH_FIGURES,
    _ZLIB: {},
    _ZLIB_FIGURES: _WITH_FIGURES,
    _LOOSE: {},
    _LOOSE_FIGURES: _WITH_FIGURES,
    _PIDLESS: {"tasks": 5},
    _OLDER: {"tasks": 5, "threads": 8},
}
"""By form, the widths that differ from _WIDTHS."""
_GROUPS = {"elements": ELEMENTS, "ports": PORTS, "rights": RIGHTS}
_ARRAYS = _WIDTHS | {f"{group}.{name}": 0 for group, names in _GROUPS.items() for name in names}
"""Width of each array: (n, width), or (n,) if it is 0."""
_TABLES = {name for name, width in _WIDTHS.items() if width}
Steps = npt.NDArray[np.signedinteger[Any]]
"""The differences between the values of a column, (n,), of the smallest type that holds them; the first is its first value."""
_DTYPES = ("<i1", "<i2", "<i4", "<i8")
_LEVEL = 1
"""zstd level: 3 takes half as long again, for 2 % less."""
_LIMIT = 1 << 27
"""Upper bound of the unpacked bytes of a checkpoint, and of the bytes of its arrays."""


def pack(numbers: Mapping[str, int], arrays: Mapping[str, Ints]) -> bytes:
    """Numbers and arrays as bytes."""
    layout, parts = [], []
    form = _FIGURES if arrays["figures"].any() or arrays["reported"].any() else MAGIC
    for name, width in (_ARRAYS | _FORMS[form]).items():
        columns = arrays[name].reshape(-1, width or 1)
        for column in columns.T:
            # Sorted addresses, and ids in order of age, have small differences; the others get no larger.
            steps = column.copy()
            steps[1:] -= column[:-1]
            small = _smallest(steps)
            layout.append([len(column), small])
            parts.append(steps.astype(small).tobytes())
    head = json.dumps({"numbers": {name: numbers[name] for name in _NUMBERS}, "layout": layout}).encode()
    raw = struct.pack("<I", len(head)) + head + b"".join(parts)
    return form + hashlib.blake2b(raw, digest_size=_DIGEST).digest() + zstandard.compress(raw, _LEVEL)


def loose(data: bytes) -> bytes:
    """A packed state without compression, or as it is if it is damaged or of an older form. `unpack` reads it."""
    form = _LOOSENED.get(data[:4])
    if form is not None:
        try:
            return form + data[4:_REST] + _unzstd(data[_REST:])
        except (ValueError, zstandard.ZstdError):
            pass
    return data


def loose_size(data: bytes, size: int) -> int:
    """Bytes of `loose`, from the first bytes of a packed state of this size."""
    if data[:4] in _LOOSENED:
        try:
            return max(_REST + zstandard.frame_content_size(data[_REST:]), size)
        except zstandard.ZstdError:
            pass
    return size


def tight(data: bytes) -> bytes:
    """The inverse of `loose`."""
    for form, loosened in _LOOSENED.items():
        if data[:4] == loosened:
            return form + data[4:_REST] + zstandard.compress(data[_REST:], _LEVEL)
    return data


def digest_of(data: bytes) -> str:
    """The digest of a packed state, in hex."""
    return data[len(MAGIC) : _REST].hex()


def known(data: bytes) -> bool:
    """Whether this version can load a checkpoint. One of another version is skipped, not damaged."""
    return data.startswith(tuple(_FORMS)) or not data.startswith(OTHER_VERSION)


def partial(data: bytes) -> bool:
    """Whether a checkpoint is of a form that lacks something, or of another version: it cannot be compared with a rebuilt one."""
    return data.startswith(OTHER_VERSION) and not data.startswith((MAGIC, _FIGURES, _ZLIB, _ZLIB_FIGURES))


class Arrays(Mapping[str, Ints]):
    """The arrays of a state by name, each decoded when it is first asked for: most seeks need few, and the largest take milliseconds."""

    def __init__(self) -> None:
        self._steps: dict[str, tuple[Steps, ...]] = {}
        self._made: dict[str, Ints] = {}

    def add(self, name: str, *columns: Steps) -> None:
        """Add an array by the differences of its columns, (n,) each; one column without width is (n,)."""
        self._steps[name] = columns

    def set(self, name: str, values: Ints) -> None:
        """Set an array."""
        self._steps[name], self._made[name] = (), values

    def __getitem__(self, name: str) -> Ints:
        if name not in self._made:
            columns = [_summed(steps) for steps in self._steps[name]]
            self._made[name] = columns[0] if name not in _TABLES else np.stack(columns, axis=1)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def group(self, name: str) -> list[Ints]:
        """The columns of `elements`, `ports` or `rights`."""
        return [self[f"{name}.{column}"] for column in _GROUPS[name]]

    def check_group(self, name: str, key: str) -> None:
        """Check that the columns of a group have one length, and that column `key` ascends. Errors: ValueError."""
        if len({len(self._steps[f"{name}.{column}"][0]) for column in _GROUPS[name]}) != 1:
            raise ValueError(f"its {name} do not fit together")
        steps = self._steps[f"{name}.{key}"][0]
        if steps.dtype.itemsize < 8:  # their sums cannot overflow: a state has fewer than 2**24
            ascends = (steps[1:] > 0).all()
        else:
            values = self[f"{name}.{key}"]
            ascends = (values[1:] > values[:-1]).all()
        if not ascends:
            raise ValueError(f"its {name} are out of order")


def _summed(steps: Steps) -> Ints:
    values = steps.astype(np.int64)  # cumsum of another type takes twelve times as long
    np.cumsum(values, out=values)
    return values


def unpack(data: bytes) -> tuple[dict[str, int], Arrays]:
    """The numbers and arrays packed by `pack`, of this or an older form.

    Errors: InputError if the bytes are not valid.
    """
    try:
        return _unpack(data)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, struct.error, zlib.error, zstandard.ZstdError) as error:
        raise InputError(f"A checkpoint is damaged: {error}.") from None


def _unpack(data: bytes) -> tuple[dict[str, int], Arrays]:
    form = data[:4]
    if form not in _FORMS:
        raise ValueError("it has an unknown form")
    rest = memoryview(data)[_REST:]
    raw = _unzstd(rest) if form in _LOOSENED else rest if form in _LOOSENED.values() else _unzlib(rest)
    if hashlib.blake2b(raw, digest_size=_DIGEST).hexdigest() != digest_of(data):
        raise ValueError("its digest does not match")
    (length,) = struct.unpack_from("<I", raw)
    head: dict[str, Any] = json.loads(bytes(raw[4 : 4 + length]))
    numbers = {name: head["numbers"][name] for name in _NUMBERS}
    if not all(type(n) is int and 0 <= n < 1 << 63 for n in numbers.values()):
        raise ValueError("it has invalid numbers")
    layout, at, room = iter(head["layout"]), 4 + length, _LIMIT // 8
    arrays = Arrays()
    for name, width in (_ARRAYS | _FORMS[form]).items():
        columns = []
        for _ in range(width or 1):
            count, dtype = next(layout, (None, None))
            if type(count) is not int or count < 0 or dtype not in _DTYPES:
                raise ValueError("it has an invalid layout")
            room -= count
            if room < 0:
                raise ValueError("it is larger than a checkpoint may be")
            columns.append(np.frombuffer(raw, dtype, count, at))
            at += count * np.dtype(dtype).itemsize
        arrays.add(name, *columns)
    if at != len(raw):
        raise ValueError("it has extra bytes")
    if form == _OLDER:
        # Columns were born, died, ... and task, state, ...; the dead, and those in state 6, "gone", no longer have a row.
        tasks, threads = arrays["tasks"], arrays["threads"]
        arrays.set("tasks", sparse(np.delete(np.where(tasks[:, 1:2] > 0, 0, tasks), 1, axis=1)))
        arrays.set("threads", sparse(np.where(threads[:, 1:2] == 6, 0, threads)))
    if form in (_PIDLESS, _OLDER):
        arrays.set("tasks", np.column_stack([arrays["tasks"], np.zeros(len(arrays["tasks"]), np.int64)]))
    for name in _WITH_FIGURES:
        if name not in arrays:
            arrays.set(name, np.zeros(1, np.int64))
    _check(arrays)
    return numbers, arrays


def _unzstd(data: bytes | memoryview) -> bytes:
    if not 0 <= zstandard.frame_content_size(data) <= _LIMIT:
        raise ValueError("it is longer than a checkpoint may be")
    return zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)


def _unzlib(data: bytes | memoryview) -> bytes:
    unzip = zlib.decompressobj()
    raw = unzip.decompress(data, _LIMIT)
    if not unzip.eof:
        raise ValueError("it is cut off, or longer than a checkpoint may be")
    return raw


def _check(arrays: Arrays) -> None:
    """Check that the arrays fit together, so that nothing built on them can fail later. Errors: ValueError."""
    for group, key in (("elements", "address"), ("ports", "address"), ("rights", "key")):
        arrays.check_group(group, key)
    for name in _WIDTHS:
        _ = arrays[name]  # fails if its columns differ in length
    small = min(len(arrays[name]) for name in ("zones", "maps", "elem_size"))
    states = arrays["threads"][:, 2]
    if small < 1 or len(arrays["machine"]) != 8 or (states < 0).any() or (states > 6).any():
        raise ValueError("it has invalid tables")


def _smallest(values: Ints) -> str:
    """The smallest of _DTYPES that holds all values."""
    low, high = int(values.min(initial=0)), int(values.max(initial=0))
    return next(dtype for dtype in _DTYPES if np.iinfo(dtype).min <= low and high <= np.iinfo(dtype).max)


def sparse(table: Ints) -> Ints:
    """The rows of a table (ids, n) that are not empty, as (m, 1 + n) with the id in front: ids are never reused."""
    ids = np.flatnonzero(table.any(axis=1))
    return np.column_stack([ids, table[ids]])


def dense(rows: Ints, limit: int) -> Ints:
    """The inverse of `sparse`, without empty rows at the end.

    Errors: InputError if the ids are not ascending and below `limit`.
    """
    ids = rows[:, 0]
    if len(ids) and (ids[0] < 0 or ids[-1] >= limit or (np.diff(ids) <= 0).any()):
        raise InputError("A checkpoint is damaged: it has invalid task or thread numbers.")
    table = np.zeros((int(ids[-1]) + 1 if len(ids) else 1, rows.shape[1] - 1), np.int64)
    table[ids] = rows[:, 1:]
    return table
