"""Reading recordings of older formats: one step from each format to the next, applied to a private copy.

The file is compared with the schema of its format (resources/schema-N.sql) before a step's SQL makes the next format of it.
Neither changes once a version with the next format is out.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from zoneviz import resources
from zoneviz.events import Machine
from zoneviz.recording import schema, trust

FORMAT_1_MACHINE = Machine(boot_zone_memory=442368, table_entries=4, table_entry_size=16)
"""The constants of every kernel recorded in format 1: GNU Mach, simulated or imported."""


_FIELDS = ", ".join(f"{name}{part} TEXT NOT NULL" for name in ("subject", "address", "size", "extra") for part in ("", "_refers", "_unit"))
_NAMED = """
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
_HEADER_1 = (
    "scenario", "parameters", "profile", "profile_values", "seed", "created", "time_kind", "zoneviz", "format", "model", "part_of",
    "outcome", "panic_text", "panic_zone", "panic_memory", "first_event", "events", "last_time", "digest", "complete",
    "incomplete_reason", "result",
)  # fmt: skip
"""The columns of `recording` in format 1 after its first, `kind`."""
_HEADER_NUMBERS = ("seed", "format", "first_event", "events", "last_time", "complete")
_SHOWS = "zones elements machine maps threads tasks rights paths sizes limits"
_HEADER_2 = ", ".join(
    f"{name} {'INTEGER' if name in _HEADER_NUMBERS else 'TEXT'} NOT NULL" for name in ("kind", "system", "zone_noun", "shows", *_HEADER_1)
)
STEPS: dict[int, tuple[str, ...]] = {
    # To 2: what a field refers to and measures is data, and the machine's constants are in the file; readings of other systems.
    1: (
        "DROP VIEW events_named",
        "DROP TABLE kinds",
        f"CREATE TABLE kinds (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, {_FIELDS})",
        "CREATE TABLE machine (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)",
        *(f"INSERT INTO machine VALUES ('{name}', '{value}')" for name, value in FORMAT_1_MACHINE._asdict().items()),
        "CREATE TABLE figures (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL)",
        "CREATE TABLE figure_samples (seq INTEGER NOT NULL, figure INTEGER NOT NULL, value INTEGER NOT NULL, "
        "PRIMARY KEY (seq, figure)) WITHOUT ROWID",
        "ALTER TABLE recording RENAME TO recording_1",
        f"CREATE TABLE recording ({_HEADER_2})",
        f"INSERT INTO recording SELECT kind, '', 'zone', '{_SHOWS}', {', '.join(_HEADER_1)} FROM recording_1",
        "DROP TABLE recording_1",
        _NAMED,
    ),
}
"""SQL by the format that it begins with."""


def bring_up(copy: Path, path: Path) -> None:
    """Convert `copy`, a private copy of the recording `path`, to our format, if it is older.

    Errors: InputError if it is not a recording, or its schema is not that of its format; sqlite3.Error if it is damaged.
    """
    with closing(trust.connect(copy)[0]) as reading:
        version = trust.check(reading, path)
    for number in range(version, schema.FORMAT):
        with closing(trust.connect(copy)[0]) as reading:
            trust.check_schema(reading, path, trust.items(resources.schema(number)))
        # Its schema is known now, statement for statement: there is no trigger that could run.
        with closing(sqlite3.connect(copy, isolation_level=None)) as db:
            trust.timed(db)
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("BEGIN")
            for statement in STEPS[number]:
                db.execute(statement)
            if number + 1 == schema.FORMAT:
                schema.write_kinds(db)
            db.execute(f"PRAGMA user_version = {number + 1}")
            db.execute("COMMIT")
