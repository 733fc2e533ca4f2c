"""SQL that a user asks a recording: questions to begin with, the tables, and answers of limited size."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from zoneviz import resources
from zoneviz.errors import UsageError

ANSWER_LIMIT = 1 << 24
"""Characters and bytes of all values of an answer."""
Value = int | float | str | bytes | None
QUESTIONS = (
    ("zones with the most allocations",
     "SELECT zone, count(*) AS allocations FROM events_named WHERE kind = 'ZALLOC' GROUP BY zone ORDER BY allocations DESC"),
    ("tasks that created the most threads",
     "SELECT task_name, count(*) AS threads FROM events_named WHERE kind = 'THREAD_CREATE' GROUP BY task_name ORDER BY threads DESC"),
    ("moments with the most queued messages",
     "SELECT seq, time, messages, threads, ports, zone_map_used FROM samples ORDER BY messages DESC LIMIT 100"),
    ("the last events",
     "SELECT * FROM events_named ORDER BY seq DESC LIMIT 100"),
)  # fmt: skip
"""Questions in words and in SQL."""
_FIRST = ("events_named", "samples", "zone_samples", "task_samples", "events", "zones", "tasks", "threads")
_SQL = re.compile(r"\s*(select|with|values|explain)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """`columns` as SQLite names them, possibly with repetitions; `rows` of one value per column. `more`: rows were left out."""

    columns: list[str]
    rows: list[tuple[Value, ...]]
    more: bool


class TooLong(Exception):
    """The query ran out of time."""


def is_sql(text: str) -> bool:
    """Whether a text is meant as SQL, by its first word."""
    return bool(_SQL.match(text))


def rows(db: sqlite3.Connection, sql: str, params: Sequence[Any] | Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a query of our own or of a program, as dicts by column.

    Errors: UsageError if SQLite does not accept the query; sqlite3.Error if the file is damaged.
    """
    try:
        cursor = db.execute(sql, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor]
    except (sqlite3.DatabaseError, sqlite3.Warning) as error:
        asked = isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError | sqlite3.Warning)
        if "interrupted" in str(error) or not (asked or "authoriz" in str(error)):
            raise
        raise UsageError(f"SQL error: {str(error).rstrip('.')}.") from None


def ask(db: sqlite3.Connection, sql: str, most: int) -> Answer:
    """The first `most` rows, or fewer if they are very long.

    Errors: UsageError if SQLite does not accept the query; TooLong; sqlite3.Error if the file is damaged.
    """
    try:
        cursor = db.execute(sql)
        columns = [str(column[0]) for column in cursor.description or ()]
        rows: list[tuple[Value, ...]] = []
        size = 0
        for row in cursor:
            size += sum(len(value) for value in row if isinstance(value, str | bytes))
            if len(rows) >= most or size > ANSWER_LIMIT:
                cursor.close()
                return Answer(columns, rows, True)
            rows.append(row)
        return Answer(columns, rows, False)
    except (sqlite3.DatabaseError, sqlite3.Warning) as error:
        if "interrupted" in str(error):
            raise TooLong from None
        asked = isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError | sqlite3.Warning | sqlite3.DataError)
        if not (asked or "authoriz" in str(error)):
            raise
        if "authoriz" in str(error) or "prohibited" in str(error):
            raise UsageError("Recordings are read-only: use one SELECT.") from None
        raise UsageError(f"SQL error: {' '.join(str(error).split())[:300].rstrip('.')}.") from None


@cache
def tables() -> dict[str, list[str]]:
    """The tables and views of a recording with their columns, the most useful ones first."""
    db = sqlite3.connect(":memory:")
    try:
        db.executescript(resources.schema().read_text(encoding="utf-8"))
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")]
        names.sort(key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
        return {name: [row[1] for row in db.execute(f"PRAGMA table_info({name})")] for name in names}
    finally:
        db.close()


def first_rows(table: str) -> str:
    """SQL for the first rows of one of `tables`."""
    return f"SELECT * FROM {table} LIMIT 100"
