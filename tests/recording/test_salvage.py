"""What is left of a damaged recording: all of it, or the events before the first gap, with names for what is lost."""

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
from zoneviz.recording import bounds, pack, salvage
from zoneviz.state.rows import SEQ

COUNT = 4000
ROWS = toy.as_rows(toy.run(COUNT))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    record(tmp_path / "a.zvz", COUNT, [700])
    return tmp_path / "a.zvz"


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        for statement in statements:
            db.execute(statement)


def test_a_sound_recording_is_whole(path: Path) -> None:
    pack(path, path.with_suffix(".zst"))
    for one in (path, path.with_suffix(".zst")):
        found = salvage(one)
        assert (found.whole, found.lost, found.base) == (True, [], None) and (found.rows == ROWS).all()
        assert found.catalog.zones == toy.catalog().zones and found.catalog.machine == toy.catalog().machine


def test_events_end_at_the_first_gap(path: Path) -> None:
    change(path, "DELETE FROM events WHERE seq = 1001")
    found = salvage(path)
    assert not found.whole and (found.rows == ROWS[:1000]).all()
    assert found.lost == [
        "2,999 events after the gap were found, but they are useless without those in the gap.",
        "Events 1,001 to 4,000 are lost.",
    ]


def test_events_are_found_without_their_table(path: Path) -> None:
    change(path, "PRAGMA writable_schema = ON", "DELETE FROM sqlite_master WHERE name = 'events'")
    found = salvage(path)
    assert found.whole and (found.rows == ROWS).all()


def test_lost_names_are_numbered(path: Path) -> None:
    change(path, "DROP TABLE zones", "DROP TABLE machine", "DELETE FROM paths WHERE id = 2", "DELETE FROM recording")
    found = salvage(path)
    assert (found.rows[:, SEQ] == np.arange(1, COUNT + 1)).all()
    assert [zone.name for zone in found.catalog.zones] == [f"(lost zone {i})" for i in range(1, 7)]
    assert [zone.elem_size for zone in found.catalog.zones] == [32 * i for i in range(1, 7)], "their zinit is known"
    assert found.catalog.paths.frames(2) == ["(lost path 2)"] and found.catalog.machine.boot_zone_memory == 0
    assert len(found.lost) == 4 and not found.whole


def test_an_incomplete_reading_is_left_out(tmp_path: Path) -> None:
    path, made = tmp_path / "slabs.zvz", readings(20, 10)
    record_readings(path, made)
    assert salvage(path).whole and len(salvage(path).rows) == made.ends[-1]
    change(path, f"DELETE FROM events WHERE seq = {made.ends[15]}", "DELETE FROM figures WHERE id = 2")
    found = salvage(path)
    assert len(found.rows) == made.ends[14] and not found.whole
    assert "Reading 16 may be incomplete and is left out." in found.lost
    assert [info.name for info in found.catalog.figures] == ["zone_map_used", "(lost figure 2)", "physical_free"]


@pytest.mark.parametrize("damage", ["time = 1", "subject = 7", "kind = 101, extra = 9", "kind = 102, subject = 1, size = -5"])
def test_an_invalid_reading_is_cut_at_its_place(tmp_path: Path, damage: str) -> None:
    path, made = tmp_path / "slabs.zvz", readings(20, 10)
    record_readings(path, made)
    change(path, f"UPDATE events SET {damage} WHERE seq = {made.ends[9] + (2 if 'kind' in damage else 1)}")
    found = salvage(path)
    assert len(found.rows) == made.ends[9] and not found.whole
    assert f"Reading {7 if 'subject = 7' in damage else 11} is invalid: it and what follows is left out." in found.lost


def test_a_map_beyond_all_addresses_ends_at_the_last_one(path: Path) -> None:
    change(path, "DROP TABLE maps", f"UPDATE events SET address = {bounds.PLACE - 1} WHERE kind = 20")
    found = salvage(path)
    assert {area.end for area in found.catalog.maps if area.start} == {bounds.PLACE - 1}


def test_without_events_there_is_nothing_to_save(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(bytes(range(256)) * 100)
    for name, sentence in (("noise", "no readable events"), ("missing", "does not exist"), (".", "is a folder")):
        with pytest.raises(InputError, match=sentence):
            salvage(tmp_path / name)
