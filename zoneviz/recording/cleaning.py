"""A copy of a recording with another header, for publishing: nothing of the old header remains in the file."""

import sqlite3
from contextlib import closing
from pathlib import Path

from zoneviz.errors import EnvironmentProblem
from zoneviz.recording import conversions, copies, trust
from zoneviz.recording.header import COLUMNS, Header


def cleaned(path: Path, output: Path, header: Header) -> None:
    """Copy the recording `path`, plain or packed, with this header to the new file `output`, plain and closed. The events stay.

    Errors: InputError if it is not a recording; EnvironmentProblem if it cannot be written.
    """
    with trust.reading(path):
        copy = copies.unpacked(path) if copies.is_packed(path) else copies.recovered(path)
    try:
        with trust.reading(path):
            conversions.bring_up(copy.file, path)
        row = header.row()
        sets = ", ".join(f"{name} = ?" for name in COLUMNS)
        # Its schema was just checked: there is no trigger that could run.
        with closing(sqlite3.connect(copy.file, isolation_level=None)) as db:
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("PRAGMA secure_delete = ON")
            db.execute(f"UPDATE recording SET {sets}", [row[name] for name in COLUMNS])
            db.execute("VACUUM INTO ?", (str(output),))
    except sqlite3.Error as error:
        raise EnvironmentProblem(f"{output.name} cannot be written: {error}.") from None
    finally:
        copy.close()
