"""Recordings of older formats are converted in one private copy for all readers; the file is unchanged."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.recording import toy
from zoneviz import resources
from zoneviz.errors import ZonevizError
from zoneviz.events import Kind
from zoneviz.fields import FIELDS
from zoneviz.recording import Recording, conversions, copies, salvage, schema, trust
from zoneviz.recording.cleaning import cleaned
from zoneviz.recording.header import SHOWN, Header

PACKED = Path(__file__).parent / "data" / "format-1.zvz.zst"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The recording of format 1, unpacked."""
    path = tmp_path / "old.zvz"
    copy = copies.unpacked(PACKED)
    path.write_bytes(copy.file.read_bytes())
    copy.close()
    return path


def test_there_is_a_step_from_every_older_format() -> None:
    assert sorted(conversions.STEPS) == [*range(1, schema.FORMAT)]
    for version in conversions.STEPS:
        assert "events" in trust.items(resources.schema(version))


@pytest.mark.parametrize("packed", [False, True])
def test_format_1_opens_with_the_constants_of_its_machine(old: Path, packed: bool) -> None:
    before = old.read_bytes()
    with Recording(PACKED if packed else old) as recording:
        assert (recording.header.kind, recording.header.system, recording.header.zone_noun) == ("simulated", "", "zone")
        assert recording.header.shows == frozenset(SHOWN) and not recording.catalog.figures
        assert recording.header.format == 1 and recording.header.digest == "121964b445d644506c742db52becd247"
        assert (recording.events() == toy.as_rows(toy.run(1500))).all()
        assert recording.catalog.machine == conversions.FORMAT_1_MACHINE
        named = recording.query("SELECT zone, subject_text FROM events_named WHERE kind IN ('ZINIT', 'PANIC') ORDER BY seq")
        assert [row["zone"] for row in named] == [*toy.ZONES, None] and named[-1]["subject_text"] == "zalloc: zone maps exhausted"
        units = recording.query("SELECT size, size_unit FROM kinds WHERE name = 'ZALLOC'")
        assert units == [{"size": FIELDS[Kind.ZALLOC].size.words, "size_unit": "bytes"}]
    assert old.read_bytes() == before


def test_a_converted_recording_has_the_schema_of_a_new_one(old: Path) -> None:
    conversions.bring_up(old, old)
    with closing(trust.connect(old)[0]) as db:
        assert trust.check(db, old) == schema.FORMAT
        assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)


def test_all_readers_share_one_copy(old: Path) -> None:
    with Recording(old) as one, Recording(old) as other:
        copy = one.lend()
        assert copy is not None and copy is other.lend()
        file = copy.file
        with Recording(old, copy) as third:
            assert third.event_count == one.event_count
    del copy
    assert not file.exists()


def test_an_old_recording_left_open_is_read(old: Path) -> None:
    with closing(sqlite3.connect(old)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("UPDATE recording SET scenario = 'left open'")
        db.commit()
        with Recording(old) as recording:
            assert recording.header.scenario == "left open" and recording.event_count == 1500


def test_it_is_cleaned_and_salvaged_too(old: Path, tmp_path: Path) -> None:
    cleaned(old, tmp_path / "clean.zvz", Header(scenario="clean"))
    with Recording(tmp_path / "clean.zvz") as recording:
        assert recording.header.scenario == "clean" and recording.catalog.machine == conversions.FORMAT_1_MACHINE
    saved = salvage(old)
    assert (saved.whole, saved.lost, saved.catalog.machine) == (True, [], conversions.FORMAT_1_MACHINE)


def test_a_trigger_in_an_old_recording_is_refused(old: Path) -> None:
    with closing(sqlite3.connect(old)) as db:
        db.execute("CREATE TRIGGER t AFTER INSERT ON kinds BEGIN DELETE FROM events; END")
        db.commit()
    with pytest.raises(ZonevizError, match="trigger"):
        Recording(old)
