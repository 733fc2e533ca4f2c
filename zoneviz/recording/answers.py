"""What a person's own SQL is answered with: columns and rows, never more than was asked for or can be held."""

import sqlite3
from dataclasses import dataclass
from functools import cache

from zoneviz import resources
from zoneviz.errors import UsageError

HELD = 1 << 24
"""Characters and bytes of all values of an answer."""
Value = int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Answer:
    """`columns` as SQLite names them, two may be alike; `rows` as many values each. `more`: there would have been more rows."""

    columns: list[str]
    rows: list[tuple[Value, ...]]
    more: bool


class TooLong(Exception):
    """The time was up."""


def ask(db: sqlite3.Connection, sql: str, most: int) -> Answer:
    """The first `most` rows, fewer if they are very long ones.

    Errors: UsageError in one sentence for what SQLite does not accept; TooLong; sqlite3.Error if the file is damaged.
    """
    try:
        cursor = db.execute(sql)
        columns = [str(column[0]) for column in cursor.description or ()]
        rows: list[tuple[Value, ...]] = []
        held = 0
        for row in cursor:
            held += sum(len(value) for value in row if isinstance(value, str | bytes))
            if len(rows) >= most or held > HELD:
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
            raise UsageError("Only reading is allowed: one SELECT.") from None
        raise UsageError(f"SQLite does not accept that: {' '.join(str(error).split())[:300]}.") from None


@cache
def tables() -> dict[str, list[str]]:
    """The columns, in their order, of each table and view that a recording of our format has, by name."""
    db = sqlite3.connect(":memory:")
    try:
        db.executescript(resources.schema().read_text(encoding="utf-8"))
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name")]
        return {name: [row[1] for row in db.execute(f"PRAGMA table_info({name})")] for name in names}
    finally:
        db.close()
