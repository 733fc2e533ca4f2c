"""Names and constants from an untrusted file: limited, and of the right types."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.recording import toy
from tests.recording.readings import readings
from tests.recording.readings import record as record_readings
from tests.recording.test_recorder import record
from zoneviz.errors import InputError
from zoneviz.events import Machine
from zoneviz.recording import catalogs
from zoneviz.recording.catalogs import StoredCatalog, integers


def test_integers_become_an_array() -> None:
    found = integers([(1, -2), (1 << 62, 0)], 2)
    assert found.tolist() == [[1, -2], [1 << 62, 0]] and found.dtype == np.int64 and integers([], 3).shape == (0, 3)


@pytest.mark.parametrize("value", ["5", 1.0, None, b"x", 1 << 63])
def test_only_integers_of_64_bits_are_accepted(value: object) -> None:
    with pytest.raises(InputError, match="not a number"):
        integers([(1, value)], 2)  # type: ignore[list-item]


def test_the_machine_has_known_names_only() -> None:
    rows: list[tuple[object, object]] = [("boot_zone_memory", "442368"), ("colour", '"blue"'), ("table_entries", "4")]
    assert catalogs.machine(rows) == Machine(442368, 4, 0) and catalogs.machine([]) == Machine()


@pytest.mark.parametrize("value", ["-1", "1e3", '"5"', "", "9" * 30, str(catalogs.MACHINE_LIMIT + 1), "\u0665", 5, None])
def test_invalid_constants_are_refused(value: object) -> None:
    with pytest.raises(InputError, match="machine"):
        catalogs.machine([("boot_zone_memory", value)])


def test_loading_again_adds_what_is_new(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    record(path, 600, [300])
    reader = StoredCatalog()
    with closing(sqlite3.connect(path)) as db:
        reader.load(db, path.stat().st_size)
        expected = toy.catalog()
        assert (reader.zones, reader.maps, reader.machine) == (expected.zones, expected.maps, expected.machine)
        db.execute("INSERT INTO names VALUES (?, 'later')", (len(expected.names.strings),))
        db.execute("INSERT OR REPLACE INTO tasks VALUES (9, 1, 'renamed')")
        reader.load(db, path.stat().st_size)
    assert reader.names.strings == [*expected.names.strings, "later"]
    assert [task.name for task in reader.tasks] == ["task 1", "task 2", "renamed"] and reader.task_names[1] == "renamed"


def test_figures_of_readings_are_loaded_and_checked(tmp_path: Path) -> None:
    path, made = tmp_path / "a.zvz", readings(3, 5)
    record_readings(path, made)
    reader = StoredCatalog()
    with closing(sqlite3.connect(path)) as db:
        reader.load(db, path.stat().st_size)
        assert reader.figures == made.catalog.figures
        db.execute("UPDATE figures SET id = 9 WHERE id = 2")
        with pytest.raises(InputError, match="table figures has invalid values"):
            StoredCatalog().load(db, path.stat().st_size)


def test_more_text_than_the_file_can_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    record(path, 600, [300])
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE names SET text = ? WHERE id = 1", ("x" * (catalogs.TEXT_LIMIT + 1),))
        with pytest.raises(InputError, match="more text"):
            StoredCatalog().load(db, path.stat().st_size)
