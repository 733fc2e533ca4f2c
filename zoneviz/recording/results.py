"""The results of a sweep: a small SQLite file with a row per run, written while the runs end. docs/sweeps.md describes it.

It is not a recording, as its application_id says. Its schema is checked as strictly before it is read or written to.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from zoneviz.errors import EnvironmentProblem, InputError, UsageError
from zoneviz.recording import files, trust

APPLICATION_ID = 0x5A6F7377  # "Zosw"
FORMAT = 1
NOUN = "sweep"
"""What a file of results is called in errors."""
FIGURES = (
    "operations", "forks", "processes", "tasks", "threads", "ports", "messages", "zone_map_used", "zone_map_bytes", "events",
    "simulated_seconds", "wall_seconds",
)  # fmt: skip
"""Columns of `runs` that are numbers, NULL if the run failed."""
TEXTS = ("outcome", "memory", "zone", "task", "panic", "why", "digest", "model")
"""Columns of `runs` that are text. `memory`: the one that ran out, "" if none did; `why`: why the run failed or ended."""
_SWEEP = "CREATE TABLE sweep (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
_SECONDS = 60.0
"""Time limit of one read."""
_MOST = 200
"""Upper bound of the columns of a file."""


class Results:
    """The results of one sweep, in a file that is being written. Each `add` is committed. Close it, or use it as a context manager.

    A new file is made of `definition`, which must be equal in a file that exists, and so must `model`.
    Errors: UsageError if the file is another sweep or another model's; InputError if it is something else; EnvironmentProblem if it
    cannot be written.
    """

    def __init__(self, path: Path, definition: Mapping[str, Any], model: str, about: Mapping[str, str]) -> None:
        self.path = path
        self._axes = tuple(definition["vary"])
        if path.exists():
            _same(path, definition, model)
        else:
            _create(path, {**about, "definition": json.dumps(definition), "model": model}, self._axes)
        with self._writing():
            self._db = sqlite3.connect(path, isolation_level=None, timeout=10.0)
            self._db.execute("PRAGMA trusted_schema = OFF")
            self._db.execute("PRAGMA journal_mode = WAL")  # readers do not wait
            columns = ("point", "seed", *map(column, self._axes), *TEXTS, *FIGURES)
            self._insert = f"INSERT OR REPLACE INTO runs ({', '.join(map(_quoted, columns))}) VALUES ({', '.join('?' * len(columns))})"

    def done(self) -> set[tuple[int, int]]:
        """(point, seed) of the runs that did not fail."""
        with self._writing():
            return set(self._db.execute("SELECT point, seed FROM runs WHERE outcome <> 'failed'"))

    def add(self, point: int, seed: int, values: Sequence[Any], row: Mapping[str, Any]) -> None:
        """Write one run: the values of the varied settings, and by name those of TEXTS and FIGURES."""
        with self._writing():
            self._db.execute(self._insert, (point, seed, *values, *(row.get(name) or "" for name in TEXTS), *map(row.get, FIGURES)))

    def close(self) -> None:
        """Leave one file. Closing twice does nothing."""
        with self._writing():
            try:
                files.leave_wal(self._db)
            except sqlite3.ProgrammingError:
                return
            finally:
                self._db.close()

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.close()
        except EnvironmentProblem:
            if error is None:
                raise

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            raise EnvironmentProblem(f"{self.path} cannot be written: {error}. The finished runs in it are kept.") from None


class Found:
    """What a file of results holds: `about` by name, `definition`, names of the varied settings `axes`, and `columns` of `runs`.

    Errors: InputError if it is missing, damaged, hostile or something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise InputError(f"There is no file {path}.")
        if not is_results(path):
            raise InputError(f"{path} does not hold the results of a sweep.")
        with trust.reading(path, NOUN), _checked(path) as (db, axes):
            self.about = {str(name): str(value) for name, value in db.execute("SELECT name, value FROM sweep LIMIT 100")}
            definition = json.loads(self.about.get("definition", ""))
            if not isinstance(definition, dict):
                raise ValueError("its definition is not an object")
            self.definition: dict[str, Any] = definition
            self.axes = tuple(axes)
            self.columns = ("point", "seed", *map(column, axes), *TEXTS, *FIGURES)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The runs by name of column, in order of combination and seed."""
        with trust.reading(self.path, NOUN), _checked(self.path) as (db, _):
            chosen = ", ".join(map(_quoted, self.columns))
            for row in db.execute(f"SELECT {chosen} FROM runs ORDER BY point, seed"):
                yield dict(zip(self.columns, row, strict=True))


def is_results(path: Path) -> bool:
    """Whether a file says that it holds the results of a sweep."""
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError:
        return False
    return head[:16] == b"SQLite format 3\0" and head[68:72] == APPLICATION_ID.to_bytes(4, "big")


def column(setting: str) -> str:
    """The column of a varied setting: a figure may have the same name."""
    return f"set_{setting}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _schema(axes: Sequence[str]) -> dict[str, str]:
    """The tables by name."""
    settings = "".join(f"{_quoted(column(name))}, " for name in axes)
    texts = ", ".join(f"{name} TEXT NOT NULL" for name in TEXTS)
    figures = ", ".join(f"{name} {'REAL' if 'seconds' in name else 'INTEGER'}" for name in FIGURES)
    runs = f"CREATE TABLE runs (point INTEGER NOT NULL, seed INTEGER NOT NULL, {settings}{texts}, {figures}, PRIMARY KEY (point, seed))"
    return {"sweep": _SWEEP, "runs": runs}


def _create(path: Path, about: Mapping[str, str], axes: Sequence[str]) -> None:
    """Write a new file without runs."""
    new = files.draft(path, force=False)
    try:
        db = sqlite3.connect(new, isolation_level=None)
        try:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {FORMAT}")
            for sql in _schema(axes).values():
                db.execute(sql)
            db.executemany("INSERT INTO sweep VALUES (?, ?)", about.items())
        finally:
            db.close()
        files.settle(new, path, force=False)
    except sqlite3.Error as error:
        raise EnvironmentProblem(f"{path} cannot be written: {error}.") from None
    finally:
        files.remove(new)


def _same(path: Path, definition: Mapping[str, Any], model: str) -> None:
    """Check that a file belongs to this sweep and model. Errors: UsageError; InputError."""
    found = Found(path)
    differing = [name for name, value in definition.items() if found.definition.get(name) != value]
    if differing:
        raise UsageError(f"{path} holds another sweep: it differs in {', '.join(differing)}. Name another file.")
    if found.about.get("model") != model:
        raise UsageError(
            f"{path} was made with model {found.about.get('model')}, this zoneviz has model {model}; their runs cannot be compared. "
            "Continue with the version that made it, or name another file."
        )


@contextmanager
def _checked(path: Path) -> Iterator[tuple[sqlite3.Connection, list[str]]]:
    """A read-only connection to a file with exactly our schema, and the names of the varied settings."""
    db, watch = trust.connect(path)
    try:
        watch.limit(_SECONDS)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > FORMAT:
            raise InputError(f"{path} has format {version}, newer than {FORMAT}, which this zoneviz reads. Use a newer zoneviz.")
        names = [str(name) for _, name, *_ in db.execute("PRAGMA table_info(runs)").fetchmany(_MOST)]
        axes = [name.removeprefix("set_") for name in names if name.startswith("set_")]
        trust.check_schema(db, path, {name: ("table", trust.normal(sql)) for name, sql in _schema(axes).items()}, NOUN)
        yield db, axes
    finally:
        db.close()
