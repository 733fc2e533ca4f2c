"""The tables of a recording, and what identifies a file as one. docs/recording-format.md explains them."""

import importlib
import sqlite3
from types import ModuleType
from typing import Any

from zoneviz.events import COLUMNS, Kind
from zoneviz.fields import FIELDS, Fields
from zoneviz.state.figures import MACHINE_FIGURES, TASK_FIGURES, ZONE_FIGURES

APPLICATION_ID = 0x5A6F6E65  # "Zone"
FORMAT = 2
"""The file's user_version. A reader refuses a higher one."""

_FIELDS = {f"{name}{part}": str for name in Fields._fields for part in ("", "_refers", "_unit")}
TABLES: dict[str, dict[str, Any]] = {
    "kinds": {"id": int, "name": str} | _FIELDS,
    "names": {"id": int, "text": str},
    "paths": {"id": int, "parent": int, "frame": str, "text": str},
    "zones": {"id": int, "name": str, "elem_size": int, "max_size": int, "alloc_size": int, "flags": str},
    "maps": {"id": int, "name": str, "start_address": int, "end_address": int, "parent": int},
    "figures": {"id": int, "name": str, "unit": str},
    "tasks": {"entry": int, "id": int, "name": str},
    "threads": {"entry": int, "id": int, "task": int, "name": str},
    "samples": {"seq": int, "time": int} | dict.fromkeys(MACHINE_FIGURES, int),
    "checkpoints": {"seq": int, "state": bytes},
    "machine": {"name": str, "value": str},
}
"""Columns of the plain tables; the first is the primary key. `entry` counts namings: a task named again replaces its row."""

DETAILS = "CREATE TABLE details (seq INTEGER PRIMARY KEY, text TEXT NOT NULL)"
"""What an imported row held beyond the columns of an event."""

REQUIRED = ("details", "events", "figure_samples", "recording", "task_samples", "zone_samples", *TABLES)

_NUMBERS = ", ".join(f"{name} INTEGER NOT NULL" for name in COLUMNS)
EVENTS = f"CREATE TABLE events (seq INTEGER PRIMARY KEY, {_NUMBERS})"
ZONE_SAMPLES = (
    "CREATE TABLE zone_samples (seq INTEGER NOT NULL, zone INTEGER NOT NULL, "
    + ", ".join(f"{name} INTEGER NOT NULL" for name in ZONE_FIGURES)
    + ", PRIMARY KEY (seq, zone)) WITHOUT ROWID"
)
FIGURE_SAMPLES = (
    "CREATE TABLE figure_samples (seq INTEGER NOT NULL, figure INTEGER NOT NULL, value INTEGER NOT NULL, "
    "PRIMARY KEY (seq, figure)) WITHOUT ROWID"
)
TASK_SAMPLES = (
    "CREATE TABLE task_samples (seq INTEGER NOT NULL, task INTEGER NOT NULL, "
    + ", ".join(f"{name} INTEGER NOT NULL" for name in TASK_FIGURES)
    + ", PRIMARY KEY (seq, task)) WITHOUT ROWID"
)
NAMED = """
CREATE VIEW events_named AS
SELECT e.seq, e.time, k.name AS kind,
       z.name AS zone, m.name AS map, f.name AS figure,
       e.task, a.name AS task_name, e.thread, h.name AS thread_name,
       p.text AS call_path,
       e.subject, e.address, e.size, e.extra,
       s.text AS subject_text, x.text AS extra_text, d.text AS detail
FROM events AS e
LEFT JOIN kinds AS k ON k.id = e.kind
LEFT JOIN zones AS z ON k.subject_refers = 'zone' AND z.id = e.subject
LEFT JOIN maps AS m ON k.subject_refers = 'map' AND m.id = e.subject
LEFT JOIN figures AS f ON k.subject_refers = 'figure' AND f.id = e.subject
LEFT JOIN tasks AS a ON a.id = e.task
LEFT JOIN threads AS h ON h.id = e.thread
LEFT JOIN paths AS p ON p.id = e.path
LEFT JOIN names AS s ON k.subject_refers = 'text' AND s.id = e.subject
LEFT JOIN names AS x ON k.extra_refers = 'text' AND x.id = e.extra
LEFT JOIN details AS d ON d.seq = e.seq
"""


def prepare() -> ModuleType:
    """sqlite_utils, which takes up to half a second to load; readers never do. Load it before where there is no time to lose later."""
    return importlib.import_module("sqlite_utils")


def create(connection: sqlite3.Connection, header: dict[str, type[int] | type[str]]) -> None:
    """Create all tables and the view in an empty database. `header`: the columns of `recording`."""
    sqlite_utils = prepare()
    db = sqlite_utils.Database(connection, execute_plugins=False)  # looking for plugins takes a tenth of a second
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")
    connection.execute(EVENTS)
    connection.execute(ZONE_SAMPLES)
    connection.execute(FIGURE_SAMPLES)
    connection.execute(DETAILS)
    connection.execute(TASK_SAMPLES)
    for name, columns in TABLES.items():
        db.table(name).create(columns, pk=next(iter(columns)), not_null=set(columns))
    for name in ("tasks", "threads"):
        db.table(name).create_index(["id"], unique=True)
    db.table("recording").create(dict(header), not_null=set(header))
    connection.execute(NAMED)
    write_kinds(connection)


def write_kinds(connection: sqlite3.Connection) -> None:
    """Fill the empty table `kinds` with the kinds of event that this version knows."""
    rows = [(int(kind), kind.name, *(part or "" for field in FIELDS[kind] for part in field)) for kind in Kind]
    connection.executemany(f"INSERT INTO kinds VALUES ({', '.join('?' * len(TABLES['kinds']))})", rows)


def sqlite_version() -> str:
    """The version of Python's SQLite."""
    return sqlite3.sqlite_version


def clean(text: str) -> str:
    """`text` as SQLite can store it: a lone surrogate becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
