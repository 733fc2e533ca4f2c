"""Reading what is left of a damaged recording: its header, its names, and its events up to the first that is lost.

SQLite reads as far as it can. After that the pages are searched one by one: an event is recognized by its shape.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from zoneviz import resources
from zoneviz.errors import InputError
from zoneviz.events import Catalog, FigureInfo, Kind, Machine, MapInfo, TaskInfo, ThreadInfo, ZoneInfo
from zoneviz.fields import Refers, kinds_where
from zoneviz.recording import bounds, catalogs, conversions, copies, schema, stopping, trust
from zoneviz.recording import header as headers
from zoneviz.recording.catalogs import PATH_DEPTH, TEXT_LIMIT, integers
from zoneviz.recording.header import Header
from zoneviz.recording.reader import EVENTS_FROM
from zoneviz.recording.sqlite_pages import carve
from zoneviz.state.figures import ZONE_FIGURES
from zoneviz.state.rows import (
    ADDRESS,
    EXTRA,
    FIGURE_KINDS,
    KIND,
    PATH,
    SEQ,
    SIZE,
    SIZE_LIMIT,
    SUBJECT,
    TIME,
    ZONE_ID_LIMIT,
    ZONE_KINDS,
    Ints,
)

_IDS = 1 << 20
_OFTEN = (1 << 14) - 1
"""The work can be stopped at event numbers without any of these bits."""
_SECONDS = 600.0
_MOST = bounds.PLACE - 1
"""The largest address."""
_TEXTS = {SUBJECT: kinds_where("subject", Refers.TEXT), EXTRA: kinds_where("extra", Refers.TEXT)}
"""By column, the kinds whose number there is the id of a text."""
_TYPES = {
    "names": (int, str),
    "paths": (int, int, str),
    "zones": (int, str, int, int, int, str),
    "maps": (int, str, int, int, int),
    "figures": (int, str, str),
    "tasks": (int, int, str),
    "threads": (int, int, int, str),
}


@dataclass(slots=True)
class Salvaged:
    """What was found. `rows`: the events before the first gap, as `Recording.events`; `base`: the checkpoint before them, in an excerpt.

    `header`: the recorded one, or an empty one if it was lost; `lost`: what was lost, in sentences.
    """

    header: Header
    catalog: Catalog
    rows: Ints
    base: bytes | None
    whole: bool
    """Whether no event is missing, according to the header."""
    lost: list[str] = field(default_factory=list)
    details: dict[int, str] = field(default_factory=dict)
    """As `Recording.details`, as far as readable."""


def salvage(path: Path) -> Salvaged:
    """Read what is left of a damaged recording.

    Errors: InputError if there is no file, or nothing usable in it.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder, not a recording.")
    if not path.is_file():
        raise InputError(f"{path} does not exist.")
    lost: list[str] = []
    copy = None
    try:
        with trust.reading(path):
            if copies.is_packed(path):
                copy = copies.unpacked(path, lost)
            elif any(Path(f"{path}{suffix}").exists() for suffix in ("-wal", "-journal")):
                with suppress(sqlite3.Error):
                    copy = copies.recovered(path)
            return _salvage(path, copy.file if copy else path, lost)
    finally:
        if copy is not None:
            copy.close()


def _salvage(path: Path, file: Path, lost: list[str]) -> Salvaged:
    found: dict[str, dict[int, tuple[Any, ...]]] = {name: {} for name in _TYPES}
    header, base, parts, details, machine = None, None, [], dict[int, str](), None
    with suppress(sqlite3.Error), closing(_open(file)) as db:
        header = _header(db)
        found = {name: _table(db, name) for name in _TYPES}
        first = header.first_event if header else 1
        if first > 1:
            with suppress(sqlite3.Error):
                base = next((row[0] for row in db.execute("SELECT state FROM checkpoints WHERE seq = ?", (first - 1,))), None)
        if _intact(db, "events"):
            parts.append(_read_events(db, first))
        details = _details(db)
        machine = _machine(db)
    first = header.first_event if header else 1
    rows = _prefix(np.concatenate(parts) if parts else np.empty((0, 10), np.int64), first)
    said = header.events if header else None
    if said is None or first + len(rows) - 1 < said:
        carved = _carved(file)
        merged = np.concatenate([rows, carved[carved[:, SEQ] >= first + len(rows)]])
        rows = _prefix(merged[np.argsort(merged[:, SEQ], kind="stable")], first)
        beyond = len(np.unique(merged[:, SEQ])) - len(rows)
        if beyond:
            lost.append(f"{beyond:,} events after the gap were found, but they are useless without those in the gap.")
        if said is None or first + len(rows) - 1 < said:
            rows = _whole_readings(rows, lost)
    rows = _valid_readings(rows, lost)
    if first > 1 and not isinstance(base, bytes):
        raise InputError(f"{path} cannot be repaired: it is an excerpt, and the state it begins with is lost.")
    if not len(rows):
        raise InputError(f"{path} has no readable events.")
    if header is None:
        lost.append("The header is lost: scenario and settings are unknown.")
    elif first + len(rows) - 1 < said:  # type: ignore[operator]
        lost.append(f"Events {first + len(rows):,} to {said:,} are lost.")
    whole = header is not None and first + len(rows) - 1 == said
    catalog = _catalog(found, rows, lost)
    if machine is None:
        lost.append("The constants of the machine are lost: the size of its boot memory is unknown.")
    else:
        catalog.machine = machine
    return Salvaged(header or Header(), catalog, rows, base, whole, lost, details)


def _open(file: Path) -> sqlite3.Connection:
    db, watch = trust.connect(file, salvage=True)
    watch.limit(_SECONDS)
    return db


def _intact(db: sqlite3.Connection, name: str) -> bool:
    """Whether the file has this table with the schema of our format or an older one. Nothing else is read."""
    with suppress(sqlite3.Error):
        rows = db.execute("SELECT type, sql FROM sqlite_master WHERE name = ? LIMIT 1", (name,)).fetchall()
        known = (trust.expected(), *(trust.items(resources.schema(version)) for version in conversions.STEPS))
        return bool(rows) and (rows[0][0], trust.normal(str(rows[0][1]))) in [items.get(name) for items in known]
    return False


def _header(db: sqlite3.Connection) -> Header | None:
    if not _intact(db, "recording"):
        return None
    with suppress(sqlite3.Error):
        there = {row[1] for row in db.execute("PRAGMA table_info(recording)")}
        columns = [name for name in headers.COLUMNS if name in there]
        missing = {name: value for name, value in Header().row().items() if name not in there} | {"result": "{}"}
        # The result is the last column and long: the columns before it are often readable when it is not.
        for names in (columns, columns[:-1]):
            with suppress(sqlite3.Error, InputError):
                row = db.execute(f"SELECT {', '.join(names)} FROM recording LIMIT 1").fetchone() or ()
                header = headers.from_row(missing | dict(zip(names, row, strict=False)))
                return header if header.first_event >= 1 else None
    return None


def _machine(db: sqlite3.Connection) -> Machine | None:
    with suppress(sqlite3.Error, InputError):
        if db.execute("PRAGMA user_version").fetchone()[0] == 1:
            return conversions.FORMAT_1_MACHINE
        if _intact(db, "machine"):
            return catalogs.machine(db.execute(catalogs.MACHINE_ROWS))
    return None


def _table(db: sqlite3.Connection, name: str) -> dict[int, tuple[Any, ...]]:
    """Rows of a table by key, read from both ends as far as possible."""
    types, found = _TYPES[name], dict[int, tuple[Any, ...]]()
    key, *columns = list(schema.TABLES[name])[: len(types)]
    for order in ("ASC", "DESC") if _intact(db, name) else ():
        with suppress(sqlite3.Error):
            for row in db.execute(f"SELECT {key}, {', '.join(columns)} FROM {name} ORDER BY {key} {order} LIMIT {_IDS}"):
                good = all(map(isinstance, row, types)) and all(len(v) <= TEXT_LIMIT for v in row if isinstance(v, str))
                if good and 0 <= row[0] < _IDS:
                    found[row[0]] = row[1:]
    return found


def _details(db: sqlite3.Connection) -> dict[int, str]:
    """The details up to the first damage."""
    found: dict[int, str] = {}
    if _intact(db, "details"):
        with suppress(sqlite3.Error):
            for seq, text in db.execute("SELECT seq, text FROM details ORDER BY seq"):
                if isinstance(seq, int) and isinstance(text, str):
                    found[seq] = text
    return found


def _carved(file: Path) -> Ints:
    watch = trust.Watch()
    watch.limit(_SECONDS)
    with closing(trust.Pages(file, watch)) as pages:
        return carve(pages)


def _read_events(db: sqlite3.Connection, first: int) -> Ints:
    """Events in order up to the first damage."""

    def rows() -> Iterator[tuple[int, ...]]:
        due = first
        with suppress(sqlite3.Error):
            for row in db.execute(EVENTS_FROM, (first,)):
                if not due & _OFTEN:
                    stopping.check()
                if row[0] != due or not all(type(value) is int for value in row):
                    return
                yield row
                due += 1

    return integers(rows(), 10)


def _prefix(rows: Ints, first: int) -> Ints:
    """The consecutive events from `first` up to the first gap or invalid event."""
    rows = rows[np.append(True, np.diff(rows[:, SEQ]) != 0)[: len(rows)]]
    subject, kind = rows[:, SUBJECT], rows[:, KIND]
    good = rows[:, SEQ] == first + np.arange(len(rows))
    good &= (rows[:, PATH] >= 0) & (rows[:, PATH] < _IDS) & bounds.valid(rows)
    good &= ~np.isin(kind, (*ZONE_KINDS, Kind.MACHINE_FIGURE)) | ((subject >= 0) & (subject < ZONE_ID_LIMIT))
    bad = np.flatnonzero(~good)
    return rows[: bad[0]] if len(bad) else rows


def _whole_readings(rows: Ints, lost: list[str]) -> Ints:
    """The events without a last reading that may be incomplete, because nothing follows it. An only reading is kept."""
    begins = np.flatnonzero(rows[:, KIND] == Kind.READING)
    if not len(begins) or begins[-1] == 0 or rows[begins[-1], TIME] != rows[-1, TIME]:
        return rows
    lost.append(f"Reading {rows[begins[-1], SUBJECT]:,} may be incomplete and is left out.")
    return rows[: begins[-1]]


def _valid_readings(rows: Ints, lost: list[str]) -> Ints:
    """The events before the first reading that is out of order or sets an invalid figure."""
    begins = np.flatnonzero(rows[:, KIND] == Kind.READING)
    if not len(begins):
        return rows
    numbers, times = rows[begins, SUBJECT], rows[begins, TIME]
    wrong = np.append(False, (np.diff(numbers) != 1) | (np.diff(times) <= 0))
    size, extra = rows[:, SIZE], rows[:, EXTRA]
    bad = np.isin(rows[:, KIND], FIGURE_KINDS) & ((size < 0) | (size >= SIZE_LIMIT))
    bad |= (rows[:, KIND] == Kind.ZONE_FIGURE) & ((extra < 0) | (extra >= len(ZONE_FIGURES)))
    wrong[np.maximum(np.searchsorted(begins, np.flatnonzero(bad), side="right") - 1, 0)] = True
    if not wrong.any():
        return rows
    first = int(np.argmax(wrong))
    lost.append(f"Reading {numbers[first]:,} is invalid: it and what follows is left out.")
    return rows[: begins[first]]


def _catalog(found: dict[str, dict[int, tuple[Any, ...]]], rows: Ints, lost: list[str]) -> Catalog:
    """The names that were read. What events refer to but is lost gets a name such as `(lost zone 3)`."""
    catalog = Catalog()
    kind = rows[:, KIND]
    need = {"paths": int(rows[:, PATH].max(initial=0)), "names": 0}
    for column, kinds in _TEXTS.items():
        ids = rows[np.isin(kind, kinds), column]
        need["names"] = max(need["names"], int(ids[ids < _IDS].max(initial=0)))
    zinit, suballoc = rows[kind == Kind.ZINIT], rows[kind == Kind.KMEM_SUBALLOC]
    sizes = {int(row[SUBJECT]): (int(row[SIZE]), int(row[EXTRA])) for row in zinit}
    ranges = {int(row[SUBJECT]): (int(row[ADDRESS]), min(int(row[ADDRESS]) + int(row[SIZE]), _MOST), int(row[EXTRA])) for row in suballoc}
    zone_ids = rows[np.isin(kind, ZONE_KINDS), SUBJECT]
    need["zones"], need["maps"] = int(zone_ids.max(initial=0)), max((i for i in ranges if i < ZONE_ID_LIMIT), default=0)
    need["figures"] = int(rows[kind == Kind.MACHINE_FIGURE, SUBJECT].max(initial=0))
    missing = dict.fromkeys(need, 0)

    def each(table: str, start: int) -> Iterator[tuple[int, tuple[Any, ...] | None]]:
        for i in range(start, max(need[table], max(found[table], default=0)) + 1):
            row = found[table].get(i)
            missing[table] += row is None
            yield i, row

    for i, row in each("names", 1):
        text = row[0] if row else f"(lost text {i})"
        catalog.names.ids.setdefault(text, i)
        catalog.names.strings.append(text)
    depths = [0]
    for i, row in each("paths", 1):
        parent, frame = row if row and 0 <= row[0] < i and depths[row[0]] < PATH_DEPTH else (0, f"(lost path {i})")
        depths.append(depths[parent] + 1)
        catalog.paths.setdefault((parent, frame), i)
        catalog.paths.rows.append((parent, frame))
    for i, row in each("zones", 1):
        size, most = sizes.get(i, (0, 0))
        catalog.zones.append(ZoneInfo(i, *(row or (f"(lost zone {i})", size, most, 0, ""))))
    for i, row in each("maps", 1):
        catalog.maps.append(MapInfo(i, *(row or (f"(lost map {i})", *ranges.get(i, (0, 0, 0))))))
    for i, row in each("figures", 1):
        catalog.figures.append(FigureInfo(i, *(row or (f"(lost figure {i})", ""))))
    catalog.tasks.extend(TaskInfo(*row) for _, row in sorted(found["tasks"].items()))
    catalog.threads.extend(ThreadInfo(*row) for _, row in sorted(found["threads"].items()))
    _add_lost_actors(catalog, rows)
    lost += [f"{count:,} rows of the table {name} are lost." for name, count in missing.items() if count]
    return catalog


def _add_lost_actors(catalog: Catalog, rows: Ints) -> None:
    """Add tasks and threads whose names are lost: their number bounds the ids."""
    made = rows[:, KIND] == Kind.TASK_CREATE
    known = {task.id for task in catalog.tasks}
    catalog.tasks.extend(TaskInfo(i, f"(lost task {i})") for i in np.unique(rows[made, SUBJECT]).tolist() if i not in known)
    made = rows[:, KIND] == Kind.THREAD_CREATE
    named = {thread.id for thread in catalog.threads}
    owners = dict(rows[made][:, [SUBJECT, EXTRA]].tolist())
    catalog.threads.extend(ThreadInfo(i, task, f"(lost thread {i})") for i, task in sorted(owners.items()) if i not in named)
