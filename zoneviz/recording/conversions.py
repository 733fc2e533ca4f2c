"""Recordings of older formats made readable: one small step from each format to the next, done in a private copy.

There is only format 1 yet, so there is no step. One will be an entry of `STEPS`: the schema of that format, against
which the file is compared before anything else is done to it, and SQL that makes the next format of it.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from zoneviz.errors import InputError
from zoneviz.recording import schema, trust


@dataclass(frozen=True, slots=True)
class Step:
    """From one format to the next. `items`: name -> (type, SQL as `trust.normal` makes it) of the older one."""

    items: dict[str, tuple[str, str]]
    statements: tuple[str, ...]


STEPS: dict[int, Step] = {}
"""By the format they begin with."""


def convert(copy: Path, path: Path, version: int) -> None:
    """Bring `copy`, a private copy of the recording `path`, from a format to ours.

    Errors: InputError if its schema is not that of its format; sqlite3.Error if it is damaged.
    """
    for number in range(version, schema.FORMAT):
        step = STEPS.get(number)
        if step is None:
            raise InputError(f"{path} is of format {number}, which this zoneviz cannot read any more.")
        with closing(trust.connect(copy)[0]) as reading:
            trust.check_schema(reading, path, step.items)
        with closing(sqlite3.connect(copy, isolation_level=None)) as db:
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("BEGIN")
            for statement in step.statements:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number + 1}")
            db.execute("COMMIT")
