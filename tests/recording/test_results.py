"""The file of a sweep's results: what it keeps, and what it refuses."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from zoneviz.errors import EnvironmentProblem, InputError, UsageError
from zoneviz.recording.results import FIGURES, TEXTS, Found, Results, is_results

DEFINITION = {"scenario": "fork-bomb", "vary": {"processes": [1, 2], "session": ["console", None]}}
ROW: dict[str, Any] = {"outcome": "panic", "memory": "zone_map", "processes": 53, "simulated_seconds": 1.5}


def made(path: Path, model: str = "m1", definition: dict[str, Any] = DEFINITION) -> Results:
    return Results(path, definition, model, {"zoneviz": "1"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.zvs"
    with made(path) as results:
        results.add(3, 1, [2, None], ROW)
        results.add(0, 2, [1, "console"], {"outcome": "failed", "why": "No."})
    return path


def test_any_program_reads_the_runs(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT set_processes, processes, memory FROM runs WHERE outcome = 'panic'").fetchall() == [(2, 53, "zone_map")]
        assert dict(db.execute("SELECT name, value FROM sweep"))["model"] == "m1"
    assert [path.name for path in file.parent.iterdir()] == ["a.zvs"]


def test_results_are_read_back_in_the_order_of_the_grid(file: Path) -> None:
    found = Found(file)
    assert is_results(file) and found.axes == ("processes", "session") and found.definition == DEFINITION
    failed, panic = found.rows()
    assert set(panic) == {"point", "seed", "set_processes", "set_session", *TEXTS, *FIGURES}
    assert panic == panic | ROW | {"point": 3, "seed": 1, "set_processes": 2, "set_session": None, "panic": "", "events": None}
    assert failed["why"] == "No." and failed["processes"] is None


def test_a_failed_run_is_not_done_and_its_row_is_replaced(file: Path) -> None:
    with made(file) as results:
        assert results.done() == {(3, 1)}
        results.add(0, 2, [1, "console"], ROW)
        assert results.done() == {(3, 1), (0, 2)}
    assert len(list(Found(file).rows())) == 2


def test_each_run_is_committed(tmp_path: Path) -> None:
    with made(tmp_path / "a.zvs") as results:
        results.add(0, 1, [1, "console"], ROW)
        assert [row["processes"] for row in Found(results.path).rows()] == [53]


def test_another_sweep_or_model_is_refused_and_the_file_stays(file: Path) -> None:
    before = file.read_bytes()
    with pytest.raises(UsageError, match="holds another sweep: it differs in scenario"):
        made(file, definition=DEFINITION | {"scenario": "boot"})
    with pytest.raises(UsageError, match="made with model m1, this zoneviz has model m2"):
        made(file, "m2")
    assert file.read_bytes() == before


def test_a_full_disk_keeps_what_is_done(tmp_path: Path) -> None:
    path = tmp_path / "a.zvs"
    with pytest.raises(EnvironmentProblem, match=r"cannot be written: database or disk is full\. The finished runs"), made(path) as results:
        results._db.execute("PRAGMA max_page_count = 6")
        for seed in range(1000):
            results.add(0, seed, [1, "console"], ROW)
    kept = [row["seed"] for row in Found(path).rows()]
    assert 10 < len(kept) < 1000 and kept == list(range(len(kept)))


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END", "is not a valid sweep: it has an unexpected trigger 't'"),
        ("CREATE TABLE other (x)", "unexpected table 'other'"),
        ("ALTER TABLE runs ADD COLUMN x", "table runs has an unexpected schema"),
        ("ALTER TABLE runs ADD COLUMN set_x", "table runs has an unexpected schema"),
        ("DROP TABLE sweep", "the table sweep is missing"),
        ("DELETE FROM sweep", "damaged"),
        ("UPDATE sweep SET value = '[]'", "damaged"),
        ("PRAGMA user_version = 9", "has format 9, newer than 1"),
        ("PRAGMA application_id = 1", "does not hold the results of a sweep"),
    ],
)
def test_a_changed_file_is_refused(sql: str, sentence: str, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute(sql)
    with pytest.raises(InputError, match=sentence):
        made(file)
    with pytest.raises(InputError, match=sentence):
        Found(file)


def test_a_damaged_file_is_called_a_sweep(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:100] + b"\xff" * (len(data) - 100))
    with pytest.raises(InputError, match=r"a\.zvs cannot be read as a sweep: "):
        Found(file)


def test_another_kind_of_file_is_refused_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("mine")
    with pytest.raises(InputError, match="does not hold the results of a sweep"):
        made(path)
    assert path.read_text() == "mine" and not is_results(path) and not is_results(tmp_path)
    with pytest.raises(InputError, match="There is no file"):
        Found(tmp_path / "no.zvs")
