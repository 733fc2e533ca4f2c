"""A machine state as bytes: named integers and int64 arrays, each column as its differences in the fewest bytes, zlib.

MAGIC, 16 bytes of blake2b over what follows unpacked, then zlib. The digest is checked when a state is loaded.

Nothing in it can be code, and whatever does not fit together is refused.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from zoneviz.errors import InputError
from zoneviz.playback import elements, ports, rights
from zoneviz.recording.totals import Ints

MAGIC = b"zvS2"
OTHER_VERSION = b"zvS"
"""How checkpoints of other versions begin, too."""
_DIGEST = 16
ELEMENTS, PORTS, RIGHTS = elements.COLUMNS, ports.COLUMNS, rights.COLUMNS
_NUMBERS = ("seq", "time", "running")
_WIDTHS = {"zones": 7, "maps": 0, "machine": 0, "elem_size": 0, "tasks": 5, "threads": 8, "pages": 0, "last": 10}
_GROUPS = {"elements": ELEMENTS, "ports": PORTS, "rights": RIGHTS}
_ARRAYS = _WIDTHS | {f"{group}.{name}": 0 for group, names in _GROUPS.items() for name in names}
"""Width of each array: (n, width), or (n,) where it is 0."""
_DTYPES = ("<i1", "<i2", "<i4", "<i8")
_LIMIT = 1 << 27
"""No checkpoint unpacks to more bytes than this, nor to more bytes of arrays."""


def pack(numbers: Mapping[str, int], arrays: Mapping[str, Ints]) -> bytes:
    """Numbers and arrays as bytes."""
    layout, parts = [], []
    for name, width in _ARRAYS.items():
        columns = arrays[name].reshape(-1, width or 1)
        for column in columns.T:
            # Sorted addresses, and ids in order of age, have small differences; the others do not grow by it.
            steps = np.diff(column, prepend=np.int64(0))
            small = next(d for d in _DTYPES if d == "<i8" or not len(steps) or _fits(steps, d))
            layout.append([len(column), small])
            parts.append(steps.astype(small).tobytes())
    head = json.dumps({"numbers": {name: numbers[name] for name in _NUMBERS}, "layout": layout}).encode()
    raw = struct.pack("<I", len(head)) + head + b"".join(parts)
    return MAGIC + hashlib.blake2b(raw, digest_size=_DIGEST).digest() + zlib.compress(raw, 1)


def digest_of(data: bytes) -> str:
    """The digest, in hex, that a packed state carries."""
    return data[len(MAGIC) : len(MAGIC) + _DIGEST].hex()


def known(data: bytes) -> bool:
    """Whether this version can load a checkpoint; another version's is no damage, but of no use."""
    return data.startswith(MAGIC) or not data.startswith(OTHER_VERSION)


def unpack(data: bytes) -> tuple[dict[str, int], dict[str, Ints]]:
    """What `pack` made of numbers and arrays.

    Errors: InputError if the bytes are not that.
    """
    try:
        return _unpack(data)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, struct.error, zlib.error) as error:
        raise InputError(f"A checkpoint is damaged: {error}.") from None


def _unpack(data: bytes) -> tuple[dict[str, int], dict[str, Ints]]:
    if data[:4] != MAGIC:
        raise ValueError("it does not begin as one")
    unzip = zlib.decompressobj()
    raw = unzip.decompress(data[len(MAGIC) + _DIGEST :], _LIMIT)
    if not unzip.eof:
        raise ValueError("it ends too early, or not at all")
    if hashlib.blake2b(raw, digest_size=_DIGEST).hexdigest() != digest_of(data):
        raise ValueError("its digest is of another state")
    (length,) = struct.unpack_from("<I", raw)
    head: dict[str, Any] = json.loads(raw[4 : 4 + length])
    numbers = {name: head["numbers"][name] for name in _NUMBERS}
    if not all(type(n) is int and 0 <= n < 1 << 63 for n in numbers.values()):
        raise ValueError("its numbers are none")
    layout, at, room = iter(head["layout"]), 4 + length, _LIMIT // 8
    arrays: dict[str, Ints] = {}
    for name, width in _ARRAYS.items():
        columns = []
        for _ in range(width or 1):
            count, dtype = next(layout, (None, None))
            if type(count) is not int or count < 0 or dtype not in _DTYPES:
                raise ValueError("its layout is none")
            room -= count
            if room < 0:
                raise ValueError("it is larger than a machine can be")
            columns.append(np.cumsum(np.frombuffer(raw, dtype, count, at), dtype=np.int64))
            at += count * np.dtype(dtype).itemsize
        arrays[name] = np.stack(columns, axis=1) if width else columns[0]
    if at != len(raw):
        raise ValueError("something is left over")
    _check(arrays)
    return numbers, arrays


def _check(arrays: Mapping[str, Ints]) -> None:
    """That the arrays fit together, so that nothing built on them can fail later."""
    for group, names, key in (("elements", ELEMENTS, "address"), ("ports", PORTS, "address"), ("rights", RIGHTS, "key")):
        if len({len(arrays[f"{group}.{name}"]) for name in names}) != 1:
            raise ValueError(f"its {group} do not fit together")
        order = arrays[f"{group}.{key}"]
        if (order[1:] <= order[:-1]).any():
            raise ValueError(f"its {group} are not in order")
    small = min(len(arrays[name]) for name in ("zones", "maps", "elem_size", "tasks", "threads"))
    states = arrays["threads"][:, 1]
    if small < 1 or len(arrays["machine"]) != 8 or (states < 0).any() or (states > 6).any():
        raise ValueError("its tables are not what they should be")


def _fits(values: Ints, dtype: str) -> bool:
    info = np.iinfo(dtype)
    return bool(values.min() >= info.min and values.max() <= info.max)
