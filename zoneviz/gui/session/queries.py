"""The user's SQL: queries saved under a name, those run before, and the job that runs one."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSettings, Signal

from zoneviz.exporters.csv import cell
from zoneviz.gui.session.jobs import Advance, Task
from zoneviz.recording import Recording
from zoneviz.recording.answers import Answer

ROWS, SECONDS = 10_000, 20.0
"""Limits of one query: rows, wall-clock seconds."""
LONGEST = 60
"""Characters of the name of a saved query."""
_REMEMBERED = 50


class Queries(QObject):
    """Queries saved and run before. They last as long as the program, or in `settings` from `keep_in` on. `changed`: there are others."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.saved: dict[str, str] = {}
        """SQL by name, in the order of the names."""
        self.history: list[str] = []
        """Queries that were run, the last one first, each once."""
        self._settings: QSettings | None = None

    def keep_in(self, settings: QSettings) -> None:
        """Take the queries from the user's settings, and store them there."""
        self._settings = settings
        saved, history = _read(settings, "queries"), _read(settings, "queries_run")
        self.saved = {str(name): str(sql) for name, sql in saved.items()} if isinstance(saved, dict) else {}
        self.history = [str(sql) for sql in history] if isinstance(history, list) else []
        self.changed.emit()

    def save(self, name: str, sql: str) -> None:
        """Save a query under a name; a query that has it is replaced."""
        self._store({**self.saved, " ".join(name.split())[:LONGEST]: sql.strip()}, self.history)

    def delete(self, name: str) -> None:
        """Delete a saved query."""
        self._store({known: sql for known, sql in self.saved.items() if known != name}, self.history)

    def ran(self, sql: str) -> None:
        """Remember that a query was run."""
        sql = sql.strip()
        self._store(self.saved, [sql, *(known for known in self.history if known != sql)][:_REMEMBERED])

    def _store(self, saved: dict[str, str], history: list[str]) -> None:
        self.saved, self.history = dict(sorted(saved.items(), key=lambda item: item[0].lower())), history
        if self._settings is not None:
            self._settings.setValue("queries", json.dumps(self.saved))
            self._settings.setValue("queries_run", json.dumps(self.history))
        self.changed.emit()


def _read(settings: QSettings, key: str) -> Any:
    try:
        return json.loads(str(settings.value(key, "null")))
    except ValueError:  # somebody edited the settings
        return None


def run(path: Path, sql: str, take: Callable[[Answer], object], parent: QObject) -> Task:
    """A task that runs a query on the recording at `path`: at most ROWS rows in SECONDS. `cancel` stops SQLite as well.

    Fails with the sentence of a UsageError for invalid or slow SQL, of an InputError if the recording is damaged.
    """

    def work(advance: Advance, stopped: Callable[[], bool]) -> Answer:
        with Recording(path) as recording:
            return recording.table(sql, most=ROWS, seconds=SECONDS, stopped=stopped)

    return Task(work, take, parent)


def as_text(columns: Sequence[str], rows: Sequence[Sequence[object]], delimiter: str = ",") -> str:
    """Rows as CSV with a line of headings. Texts that a spreadsheet would run as a formula are escaped."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow([cell(column) for column in columns])
    writer.writerows([cell(value) if isinstance(value, str) else value for value in row] for row in rows)
    return out.getvalue()
