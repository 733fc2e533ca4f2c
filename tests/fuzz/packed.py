"""Damages packed recordings behind their checksums: heads, columns, tables and checkpoints that unpack well and mean something else."""

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import zstandard

from tests.fuzz.mutations import VALUES, bytes_at_random, pages, rows
from zoneviz.recording import pack
from zoneviz.recording.packed import PackedFile
from zoneviz.recording.packed_head import Head

NUMBERS = (0, 1, 2, 3, 8, 9, 255, 4096, 65535, 65536, (1 << 31) - 1, (1 << 32) - 1)
EDGES = (
    0, 1, 2, 127, 128, 255, 256, 65535, (1 << 31) - 1, 1 << 32, (1 << 48) - 1, (1 << 52) - 1, (1 << 62) + 5, (1 << 63) - 1, 1 << 63,
    (1 << 64) - 1,
)  # fmt: skip
Parts = list[bytes]


def packed(data: bytes, chance: random.Random, folder: Path) -> bytes:
    """A packed recording with changed bytes, cut off, or with other parts than its head says or than a recorder writes."""
    head, parts = _packed(data, folder)
    parts = [*parts]
    kind = chance.randrange(8)
    if kind == 0:
        return bytes_at_random(bytes(head) + b"".join(parts), chance, folder)
    if kind == 1:
        whole = bytes(head) + b"".join(parts)
        return whole[: chance.randrange(len(whole))]
    change: Callable[[Head, Parts, random.Random], Head]
    if kind == 2:
        change = _head
    elif kind in (3, 4):
        change = _columns
    elif kind == 5:
        change = _states
    else:
        spoiled = (rows if kind == 6 else pages)(zstandard.decompress(parts[0]), chance, folder)
        parts[0] = zstandard.compress(spoiled, 1)
        return bytes(head._replace(tables=(len(parts[0]), len(spoiled)))) + b"".join(parts)
    for _ in range(chance.choice((1, 1, 2, 9))):
        head = change(head, parts, chance)
    return bytes(head) + b"".join(parts)


@cache
def _packed(data: bytes, folder: Path) -> tuple[Head, Parts]:
    """The head and the parts of a good recording when it is packed."""
    plain, path = folder / "good.zvz", folder / "good.zvz.zst"
    plain.write_bytes(data)
    pack(plain, path, force=True)
    file = PackedFile(path)
    whole, at, parts = path.read_bytes(), len(bytes(file.head)), []
    for size in (file.head.tables[0], *file.head.columns["packed"].ravel().tolist(), *file.head.groups["packed"].tolist()):
        parts.append(whole[at : at + size])
        at += size
    file.close()
    return file.head, parts


def _fresh(head: Head) -> Head:
    """A head whose tables may be changed."""
    return head._replace(columns=head.columns.copy(), groups=head.groups.copy(), states=head.states.copy())


def _head(head: Head, parts: Parts, chance: random.Random) -> Head:
    """One number of the head is another one."""
    head = _fresh(head)
    which = chance.randrange(4)
    if which == 0:
        table = chance.choice((head.columns, head.groups, head.states))
        name = chance.choice(table.dtype.names or ())
        table[name].flat[chance.randrange(max(table.size, 1))] = chance.choice(NUMBERS)
        return head
    if which == 1:
        return head._replace(first_event=chance.choice((*NUMBERS, *EDGES)))
    if which == 2:
        return head._replace(events=chance.choice((*NUMBERS, *EDGES, max(head.events, 1) - 1, min(head.events, 99999) + 1)))
    return head._replace(tables=(chance.choice((head.tables[0], *NUMBERS)), chance.choice((head.tables[1], *EDGES))))


def _columns(head: Head, parts: Parts, chance: random.Random) -> Head:
    """A column has other numbers: a few extreme ones, all the same, noise, or another first one."""
    head = _fresh(head)
    index, count = chance.randrange(head.columns.size), head.events
    entry = head.columns.reshape(-1)[index : index + 1]
    width = chance.choice((0, 1, 2, 3, 4, 8))
    if chance.random() < 0.3:
        entry["first"] = np.uint64(chance.choice(EDGES)).view(np.int64)
        return head
    raw = bytearray(width * count)
    for _ in range(chance.choice((0, 1, 1, 5, 500)) if width else 0):
        number = chance.choice(EDGES).to_bytes(8, "little")
        at = chance.randrange(count)
        for byte in range(width):
            raw[byte * count + at] = number[byte]
    if chance.random() < 0.1:
        raw = bytearray(chance.randbytes(len(raw)))
    parts[1 + index] = zstandard.compress(bytes(raw), 1) if width else b""
    entry["packed"], entry["width"] = len(parts[1 + index]), width
    return head


def _states(head: Head, parts: Parts, chance: random.Random) -> Head:
    """The checkpoints of a group have other bytes."""
    if not len(head.groups):
        return head
    number = chance.randrange(len(head.groups))
    place = len(parts) - len(head.groups) + number
    raw = bytearray(zstandard.decompress(parts[place]))
    for _ in range(chance.choice((1, 5, 50))):
        raw[chance.randrange(len(raw))] = chance.randrange(256)
    if chance.random() < 0.2:
        raw[:4] = chance.choice([value for value in VALUES if isinstance(value, bytes) and len(value) >= 4])[:4]
    head = _fresh(head)
    parts[place] = zstandard.compress(bytes(raw), 1)
    head.groups["packed"][number] = len(parts[place])
    return head
