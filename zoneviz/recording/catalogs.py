"""The names of a recording, read from an untrusted file: every amount is limited and every type checked."""

import sqlite3
import struct
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from itertools import chain, islice
from operator import lt
from typing import Any

import numpy as np

from zoneviz.errors import InputError
from zoneviz.events import CallPaths, Catalog, FigureInfo, Machine, MapInfo, Names, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.recording import bounds, schema
from zoneviz.state.rows import ZONE_ID_LIMIT, Ints

PATH_DEPTH = 500
"""Upper bound of the frames of a call path."""
TEXT_LIMIT = 1 << 20
MACHINE_ROWS = "SELECT name, value FROM machine LIMIT 100"
_AT_ONCE = 1 << 9
"""Rows of integers fetched together: a damaged one may hold a long text instead."""
_NAMES_AT_ONCE = 128
"""Rows of names fetched together: each may hold a mebibyte of text before its length is checked."""


def integers(rows: Iterable[Sequence[int]], width: int) -> Ints:
    """Rows of integers as a read-only array (n, width).

    Errors: InputError for any other value. struct, unlike numpy, accepts neither texts nor fractions.
    """
    packed, rows = bytearray(), iter(rows)
    while flat := list(chain.from_iterable(islice(rows, _AT_ONCE))):
        try:
            packed += struct.pack(f"<{len(flat)}q", *flat)
        except struct.error:
            raise InputError("It is damaged: a value is not a number.") from None
    return np.frombuffer(bytes(packed), "<i8").reshape(-1, width)


MACHINE_LIMIT = 1 << 30
"""Upper bound of the constants of a machine."""
LATE = ("names", "paths", "tasks", "threads")
"""The attributes of a catalog that may be long, and are named as their tables."""
Later = Callable[[], AbstractContextManager[sqlite3.Connection]]


def machine(rows: Iterable[tuple[object, object]]) -> Machine:
    """The constants in rows (name, JSON value) of the table `machine`. Unknown names are ignored.

    Errors: InputError if a value is invalid.
    """
    found: dict[str, int] = {}
    for name, text in rows:
        if not isinstance(name, str) or not isinstance(text, str) or len(text) > TEXT_LIMIT:
            raise InputError("Its table machine has invalid values.")
        if name in Machine._fields:
            if not text.isascii() or not text.isdecimal() or len(text) > 10 or int(text) > MACHINE_LIMIT:
                raise InputError(f"Its machine has an invalid {name}.")
            found[name] = int(text)
    return Machine(**found)


class StoredCatalog(Catalog):
    """The catalog of a file; each `load` adds what is new.

    Names and call paths of a finished recording are read when they are first asked for: there may be a hundred thousand. If they are
    damaged, that raises an InputError once, and they are empty from then on.
    """

    __slots__ = ("_counts", "_depths", "_entries", "_later", "_size", "_unread")

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[str, int] = {}
        self._depths = [0]
        self._later: Later | None = None
        self._size = 0
        self._unread: set[str] = set()
        self._counts: tuple[int, int] | None = None

    @property
    def task_count(self) -> int:
        """As in Catalog; counted in the file, if nobody has asked for the names."""
        return self._counted()[0] if "tasks" in self._unread else len(self.tasks)

    @property
    def thread_count(self) -> int:
        """As in Catalog; counted in the file, if nobody has asked for the names."""
        return self._counted()[1] if "threads" in self._unread else len(self.threads)

    def load(self, db: sqlite3.Connection, size: int, later: Later | None = None) -> None:
        """Add what is new. `size`: bytes of the file, an upper bound of what it can hold. `later`: gives a connection for the names
        when they are asked for. None, and if some are known already: all are read now.

        Errors: InputError without the name of the file.
        """
        known = len(self._entries)
        self.machine = machine(db.execute(MACHINE_ROWS))
        have = len(self.zones) + 1
        zones = self._new(db, size, "zones", (str, int, int, int, str), have)
        self.zones.extend(ZoneInfo(i, *row) for i, row in enumerate(zones, have))
        have = len(self.maps) + 1
        maps = self._new(db, size, "maps", (str, int, int, int), have)
        self.maps.extend(MapInfo(i, *row) for i, row in enumerate(maps, have))
        have = len(self.figures) + 1
        figures = self._new(db, size, "figures", (str, str), have)
        self.figures.extend(FigureInfo(i, *row) for i, row in enumerate(figures, have))
        if max(len(self.zones), len(self.maps), len(self.figures)) >= ZONE_ID_LIMIT:
            raise InputError("It has more zones, maps or figures than a kernel can have.")
        if later is None or known:
            for table in LATE:
                self._read(db, size, table)
        else:
            self._later, self._size, self._unread = later, size, {*LATE}
            for table in LATE:
                delattr(self, table)

    def __getattr__(self, table: str) -> Any:
        """One of LATE, read from the file. Python calls this for an attribute without a value."""
        if table not in LATE or self._later is None:
            raise AttributeError(table)
        self._unread.discard(table)
        self._empty(table)
        try:
            with self._later() as db:
                self._read(db, self._size, table)
        except InputError:
            self._empty(table)
            raise
        return getattr(self, table)

    def _empty(self, table: str) -> None:
        """Make one of LATE empty."""
        setattr(self, table, Names() if table == "names" else CallPaths() if table == "paths" else [])

    def _counted(self) -> tuple[int, int]:
        """The number of tasks and of threads in the file."""
        if self._counts is None and self._later is not None:
            with self._later() as db:
                # Not count(*) of the table, which no time limit could stop.
                count = "(SELECT count(*) FROM (SELECT 1 FROM {} LIMIT ?))"
                self._counts = db.execute(f"SELECT {count.format('tasks')}, {count.format('threads')}", (self._size // 4,) * 2).fetchone()
        return self._counts or (0, 0)

    def _read(self, db: sqlite3.Connection, size: int, table: str) -> None:
        """Add the new rows of one of LATE."""
        if table == "tasks":
            self.tasks.extend(map(TaskInfo._make, self._new(db, size, table, (int, str))))
        elif table == "threads":
            self.threads.extend(map(ThreadInfo._make, self._new(db, size, table, (int, int, str))))
        elif table == "names":
            names = self.names
            for (text,) in self._new(db, size, table, (str,), len(names.strings)):
                names.ids.setdefault(text, len(names.strings))
                names.strings.append(text)
        else:
            paths = self.paths
            for parent, frame in self._new(db, size, table, (int, str), len(paths.rows)):
                if not 0 <= parent < len(paths.rows):
                    raise InputError("A call path has no parent path.")
                if self._depths[parent] >= PATH_DEPTH:
                    raise InputError("A call path is too deep.")
                self._depths.append(self._depths[parent] + 1)
                paths.setdefault((parent, frame), len(paths.rows))
                paths.rows.append((parent, frame))

    def _new(self, db: sqlite3.Connection, size: int, table: str, types: tuple[type, ...], dense: int | None = None) -> list[Any]:
        """The new rows of a table, without their key. `dense`: the first key expected, followed by consecutive ones."""
        key, *columns = list(schema.TABLES[table])[: len(types) + 1]
        first = self._entries.get(table, 0) if dense is None else dense
        # A damaged tree can repeat rows without end: read no more than the file has room for.
        cursor = db.execute(f"SELECT {key}, {', '.join(columns)} FROM {table} WHERE {key} >= ? ORDER BY {key} LIMIT ?", (first, size // 4))
        found: list[Any] = []
        last, length = first - 1, 0
        while rows := cursor.fetchmany(_NAMES_AT_ONCE):
            keys, *values = zip(*rows, strict=True)
            if set(map(type, keys)) != {int} or keys[0] <= last or not all(map(lt, keys, keys[1:])):
                raise InputError(f"Its table {table} has invalid values.")
            if dense is not None and (keys[0], keys[-1]) != (last + 1, last + len(keys)):
                raise InputError(f"Its table {table} has invalid values.")
            if any(set(map(type, column)) != {kind} for column, kind in zip(values, types, strict=True)):
                raise InputError(f"Its table {table} has invalid values.")
            for name, column, kind in zip(columns, values, types, strict=True):
                if kind is int and not _possible(name, column):
                    raise InputError(f"Its table {table} has an invalid {name.replace('_', ' ')}.")
            last = keys[-1]
            texts = [[len(text) for text in column] for column, kind in zip(values, types, strict=True) if kind is str]
            length += sum(map(sum, texts))
            if max(map(max, texts), default=0) > TEXT_LIMIT or length > size + TEXT_LIMIT:
                raise InputError(f"Its table {table} has more text than fits the file.")
            found += zip(*values, strict=True)
        if found:
            self._entries[table] = last + 1
        return found


def _possible(column: str, values: Sequence[int]) -> bool:
    """Whether the numbers of a column are within its bounds."""
    limit = bounds.PLACE if column in bounds.PLACES else bounds.NUMBER
    return -limit < min(values) and max(values) < limit
